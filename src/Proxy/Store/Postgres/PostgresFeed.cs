using System.Threading.Channels;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Rows;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>
/// Notifies other replicas of what has changed, and receives that from them, through NOTIFY. A notice is sent apart from its change, since it would hold up each commit of the instance.
/// One that is lost costs time only: whoever waits looks every few seconds.
/// </summary>
internal sealed class PostgresFeed(PostgresDatabase database, StoreOwner owner, TimeProvider time) : BackgroundService
{
    /// <summary>Begins each word about orders.</summary>
    public const string Orders = "!order:";

    // NOTIFY takes 8,000 bytes; an id has 170 at most.
    private const int LongestNotice = 7500;
    private const string Wish = "!wish";
    private const string Release = "!release";
    private const string AnyBegan = "!new";
    private const string Clients = "!clients";
    private static readonly TimeSpan PauseBetweenLinks = TimeSpan.FromSeconds(1);
    private readonly Channel<string> _changed = Channel.CreateBounded<string>(new BoundedChannelOptions(16_384) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });
    private readonly string _channel = database.Schema;
    private TaskCompletionSource _wished = New();
    private TaskCompletionSource _released = New();
    private TaskCompletionSource _clients = New();

    private volatile bool _isListening;

    /// <summary>Whether what others say arrives here, as far as it is known.</summary>
    public bool IsListening => _isListening;

    /// <summary>Wakes whoever watches here.</summary>
    public GenerationFeed Local { get; } = new();

    /// <summary>Ends when somebody may have left a wish for one of this replica's generations.</summary>
    public Task NextWish => Volatile.Read(ref _wished).Task;

    /// <summary>Ends when a replica may have let go of generations.</summary>
    public Task NextRelease => Volatile.Read(ref _released).Task;

    /// <summary>Ends when another replica may have changed a client.</summary>
    public Task NextClients => Volatile.Read(ref _clients).Task;

    /// <summary>Raised with who told it and the word, when another replica says something of orders. It must not wait.</summary>
    public event Action<string, string>? OrderTold;

    /// <summary>Tells the others a word, without a space in it.</summary>
    public void Tell(string word) => _changed.Writer.TryWrite(word);

    /// <summary>A client was changed here.</summary>
    public void ClientsChanged() => _changed.Writer.TryWrite(Clients);

    /// <summary>A generation has changed.</summary>
    public void Changed(string id)
    {
        Local.Changed(id);
        _changed.Writer.TryWrite(id);
    }

    /// <summary>A generation has begun.</summary>
    public void Began()
    {
        Local.AnyChanged();
        _changed.Writer.TryWrite(AnyBegan);
    }

    /// <summary>The driver of a generation is to be notified.</summary>
    public void Wished()
    {
        Wake(ref _wished);
        _changed.Writer.TryWrite(Wish);
    }

    /// <summary>Generations were let go of.</summary>
    public void Released() => _changed.Writer.TryWrite(Release);

    /// <summary>Sends what is waiting; for a replica that is about to go.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        while (Take() is { Length: > 0 } changed)
        {
            await SendAsync(changed, cancellationToken);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(ListenAsync(stoppingToken), NotifyAsync(stoppingToken));

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static void Wake(ref TaskCompletionSource waiting) => Interlocked.Exchange(ref waiting, New()).TrySetResult();

    private async Task NotifyAsync(CancellationToken stopping)
    {
        try
        {
            while (await _changed.Reader.WaitToReadAsync(stopping))
            {
                try
                {
                    await SendAsync(Take(), stopping);
                }
                catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
                {
                    // The others look by themselves.
                    await Pause.ForAsync(PauseBetweenLinks, time, stopping);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private string Take()
    {
        var changed = new HashSet<string>(StringComparer.Ordinal);
        for (var length = 0; length < LongestNotice && _changed.Reader.TryRead(out var id);)
        {
            length += changed.Add(id) ? id.Length + 1 : 0;
        }

        return string.Join(' ', changed);
    }

    private async Task SendAsync(string changed, CancellationToken cancellationToken)
    {
        await using var connection = await database.ConnectAsync(cancellationToken);
        await using var command = new Statement("SELECT pg_notify($1, $2)", _channel, $"{owner.Id} {changed}").On(connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.ConnectAsync(stopping);
                connection.Notification += (_, notification) => Receive(notification.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {PostgresDatabase.Quoted(_channel)}", connection))
                {
                    await listen.ExecuteNonQueryAsync(stopping);
                }

                // What was notified while nobody listened is not repeated.
                _isListening = true;
                WakeAll();
                while (true)
                {
                    await connection.WaitAsync(stopping);
                }
            }
            catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException or InvalidOperationException)
            {
                _isListening = false;
                await Pause.ForAsync(PauseBetweenLinks, time, stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private void WakeAll()
    {
        Local.AllChanged();
        Wake(ref _wished);
        Wake(ref _released);
        Wake(ref _clients);
    }

    private void Receive(string payload)
    {
        var words = payload.Split(' ');
        if (words[0] == owner.Id)
        {
            return;
        }

        foreach (var word in words.AsSpan(1))
        {
            switch (word)
            {
                case Wish:
                    Wake(ref _wished);
                    break;
                case Release:
                    Wake(ref _released);
                    break;
                case Clients:
                    Wake(ref _clients);
                    break;
                case AnyBegan:
                    Local.AnyChanged();
                    break;
                case var order when order.StartsWith(Orders, StringComparison.Ordinal):
                    OrderTold?.Invoke(words[0], order);
                    break;
                default:
                    Local.Changed(word);
                    break;
            }
        }
    }
}
