using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Providers that answer what a test has written down. The last answer to an operation is given again and again.</summary>
internal sealed class ScriptedEgress(TestClusters clusters) : IEgress
{
    private readonly Lock _lock = new();
    private readonly Dictionary<NativeCall, Queue<Reply>> _script = [];

    /// <summary>What was sent, as <c>Submit alpha/only</c>.</summary>
    public List<string> Sent { get; } = [];

    /// <summary>The requests, in the same order.</summary>
    public List<NativeRequest> Requests { get; } = [];

    /// <summary>The largest answer that somebody has had in memory, bytes.</summary>
    public int LargestAnswer { get; private set; }

    public int Count(NativeCall operation) => Sent.Count(s => s.StartsWith(operation + " ", StringComparison.Ordinal));

    /// <summary>Targets that may not be called.</summary>
    public Func<string, bool> Untrusted { get; set; } = _ => false;

    public void On(NativeCall operation, params Reply[] replies)
    {
        lock (_lock)
        {
            _script[operation] = new Queue<Reply>(replies);
        }
    }

    public void Reset()
    {
        _script.Clear();
        Sent.Clear();
        Requests.Clear();
        LargestAnswer = 0;
        Untrusted = _ => false;
    }

    public async Task SendAsync(ProviderExchange exchange, CancellationToken cancellationToken)
    {
        var reply = Next(exchange.Operation) ?? throw new InvalidOperationException($"Nobody expects a {exchange.Operation}.");
        var destination = clusters.Find(exchange.Clusters[0])!.Destinations.Values.OrderBy(d => d.DestinationId, StringComparer.Ordinal)
            .FirstOrDefault(d => exchange.Excluded?.Contains(d) != true);
        if (reply.NothingAvailable || destination is null)
        {
            (exchange.NothingAvailable, exchange.AvailableAfter, exchange.Suspended) = (true, reply.AvailableAfter, reply.Suspended);
            return;
        }

        // As the pipeline does: what is picked is written down once there is a connection, and before anything is sent.
        exchange.Picked = destination;
        if (exchange.Prepare is { } prepare && !await prepare(exchange, destination))
        {
            return;
        }

        exchange.OnPicked?.Invoke(exchange, destination);
        await (reply.Connecting?.Invoke() ?? Task.CompletedTask);
        if (reply.IsConnected)
        {
            await exchange.BeginAsync();
            await (reply.Sending?.Invoke() ?? Task.CompletedTask);
            exchange.OnLeaving?.Invoke();
            exchange.Sent = true;
        }

        Note($"{exchange.Operation} {exchange.Clusters[0]}/{destination.DestinationId}", exchange.Request);
        await (reply.Meanwhile?.Invoke() ?? Task.CompletedTask);
        await reply.FillAsync(exchange, cancellationToken);
    }

    public async Task<ProviderExchange?> SendToAsync(
        ProviderAdapter adapter, JobLocation jobLocation, NativeCall operation, NativeRequest request, Func<HttpResponseMessage, CancellationToken, Task>? consume,
        IAnswerSink? sink, CancellationToken cancellationToken)
    {
        if (Untrusted(request.Target) || Next(operation) is not { } reply)
        {
            return null;
        }

        Note($"{operation} {jobLocation.Cluster}/{jobLocation.Destination}", request);
        await (reply.Meanwhile?.Invoke() ?? Task.CompletedTask);
        cancellationToken.ThrowIfCancellationRequested();
        var exchange = new ProviderExchange(adapter, operation, request, [jobLocation.Cluster]) { Consume = consume, Sink = sink };
        await reply.FillAsync(exchange, cancellationToken);
        LargestAnswer = Math.Max(LargestAnswer, exchange.Response?.Body.Length ?? 0);
        return exchange;
    }

    private void Note(string sent, NativeRequest request)
    {
        lock (_lock)
        {
            Sent.Add(sent);
            Requests.Add(request);
        }
    }

    private Reply? Next(NativeCall operation)
    {
        lock (_lock)
        {
            return !_script.TryGetValue(operation, out var replies) || replies.Count == 0 ? null
                : replies.Count > 1 ? replies.Dequeue()
                : replies.Peek();
        }
    }
}
