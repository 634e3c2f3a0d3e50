using System.Collections.Concurrent;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// Looks for an order where it was placed. Only that replica can tell whether its caller is still connected, so it is asked through NOTIFY, and offers the order if not. Whoever claims
/// it in the database has it: of a claim that failed, and of an order that is not there any more, the database is asked once more who has it now.
/// The callers of a replica without a lease have lost their connections.
/// </summary>
internal sealed class PostgresInquiry
{
    private const string Ask = "ask";
    private const string Offered = "offer";
    private const string Pending = "pending";
    private const string None = "none";
    private const int MostAsked = 16;
    private const int MostRounds = 20;
    private static readonly TimeSpan s_betweenLooks = TimeSpan.FromMilliseconds(200);

    // A notification is lost on whoever has just begun, or begins again, to listen.
    private static readonly TimeSpan s_betweenQuestions = TimeSpan.FromSeconds(1);

    // Who has renewed its lease since, and says nothing for so long, cannot hear: it is of an earlier build, or a pooler is in between, as here then.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patienceBehindPooler = TimeSpan.FromSeconds(1);

    // A submit whose caller has gone is on its way for as long as its provider may take.
    private static readonly TimeSpan s_longestPending = TimeSpan.FromMinutes(10);
    private readonly string _prefix;
    private readonly PostgresDatabase _database;
    private readonly PostgresFeed _feed;
    private readonly StoreOwner _owner;
    private readonly TimeSpan _lease;
    private readonly TimeProvider _time;
    private readonly PostgresOffers _offers;
    private readonly ConcurrentDictionary<string, Question> _questions = new(StringComparer.Ordinal);

    // What is being claimed is this replica's in the database, and not in its table yet.
    private readonly ConcurrentDictionary<string, ContentKey> _claims = new(StringComparer.Ordinal);

    /// <summary>An inquiry.</summary>
    /// <param name="kind">The kind of orders.</param>
    /// <param name="database">The database.</param>
    /// <param name="feed">The way to other replicas.</param>
    /// <param name="owner">This replica.</param>
    /// <param name="lease">How long a replica's lease is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="keep">Keeps an order that was offered and that nobody has claimed; false where somebody has.</param>
    public PostgresInquiry(string kind, PostgresDatabase database, PostgresFeed feed, StoreOwner owner, TimeSpan lease, TimeProvider time, Func<string, ValueTask<bool>> keep)
    {
        (_prefix, _database, _feed, _owner, _lease, _time) = ($"{PostgresFeed.Orders}{kind}", database, feed, owner, lease, time);
        _offers = new PostgresOffers(keep, time);
        feed.OrderTold += Hear;
    }

    /// <summary>
    /// Whether a replica is gone, where it was not forgotten: its lease is over. After an outage of the database that holds for all of them: it counts only for a replica whose own
    /// lease has lasted for so long that each of the others could have renewed its own.
    /// </summary>
    /// <param name="me">The parameter with this replica.</param>
    /// <param name="lease">The parameter with the length of a lease.</param>
    public static string IsGone(string me, string lease) =>
        $"(lease_until < clock_timestamp() AND EXISTS (SELECT 1 FROM replicas AS me WHERE me.id = {me} AND me.lease_until >= clock_timestamp() AND me.steady_since <= clock_timestamp() - {lease}::interval))";

    /// <summary>Answers others from now on.</summary>
    public void Serve(Func<ContentKey, GivenOrder> give, Action<ContentKey, string, bool> settled) => _offers.Serve(give, settled);

    /// <summary>Takes an order from a replica that is gone, or that knows that its caller is.</summary>
    /// <param name="look">Reads the orders that it may be and that are not this replica's, oldest first.</param>
    /// <param name="claim">Writes down that this replica has it, by a token. False where another was quicker, or it is not as it was found.</param>
    /// <param name="taken">Called with one that was claimed. Whoever asks for it before this returns asks again.</param>
    /// <param name="client">Whose it is.</param>
    /// <param name="fingerprint">The SHA-256 of what is asked for.</param>
    /// <param name="cancellationToken">Gives up waiting; what is being claimed then is taken all the same.</param>
    /// <returns>Its id, and whether it was this replica's own and is left here again; null when there is none.</returns>
    /// <exception cref="StoreUnavailableException">It does not become known in time.</exception>
    public async ValueTask<(string Id, bool IsHere)?> TakeAsync(
        Func<CancellationToken, ValueTask<List<OrderElsewhere>>> look, Func<Claim, ValueTask<bool>> claim, Action<string> taken, string client, byte[] fingerprint,
        CancellationToken cancellationToken)
    {
        var key = ContentKey.Of(client, fingerprint);
        if (await _offers.SettledAsync(key, cancellationToken) is { } own)
        {
            return (own, true);
        }

        var began = _time.GetTimestamp();
        var seen = await look(cancellationToken);
        var found = seen.Where(o => o.MayAnswer).TakeLast(MostAsked).ToList();
        var (asker, strange) = (Guid.NewGuid().ToString("n"), new HashSet<string>(StringComparer.Ordinal));
        for (var round = 0; found.Count > 0; round++)
        {
            // Each round has a token of its own: what was offered in an earlier one its holder may have kept before this look. What it keeps after it changes what the claim compares
            // with. To one asker the same is offered in each round, so that the next one succeeds.
            var last = seen.ToDictionary(o => o.Id, StringComparer.Ordinal);
            var answer = await AskAsync(
                found, last, $"{asker}-{round}", $"{client}:{Convert.ToHexStringLower(fingerprint)}", c => ClaimAsync(key, c, claim, taken), began, cancellationToken);
            if (answer is { IsTaken: true, Id: { } id })
            {
                return (id, false);
            }

            if (round == MostRounds)
            {
                throw TooLate();
            }

            // What is not stored as it must be, and does not come to be, counts as none.
            var unclaimed = answer.Id is { } offered && (last.ContainsKey(offered) || strange.Add(offered)) ? answer.Holder : null;
            if (answer.Id is not null)
            {
                await Task.Delay(s_betweenLooks, _time, cancellationToken);
            }

            // What has moved meanwhile somebody else has, whose caller may have gone too. What is new was begun after this question.
            var open = found.Select(o => o.Id).ToHashSet(StringComparer.Ordinal);
            seen = await look(cancellationToken);
            found = [.. seen.Where(o => o.MayAnswer && last.TryGetValue(o.Id, out var before)
                && (o.Holder != before.Holder || o.Token != before.Token || o.Holder == unclaimed || (open.Contains(o.Id) && o.Holder != answer.Holder))).TakeLast(MostAsked)];
        }

        return null;
    }

    /// <summary>Asks all that may have one, until one is taken or nobody has any.</summary>
    /// <returns>What was taken; or what could not be claimed, and who has offered it.</returns>
    private async ValueTask<(bool IsTaken, string? Id, string? Holder)> AskAsync(
        List<OrderElsewhere> found, Dictionary<string, OrderElsewhere> seen, string token, string what, Func<Claim, ValueTask<bool>> claim, long began, CancellationToken cancellationToken)
    {
        var first = await LeasesAsync(found, cancellationToken);
        if (await TakeDeadAsync(found, first, token, claim) is { } left)
        {
            return (true, left, null);
        }

        if (found.Count == 0)
        {
            return default;
        }

        var patience = _database.IsPooled ? s_patienceBehindPooler : s_patience;
        var question = new Question();
        var round = _time.GetTimestamp();
        var (heard, looked, asked) = (round, round, round);
        _questions[token] = question;
        try
        {
            _feed.Tell($"{_prefix}:{Ask}:{token}:{what}");
            while (true)
            {
                await question.Next.WaitAsync(s_betweenLooks, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellationToken.ThrowIfCancellationRequested();
                if (question.Offer is var (holder, offered))
                {
                    var known = seen.GetValueOrDefault(offered);
                    return ((known is null || known.Holder == holder) && await claim(new Claim(offered, known, token, IsOffered: true)), offered, holder);
                }

                found.RemoveAll(o => question.HasNone(o.Holder!));
                if (found.Count == 0)
                {
                    return default;
                }

                if (_time.GetElapsedTime(looked) < s_betweenLooks)
                {
                    continue;
                }

                looked = _time.GetTimestamp();
                var leases = await LeasesAsync(found, cancellationToken);
                if (await TakeDeadAsync(found, leases, token, claim) is { } dead)
                {
                    return (true, dead, null);
                }

                // As long as this replica does not listen nobody has said nothing.
                heard = _feed.IsListening ? heard : _time.GetTimestamp();
                found.RemoveAll(o => !question.IsPending(o.Holder!) && _time.GetElapsedTime(heard) >= patience
                    && leases[o.Holder!] > first.GetValueOrDefault(o.Holder!));
                if (found.Count == 0)
                {
                    return default;
                }

                if (_time.GetElapsedTime(began) >= s_longestPending
                    || (!found.Exists(o => question.IsPending(o.Holder!)) && _time.GetElapsedTime(round) >= _lease + patience + s_betweenQuestions))
                {
                    throw TooLate();
                }

                if (question.AnyPending || _time.GetElapsedTime(asked) >= s_betweenQuestions)
                {
                    asked = _time.GetTimestamp();
                    _feed.Tell($"{_prefix}:{Ask}:{token}:{what}");
                }
            }
        }
        finally
        {
            _questions.TryRemove(token, out _);
        }
    }

    private static StoreUnavailableException TooLate() => new(StoreProblem.Busy, new TimeoutException("Other replicas have not said whether they have a lost order of the same."));

    /// <summary>Takes the oldest of those whose replica is gone; what another one was quicker to take is left out from then on.</summary>
    private static async ValueTask<string?> TakeDeadAsync(
        List<OrderElsewhere> found, Dictionary<string, DateTimeOffset> leases, string token, Func<Claim, ValueTask<bool>> claim)
    {
        foreach (var order in found.Where(o => o.Holder is not { } holder || !leases.ContainsKey(holder)).ToList())
        {
            if (await claim(new Claim(order.Id, order, token, IsOffered: false)))
            {
                return order.Id;
            }

            found.Remove(order);
        }

        return null;
    }

    private async ValueTask<bool> ClaimAsync(ContentKey key, Claim of, Func<Claim, ValueTask<bool>> claim, Action<string> taken)
    {
        _claims[of.Token] = key;
        try
        {
            if (!await claim(of))
            {
                return false;
            }

            taken(of.Id);
            return true;
        }
        finally
        {
            _claims.TryRemove(of.Token, out _);
        }
    }

    /// <summary>When the leases of those end that are there.</summary>
    private async ValueTask<Dictionary<string, DateTimeOffset>> LeasesAsync(List<OrderElsewhere> found, CancellationToken cancellationToken) => (await _database.ReadAsync(
        new(
            $"SELECT id, lease_until FROM replicas WHERE id = ANY($1) AND NOT {IsGone("$2", "$3")}",
            found.Select(o => o.Holder).OfType<string>().Distinct().ToArray(), _owner.Id, _lease),
        static r => (Id: r.GetString(0), Until: r.GetFieldValue<DateTimeOffset>(1)), cancellationToken)).ToDictionary(l => l.Id, l => l.Until, StringComparer.Ordinal);

    private void Hear(string sender, string word)
    {
        if (!word.StartsWith(_prefix + ":", StringComparison.Ordinal) || word[(_prefix.Length + 1)..].Split(':', 3) is not [var verb, var token, var rest])
        {
            return;
        }

        if (verb == Ask)
        {
            if (rest.Split(':') is [var client, { Length: 64 } print])
            {
                // Before the table: what is claimed meanwhile is in it, or was not claimed yet when this was asked.
                var key = ContentKey.Of(client, Convert.FromHexString(print));
                var isClaimed = !_claims.IsEmpty && _claims.Values.Contains(key);
                var order = _offers.To(token.Split('-')[0], key);
                _feed.Tell($"{_prefix}:{(order.Id is not null ? Offered : order.IsPending || isClaimed ? Pending : None)}:{token}:{order.Id}");
            }
        }
        else if (_questions.TryGetValue(token, out var question))
        {
            question.Hear(sender, verb == Offered ? rest : null, isPending: verb == Pending);
        }
    }

    /// <summary>What was asked, and what the others say.</summary>
    private sealed class Question
    {
        private readonly ConcurrentDictionary<string, bool> _pending = new(StringComparer.Ordinal);
        private TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private volatile Tuple<string, string>? _offer;

        public Task Next => Volatile.Read(ref _next).Task;

        /// <summary>Who has offered one first, and which; the others keep theirs.</summary>
        public Tuple<string, string>? Offer => _offer;

        public bool AnyPending => _pending.Values.Any(static p => p);

        public bool IsPending(string replica) => _pending.GetValueOrDefault(replica);

        public bool HasNone(string replica) => _pending.TryGetValue(replica, out var isPending) && !isPending;

        public void Hear(string sender, string? offered, bool isPending)
        {
            if (offered is not null)
            {
                _offer ??= Tuple.Create(sender, offered);
            }

            _pending[sender] = isPending;
            Interlocked.Exchange(ref _next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }
}

/// <summary>An order at another replica.</summary>
/// <param name="Id">What was begun for it.</param>
/// <param name="Holder">The replica that knows its caller; null where nobody knows which.</param>
/// <param name="TakenBy">Who has taken it before, as it is stored; null for nobody.</param>
/// <param name="Token">The token of that; null where there is none.</param>
/// <param name="Owner">Who drives what was begun for it, as it is stored; null where that does not count.</param>
/// <param name="MayAnswer">Whether what was begun could answer.</param>
internal sealed record OrderElsewhere(string Id, string? Holder, string? TakenBy, string? Token, string? Owner, bool MayAnswer = true);

/// <summary>A claim to an order, which counts where all is stored as it was seen.</summary>
/// <param name="Id">The order.</param>
/// <param name="Seen">What was stored; null where nothing was seen of it.</param>
/// <param name="Token">The claim's own token.</param>
/// <param name="IsOffered">Whether its holder has offered it.</param>
internal sealed record Claim(string Id, OrderElsewhere? Seen, string Token, bool IsOffered);
