using System.Collections.Concurrent;
using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// Looks for an order where it was placed. Only that replica can tell whether its caller is still connected, so it is asked through NOTIFY, and gives the order away if not.
/// The callers of a replica without a lease have lost their connections.
/// </summary>
internal sealed class PostgresInquiry
{
    private const string Ask = "ask";
    private const string Given = "given";
    private const string Pending = "pending";
    private const string None = "none";
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(200);

    // A notification is lost on whoever has just begun, or begins again, to listen.
    private static readonly TimeSpan s_betweenQuestions = TimeSpan.FromSeconds(1);

    // Who has renewed its lease since, and says nothing for so long, cannot hear: it is of an earlier build, or a pooler is in between, as here then.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patienceBehindPooler = TimeSpan.FromSeconds(1);
    private readonly string _prefix;
    private readonly PostgresDatabase _database;
    private readonly PostgresFeed _feed;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Question> _questions = new(StringComparer.Ordinal);
    private Func<ContentKey, GivenOrder> _give = static _ => default;

    /// <summary>An inquiry.</summary>
    /// <param name="kind">The kind of orders.</param>
    /// <param name="database">The database.</param>
    /// <param name="feed">The way to other replicas.</param>
    /// <param name="time">The clock.</param>
    public PostgresInquiry(string kind, PostgresDatabase database, PostgresFeed feed, TimeProvider time)
    {
        (_prefix, _database, _feed, _time) = ($"{PostgresFeed.Orders}{kind}", database, feed, time);
        feed.OrderTold += Hear;
    }

    /// <summary>Answers others from now on.</summary>
    public void Serve(Func<ContentKey, GivenOrder> give) => _give = give;

    /// <summary>Takes an order from a replica that is gone, or that knows that its caller is.</summary>
    /// <param name="found">The orders that it may be, oldest first.</param>
    /// <param name="claim">Writes down that this replica has it: an order as it was found, or one that was given away (null). False where another was quicker.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="fingerprint">The SHA-256 of what is asked for.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>Its id; null when there is none.</returns>
    public async ValueTask<string?> TakeAsync(
        List<OrderElsewhere> found, Func<string, OrderElsewhere?, ValueTask<bool>> claim, string client, byte[] fingerprint, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
        {
            return null;
        }

        var first = await LeasesAsync(found, cancellationToken);
        if (await TakeDeadAsync(found, first, claim) is { } left)
        {
            return left;
        }

        var patience = _database.IsPooled ? s_patienceBehindPooler : s_patience;
        var (nonce, question, asked) = (Guid.NewGuid().ToString("n"), new Question(), _time.GetTimestamp());
        _questions[nonce] = question;
        try
        {
            _feed.Tell($"{_prefix}:{Ask}:{nonce}:{client}:{Convert.ToHexStringLower(fingerprint)}");
            var (began, looked) = (asked, asked);
            while (true)
            {
                await question.Next.WaitAsync(s_betweenLooks, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (question.Given is { } given)
                {
                    return await claim(given, null) ? given : null;
                }

                found.RemoveAll(o => question.HasNone(o.Holder!));
                if (found.Count == 0)
                {
                    return null;
                }

                if (_time.GetElapsedTime(looked) < s_betweenLooks)
                {
                    continue;
                }

                looked = _time.GetTimestamp();

                var leases = await LeasesAsync(found, cancellationToken);
                if (await TakeDeadAsync(found, leases, claim) is { } dead)
                {
                    return dead;
                }

                found.RemoveAll(o => !question.IsPending(o.Holder!) && _time.GetElapsedTime(began) >= patience
                    && leases[o.Holder!] > first.GetValueOrDefault(o.Holder!));
                if (question.AnyPending || _time.GetElapsedTime(asked) >= s_betweenQuestions)
                {
                    asked = _time.GetTimestamp();
                    _feed.Tell($"{_prefix}:{Ask}:{nonce}:{client}:{Convert.ToHexStringLower(fingerprint)}");
                }
            }
        }
        finally
        {
            _questions.TryRemove(nonce, out _);
        }
    }

    /// <summary>Takes the oldest of those whose replica is gone; what another one was quicker to take is left out from then on.</summary>
    private static async ValueTask<string?> TakeDeadAsync(
        List<OrderElsewhere> found, Dictionary<string, DateTimeOffset> leases, Func<string, OrderElsewhere?, ValueTask<bool>> claim)
    {
        foreach (var order in found.Where(o => o.Holder is not { } holder || !leases.ContainsKey(holder)).ToList())
        {
            if (await claim(order.Id, order))
            {
                return order.Id;
            }

            found.Remove(order);
        }

        return null;
    }

    /// <summary>When the leases of those end that have one.</summary>
    private async ValueTask<Dictionary<string, DateTimeOffset>> LeasesAsync(List<OrderElsewhere> found, CancellationToken cancellationToken) => (await _database.ReadAsync(
        new("SELECT id, lease_until FROM replicas WHERE id = ANY($1) AND lease_until >= clock_timestamp()", found.Select(o => o.Holder).OfType<string>().Distinct().ToArray()),
        static r => (Id: r.GetString(0), Until: r.GetFieldValue<DateTimeOffset>(1)), cancellationToken)).ToDictionary(l => l.Id, l => l.Until, StringComparer.Ordinal);

    private void Hear(string sender, string word)
    {
        if (!word.StartsWith(_prefix + ":", StringComparison.Ordinal) || word[(_prefix.Length + 1)..].Split(':', 3) is not [var verb, var nonce, var rest])
        {
            return;
        }

        if (verb == Ask)
        {
            if (rest.Split(':') is [var client, { Length: 64 } print])
            {
                var order = _give(ContentKey.Of(client, Convert.FromHexString(print)));
                _feed.Tell($"{_prefix}:{(order.Id is not null ? Given : order.IsPending ? Pending : None)}:{nonce}:{order.Id}");
            }
        }
        else if (_questions.TryGetValue(nonce, out var question))
        {
            question.Hear(sender, verb == Given ? rest : null, isPending: verb == Pending);
        }
    }

    /// <summary>What was asked, and what the others say.</summary>
    private sealed class Question
    {
        private readonly ConcurrentDictionary<string, bool> _pending = new(StringComparer.Ordinal);
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Next => Volatile.Read(ref _next).Task;

        public string? Given { get; private set; }

        public bool AnyPending => _pending.Values.Any(static p => p);

        public bool IsPending(string replica) => _pending.GetValueOrDefault(replica);

        public bool HasNone(string replica) => _pending.TryGetValue(replica, out var isPending) && !isPending;

        public void Hear(string sender, string? given, bool isPending)
        {
            Given ??= given;
            _pending[sender] = isPending;
            Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}

/// <summary>An order at another replica.</summary>
/// <param name="Id">What was begun for it.</param>
/// <param name="Holder">The replica that knows its caller; null where nobody knows which.</param>
/// <param name="TakenBy">Who has taken it before, as it is stored; null for nobody.</param>
internal sealed record OrderElsewhere(string Id, string? Holder, string? TakenBy);
