using System.Collections.Concurrent;
using Framegate.Plugins;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// Sends a native submit once for each order. It goes on when its caller hangs up, and its answer is kept for whoever sends the same again. What has not reached its
/// caller is on the disk, so that the next process knows of it.
/// </summary>
internal sealed class NativeSubmits : BackgroundService
{
    private const int MostLeft = 65_536;
    private const int MostEnded = 65_536;
    private const long MostKept = 128 * 1024 * 1024;
    private const long MostUnread = 64 * 1024 * 1024;
    private static readonly object Key = new();

    private readonly INativeOrders _store;
    private readonly StoreOwner _owner;
    private readonly IOptions<JobsOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<NativeSubmits> _logger;
    private readonly LateWriter _ended;
    private readonly OrderTable<NativeReply> _orders;
    private readonly ReplyRoom _room = new(MostKept);

    // Nearly all of these have arrived: they leave those their room that have not.
    private readonly ReplyRoom _unread = new(MostUnread);

    public NativeSubmits(INativeOrders store, StoreOwner owner, IOptions<JobsOptions> options, TimeProvider time, ILogger<NativeSubmits> logger)
    {
        (_store, _owner, _options, _time, _logger) = (store, owner, options, time, logger);

        // Twice the window: what is taken over at its end is not forgotten while it is joined.
        _ended = new LateWriter(MostEnded, (ids, cancel) => store.ForgetAsync(ids, time.GetUtcNow() - (2 * Window) - UnansweredOrders.LongestWait, cancel), time, logger);
        _orders = new OrderTable<NativeReply>(MostLeft, time)
        {
            Ended = reply =>
            {
                reply.IsForgotten = true;
                _ended.Add(reply.Order);
            },
            Removed = reply => reply.GiveBack(),
        };
        store.Serve(Offer, Settle);
    }

    // What other replicas are offered; their inquiry bounds it.
    private readonly ConcurrentDictionary<string, NativeReply> _offered = new(StringComparer.Ordinal);

    private TimeSpan Window => _options.Value.RepeatWindow;

    /// <summary>Writes down the last answers.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await _ended.WriteAsync(cancellationToken);
    }

    /// <summary>Answers a submit.</summary>
    /// <param name="context">The client's call.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="send">Sends it to the provider and answers.</param>
    public async Task AnswerAsync(HttpContext context, ProviderAdapter adapter, Func<HttpContext, Task> send)
    {
        var caller = new ConnectedCaller(context);
        if (Window == TimeSpan.Zero || await NativePrint.OfAsync(context, adapter.NativeTargetHeader?.Name) is not { } fingerprint)
        {
            await send(context);
            return;
        }

        var order = new Order(Guid.CreateVersion7().ToString(), Client.Of(context), fingerprint);
        var key = ContentKey.Of(order.Client, fingerprint);
        while (true)
        {
            using var turn = _orders.Enter(key, caller, Window, isRepetition: false);
            if (turn.IsFirst)
            {
                // Once taken it is nobody else's: a caller that leaves meanwhile leaves it here.
                var lost = await _store.TakeAsync(_owner.Id, order.Client, fingerprint, _time.GetUtcNow() - Window, CancellationToken.None);
                if (lost is { IsHere: true })
                {
                    turn.Withdraw();
                    continue;
                }

                if (lost is null)
                {
                    order.Withdraw = turn.Withdraw;
                    context.Items[Key] = order;
                    await SendAsync(context, turn, order, send);
                    return;
                }

                var kept = NativeReply.Of(lost);
                kept.Take(_room);
                turn.Begin(kept);
            }

            if (await turn.Begun.WaitAsync(context.RequestAborted) is { } reply)
            {
                turn.Answering();
                await (reply.Body is null ? AnswerLostAsync(context, adapter, reply) : reply.WriteAsync(context));
                turn.Answered(uncertain: reply.Status == FailureStatus.NotToBeRepeated && reply.Missing is null);
                return;
            }

            turn.Withdraw();
        }
    }

    /// <summary>A submit is about to be sent: from here on the provider may have accepted it, whatever becomes of this process.</summary>
    /// <exception cref="StoreUnavailableException">It cannot be written down, and must not be sent.</exception>
    public async ValueTask BeginAsync(HttpContext context)
    {
        if (context.Items[Key] is Order { IsBegun: false } order)
        {
            await _store.BeginAsync(order.Id, _owner.Id, order.Client, order.Fingerprint, _time.GetUtcNow(), CancellationToken.None);
            order.IsBegun = true;
        }
    }

    /// <summary>A call is no submit: nothing is paid for by it, as by a poll, an upload or a cancel, and whoever asks again sends it again.</summary>
    public static void PassBy(HttpContext context)
    {
        if (context.Items[Key] is Order { Withdraw: { } withdraw })
        {
            withdraw();
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => _ended.RunAsync(stoppingToken);

    /// <summary>Offers another replica an order whose caller has gone.</summary>
    private GivenOrder Offer(ContentKey key)
    {
        var (reply, isPending) = _orders.Give(key, Window);
        if (reply is null)
        {
            return new GivenOrder(null, isPending);
        }

        reply.Take(_room);
        if (reply.IsForgotten)
        {
            // It is not stored any more, so that nobody else could give it.
            _orders.Restore(key, reply, _time.GetUtcNow());
            return default;
        }

        _offered[reply.Order] = reply;
        return new GivenOrder(reply.Order, false);
    }

    private void Settle(ContentKey key, string order, bool isKept)
    {
        if (!_offered.TryRemove(order, out var reply))
        {
            return;
        }

        if (isKept)
        {
            _orders.Restore(key, reply, _time.GetUtcNow());
        }
        else
        {
            reply.GiveBack();
        }
    }

    private async Task SendAsync(HttpContext context, Turn<NativeReply> turn, Order order, Func<HttpContext, Task> send)
    {
        var (connection, reset, body) = (context.Features.Get<IHttpRequestLifetimeFeature>(), context.Features.Get<IHttpResetFeature>(), context.Response.Body);
        await using var recorder = new ReplyRecorder(body, turn.Answering, () => order.IsBegun && IsJson(context.Response), _room);
        try
        {
            // The provider may have accepted it by the time the client hangs up. Whoever asks again at the sight of a broken connection must find what broke off.
            context.Features.Set<IHttpRequestLifetimeFeature>(new Cut(connection, BreakOff));
            context.Features.Set<IHttpResetFeature>(null);
            context.Response.Body = recorder;
            await send(context);
            if (recorder.IsHeld && context.Response.StatusCode is (>= 200 and < 300) or FailureStatus.NotToBeRepeated)
            {
                await KeepAsync(NativeReply.Of(order.Id, context.Response, recorder.Written));
            }

            await recorder.LetGoAsync(CancellationToken.None);
        }
        catch (NoRoomForBodyException) when (order.IsBegun)
        {
            // Half a body: the provider can have accepted nothing.
            _ended.Add(order.Id);
            throw;
        }
        finally
        {
            context.Features.Set(connection);
            context.Features.Set(reset);
            context.Response.Body = body;
        }

        var uncertain = context.Response.StatusCode == FailureStatus.NotToBeRepeated;
        if (!order.IsBegun)
        {
            // It was refused before it was sent, or is no submit.
            turn.Withdraw();
        }
        else if (IsBegun() && NativeAnswer.IsCut(context))
        {
            BreakOff();
        }
        else if (recorder.IsLarge || uncertain || !turn.AnsweredOne())
        {
            Keep(context, turn, order, recorder, uncertain);
        }
        else
        {
            _ended.Add(order.Id);
        }

        bool IsBegun() => context.Response is { HasStarted: true, StatusCode: >= 200 and < 300 };

        void BreakOff()
        {
            if (order.IsBegun && IsBegun())
            {
                turn.Begin(NativeReply.Without(order.Id, "The provider's answer to this submit broke off, and it may be paid for. The same request again is another order."));
                turn.Answered(uncertain: true);
            }
        }
    }

    /// <summary>
    /// An answer is kept where its caller does not have it. It is paid for: where there is no room for it, whoever asks again is told, instead of paying again unawares.
    /// One that was sent, and may lie unread in the buffers of two systems, is kept while there is room for such.
    /// </summary>
    private void Keep(HttpContext context, Turn<NativeReply> turn, Order order, ReplyRecorder recorder, bool uncertain)
    {
        var isLost = uncertain || turn.IsLost;
        if (recorder.IsLarge && !uncertain && (context.Response.StatusCode is < 200 or >= 300 || !(isLost || turn.ShowsWhetherRead)))
        {
            _ended.Add(order.Id);
            return;
        }

        var reply = recorder.IsTooLarge ? null : NativeReply.Of(order.Id, context.Response, recorder.Written);
        if (reply?.TryTake(isLost ? _room : _unread) == true)
        {
            turn.Begin(reply);
            if (!ReferenceEquals(turn.Value, reply))
            {
                // It is answered already that this one broke off.
                reply.GiveBack();
            }

            turn.Answered(uncertain);
        }
        else if (isLost || !turn.ShowsWhetherRead)
        {
            turn.Begin(NativeReply.Without(
                order.Id, "The provider's answer to this submit did not reach its caller, and there was no room to keep it. The same request again is another order."));
            turn.Answered(uncertain);
        }
        else
        {
            _ended.Add(order.Id);
        }
    }

    /// <summary>Writes an answer down. One that cannot be is given all the same: the job is accepted.</summary>
    private async Task KeepAsync(NativeReply reply)
    {
        try
        {
            await _store.AnswerAsync(reply.Order, reply.ToBytes(), _time.GetUtcNow(), CancellationToken.None);
        }
        catch (Exception e)
        {
            if (!StoreUnavailableException.TryLog(_logger, e))
            {
                Log.AnswersNotWritten(_logger, e);
            }
        }
    }

    private static Task AnswerLostAsync(HttpContext context, ProviderAdapter adapter, NativeReply reply) => NativeRefusal.WriteAsync(
        context, adapter, StatusCodes.Status502BadGateway,
        reply.Missing ?? "Framegate stopped while this submit was on its way. Nobody knows whether the provider has accepted it.",
        NativeAnswer.ForbidRetry(context.Response, StatusCodes.Status502BadGateway));

    private static bool IsJson(HttpResponse response) => response.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>One call.</summary>
    private sealed record Order(string Id, string Client, byte[] Fingerprint)
    {
        /// <summary>Whether it is written down.</summary>
        public bool IsBegun { get; set; }

        /// <summary>Takes it out of the table, where nobody can wait for its answer then.</summary>
        public Action? Withdraw { get; set; }
    }

    /// <summary>A call that goes on when its client hangs up, and calls before it cuts the connection itself.</summary>
    private sealed class Cut(IHttpRequestLifetimeFeature? connection, Action cutting) : IHttpRequestLifetimeFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort()
        {
            cutting();
            connection?.Abort();
        }
    }
}
