using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>
/// <c>GET /generations/{id}/events</c>: server-sent events, <c>progress</c> at every change, then <c>completed</c> or <c>failed</c>, and the end.
/// Each carries the whole response. An event's id names what it shows, so that a client that comes back receives only what is new.
/// </summary>
internal static class GenerationEvents
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Answers with the stream; 204, which ends an EventSource, when the client has seen the end already.</summary>
    public static async Task<IResult> Stream(
        string id, HttpContext context, GenerationService generations, ResponseWriter writer, GenerationView views, PublicAddress address, SchemaVersions versions, VersionHeaders headers,
        IHostApplicationLifetime lifetime, TimeProvider time)
    {
        if (!AskedVersion.TryRead(context.Request, versions, out var version))
        {
            return AskedVersion.Unknown(versions);
        }

        if (await generations.FindAsync(id, Client.Of(context), context.RequestAborted) is not var (first, _))
        {
            return GenerationEndpoints.Unknown(id);
        }

        version ??= writer.VersionOf(first);
        headers.Write(context.Response.Headers, version);
        var baseUrl = address.Of(context);
        var seen = context.Request.Headers["Last-Event-ID"].ToString();
        var now = views.Of(first, baseUrl);
        if (now.Status != GenerationStatus.Processing && EventId(now) == seen)
        {
            return Results.NoContent();
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        context.Response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
        if (HttpMethods.IsHead(context.Request.Method))
        {
            return Results.Empty;
        }

        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        var output = context.Response.BodyWriter;
        output.Write("retry: 1000\n\n"u8);
        while (!ended.IsCancellationRequested && await generations.FindAsync(id, Client.Of(context), context.RequestAborted) is var (state, running))
        {
            var changed = Task.CompletedTask;
            if (running is not null)
            {
                (state, changed) = running.Observe();
            }

            var view = views.Of(state, baseUrl);
            if (EventId(view) is var eventId && eventId != seen)
            {
                WriteHead(output, eventId, view.Status);
                versions.Write(view, version, output);
                output.Write("\n\n"u8);
                seen = eventId;
            }
            else
            {
                output.Write(": waiting\n\n"u8);
            }

            if (await FlushAsync(output, ended.Token) || view.Status != GenerationStatus.Processing)
            {
                break;
            }

            var left = state.Deadline - time.GetUtcNow();
            var pause = left > TimeSpan.Zero && left < KeepAlive ? left : KeepAlive;
            await (running is null ? Task.Delay(pause, time, ended.Token) : running.ChangedAsync(changed, pause, time, ended.Token))
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return Results.Empty;
    }

    /// <summary>Sends what is written.</summary>
    /// <returns>True when nobody reads any more.</returns>
    public static async ValueTask<bool> FlushAsync(PipeWriter output, CancellationToken ended)
    {
        try
        {
            return (await output.FlushAsync(ended)).IsCompleted;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
    }

    private static void WriteHead(IBufferWriter<byte> output, string id, GenerationStatus status)
    {
        var name = status switch
        {
            GenerationStatus.Success => "completed",
            GenerationStatus.Failed => "failed",
            _ => "progress",
        };
        Encoding.UTF8.GetBytes($"id: {id}\nevent: {name}\ndata: ", output);
    }

    /// <summary>What a response shows, in short. It is made of the state alone, so that it means the same after a restart.</summary>
    public static string EventId(GenerationResponse view) => string.Create(
        CultureInfo.InvariantCulture, $"{view.Status}.{view.Metadata.Phase}.{view.Metadata.Attempts.Count}.{view.Metadata.Progress * 1000:0}").ToLowerInvariant();
}
