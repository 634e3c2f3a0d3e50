using System.IO.Pipelines;
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
        var recorder = new ReplyRecorder(body, turn.Answering);
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

        if (recorder.Written is { } written)
        {
            turn.Begin(NativeReply.Of(context.Response, written));
            turn.Answered(uncertain: context.Response.StatusCode == FailureStatus.NotToBeRepeated);
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

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in new[]
        {
            context.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "",
            request.Headers["Idempotency-Key"].ToString(),
            target is null ? "" : request.Headers[target].ToString(),
        })
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData("\n"u8);
        }

        return await AppendAsync(hash, request.BodyReader, context.RequestAborted) ? ContentKey.Of(Client.Of(context), hash.GetHashAndReset()) : null;
    }

    /// <summary>Looks at the whole body and leaves it where it is.</summary>
    /// <returns>False when it is too large.</returns>
    private static async ValueTask<bool> AppendAsync(IncrementalHash hash, PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            var body = read.Buffer;
            if (body.Length > LargestBody)
            {
                reader.AdvanceTo(body.Start);
                return false;
            }

            if (read.IsCompleted)
            {
                foreach (var segment in body)
                {
                    hash.AppendData(segment.Span);
                }

                reader.AdvanceTo(body.Start);
                return true;
            }

            reader.AdvanceTo(body.Start, body.End);
        }
    }
}
