using System.IO.Pipelines;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Proxy.Edge;

/// <summary>Lets a large body in only when there is room for it; nothing of it is read before. Stands behind the authentication: a stranger holds nothing.</summary>
internal sealed class BodyBudgetMiddleware(RequestDelegate next, BodyBudget budget, ErrorAnswers errors, TimeProvider time)
{
    /// <summary>Bodies of so many bytes do not count, so that small requests go on whatever the large ones do.</summary>
    public const long Small = 64 * 1024;

    private const int RetryAfterSeconds = 2;
    private const string RetryAfter = "2";
    private static readonly TimeSpan LongestDrain = TimeSpan.FromSeconds(30);

    // Whoever sends slowly keeps a place for long, and nobody else waits for that.
    private static readonly TimeSpan LongestTurn = TimeSpan.FromSeconds(10);

    // Of all clients six at once, of one four: hundreds of refused uploads that are read at once would take the processor from everybody else.
    private readonly Bulkhead _drains = new(8, 8);

    public Task InvokeAsync(HttpContext context)
    {
        var length = context.Request.ContentLength;
        return length <= Small || context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false }
            ? next(context)
            : length is { } known ? EnterAsync(context, known)
            : CountAsync(context);
    }

    private async Task EnterAsync(HttpContext context, long length)
    {
        if (await budget.EnterAsync(Client.Of(context), length, context.RequestAborted) is not { } lease)
        {
            await DrainAsync(context, context.Request.Body);
            await RefuseAsync(context);
            return;
        }

        await HoldAsync(context, lease, context.Request.Body, null);
    }

    private async Task CountAsync(HttpContext context)
    {
        var lease = new BodyLease(budget, Client.Of(context), 0);
        var body = context.Request.Body;

        // Who looks at a body through its reader leaves it there for who takes it as a stream, so both are views of one reader.
        var reader = PipeReader.Create(new CountedBody(body, lease), new StreamPipeReaderOptions(leaveOpen: true));
        context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(reader));
        context.Request.Body = reader.AsStream(leaveOpen: true);
        try
        {
            await HoldAsync(context, lease, body, reader);
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    /// <summary>
    /// Most clients read the answer once they have sent everything: what they send is thrown away, for so long. Until its turn comes a connection stops sending by itself;
    /// streams of one HTTP/2 connection share its window, where one that waits unread would stop the others.
    /// </summary>
    private async Task DrainAsync(HttpContext context, Stream body)
    {
        try
        {
            using var place = HttpProtocol.IsHttp2(context.Request.Protocol) ? null : await EnterAsync(context);
            using var draining = new CancellationTokenSource(LongestDrain, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(draining.Token, context.RequestAborted);
            await body.CopyToAsync(Stream.Null, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        catch (OperationCanceledException)
        {
            // It is answered without that.
        }
    }

    private async ValueTask<Bulkhead.Place> EnterAsync(HttpContext context)
    {
        using var waiting = new CancellationTokenSource(LongestTurn, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(waiting.Token, context.RequestAborted);
        return await _drains.EnterAsync("", Client.Of(context), either.Token);
    }

    private async Task HoldAsync(HttpContext context, BodyLease lease, Stream body, PipeReader? reader)
    {
        context.Features.Set(lease);
        try
        {
            await next(context);
        }
        catch (NoRoomForBodyException) when (!context.Response.HasStarted)
        {
            // What is thrown away takes no room; what was read of it is let go of first.
            if (reader is not null)
            {
                await reader.CompleteAsync();
            }

            lease.Answered();
            context.Response.Clear();
            await DrainAsync(context, body);
            await RefuseAsync(context);
        }
        finally
        {
            lease.Answered();
        }
    }

    private Task RefuseAsync(HttpContext context)
    {
        context.Response.Headers.RetryAfter = RetryAfter;
        return errors.WriteAsync(
            context,
            new GenerationError
            {
                Code = ErrorCode.UnknownError,
                Message = "Too many bytes of requests are held at once (Framegate:Media:MaxBytesInFlight). Nothing was done.",
                Retryable = true,
                RetryAfter = RetryAfterSeconds,
                Details = new ErrorDetails { Reason = "overloaded" },
                Timestamp = time.GetUtcNow(),
            },
            StatusCodes.Status503ServiceUnavailable);
    }

    /// <summary>A body of unknown length: what is read beyond a small one takes room as it comes.</summary>
    private sealed class CountedBody(Stream inner, BodyLease lease) : ReadOnlyBody
    {
        private long _read;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            _read += read;
            return _read <= Small || read == 0 || lease.TryGrow(read) ? read : throw new NoRoomForBodyException();
        }
    }
}
