using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Native;

/// <summary>
/// Sends a native submit once for each order. It goes on when its caller hangs up, and its answer is kept for whoever sends the same again. What the next
/// process would need is not written down: a native job is known to its provider alone.
/// </summary>
internal sealed class NativeSubmits(IOptions<JobsOptions> options, TimeProvider time)
{
    /// <summary>A larger body goes through as it comes and is not recognised.</summary>
    private const int LargestBody = 8 * 1024 * 1024;
    private const int LargestAtOnce = 16 * 1024;
    private const int MostLeft = 512;
    private readonly OrderTable<NativeReply> _orders = new(MostLeft, time);

    /// <summary>Answers a submit.</summary>
    /// <param name="context">The client's call.</param>
    /// <param name="target">The header that names the provider's URL; null where there is none.</param>
    /// <param name="send">Sends it to the provider and answers.</param>
    public async Task AnswerAsync(HttpContext context, string? target, Func<HttpContext, Task> send)
    {
        var caller = new ConnectedCaller(context);
        var window = options.Value.RepeatWindow;
        if (window == TimeSpan.Zero || await KeyOfAsync(context, target) is not { } key)
        {
            await send(context);
            return;
        }

        while (true)
        {
            using var turn = _orders.Enter(key, caller, window, isRepetition: false);
            if (turn.IsFirst)
            {
                await SendAsync(context, turn, send);
                return;
            }

            if (await turn.Begun.WaitAsync(context.RequestAborted) is { } reply)
            {
                turn.Answering();
                await reply.WriteAsync(context);
                turn.Answered(uncertain: reply.Status == FailureStatus.NotToBeRepeated);
                return;
            }

            turn.Withdraw();
        }
    }

    private static async Task SendAsync(HttpContext context, Turn<NativeReply> turn, Func<HttpContext, Task> send)
    {
        var (aborted, body) = (context.RequestAborted, context.Response.Body);
        await using var recorder = new ReplyRecorder(body, turn.Answering);
        try
        {
            // The provider may have accepted it by the time the client hangs up.
            (context.RequestAborted, context.Response.Body) = (CancellationToken.None, recorder);
            await send(context);
        }
        finally
        {
            (context.RequestAborted, context.Response.Body) = (aborted, body);
        }

        var uncertain = context.Response.StatusCode == FailureStatus.NotToBeRepeated;
        if (!recorder.IsTooLarge && (uncertain || !turn.AnsweredOne()))
        {
            turn.Begin(NativeReply.Of(context.Response, recorder.Written));
            turn.Answered(uncertain);
        }
    }

    /// <summary>What the submit asks for.</summary>
    /// <returns>Null when it is too large to be looked at.</returns>
    private static async ValueTask<ContentKey?> KeyOfAsync(HttpContext context, string? target)
    {
        var request = context.Request;
        if (request.ContentLength > LargestBody)
        {
            return null;
        }

        var reader = request.BodyReader;
        while (true)
        {
            // The body is looked at as a whole and left where it is.
            var read = await reader.ReadAsync(context.RequestAborted);
            var body = read.Buffer;
            if (body.Length > LargestBody)
            {
                reader.AdvanceTo(body.Start);
                return null;
            }

            if (read.IsCompleted)
            {
                var key = ContentKey.Of(Client.Of(context), Hash(context, target, body));
                reader.AdvanceTo(body.Start);
                return key;
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }

    private static byte[] Hash(HttpContext context, string? target, ReadOnlySequence<byte> body)
    {
        var head = $"{context.Features.Get<IHttpRequestFeature>()?.RawTarget}\n{context.Request.Headers["Idempotency-Key"]}\n{(target is null ? "" : context.Request.Headers[target])}\n";
        var whole = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(head.Length) + (body.Length <= LargestAtOnce ? (int)body.Length : 0));
        try
        {
            var length = Encoding.UTF8.GetBytes(head, whole);
            if (body.Length <= LargestAtOnce)
            {
                body.CopyTo(whole.AsSpan(length));
                return SHA256.HashData(whole.AsSpan(0, length + (int)body.Length));
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(whole.AsSpan(0, length));
            foreach (var segment in body)
            {
                hash.AppendData(segment.Span);
            }

            return hash.GetHashAndReset();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }
}
