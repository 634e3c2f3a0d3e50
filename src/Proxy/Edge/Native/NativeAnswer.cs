using System.Buffers;
using Framegate.Plugins;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Native;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Edge.Native;

/// <summary>What is changed in a native answer on its way back.</summary>
internal static class NativeAnswer
{
    /// <summary>An answer up to this size is read whole and keeps a length; a larger one goes through in pieces of it.</summary>
    private const int Piece = 64 * 1024;
    private const int Smallest = 1024;

    /// <summary>The forwarder's own default.</summary>
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(100);
    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <summary>Replaces the provider's links in a JSON answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="links">Finds the links; null where answers hold none.</param>
    /// <param name="results">Whether links of results come back through the gateway too.</param>
    /// <param name="remember">Called with the id of a job that was accepted, before the client hears of it; null where nobody needs it.</param>
    /// <param name="made">The member that holds the ids of what a job has made, which are remembered too; null for none.</param>
    /// <param name="time">The clock.</param>
    public static async ValueTask RewriteAsync(
        ResponseTransformContext response, ProviderAdapter adapter, LinkRewriter? links, bool results, Func<string, ValueTask>? remember, string? made, TimeProvider time)
    {
        var context = response.HttpContext;
        if (response.ProxyResponse is { IsSuccessStatusCode: true, Content.Headers: { ContentType.MediaType: "text/event-stream", ContentEncoding.Count: 0 } } streamed && remember is not null
            && (made is not null || HttpMethods.IsPost(context.Request.Method)))
        {
            await RememberStreamedAsync(response, streamed, remember, made, time);
            return;
        }

        if (response.ProxyResponse is not { } native
            || native.Content.Headers.ContentType?.MediaType is not "application/json"
            || native.Content.Headers.ContentEncoding.Count > 0
            || HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        remember = native.IsSuccessStatusCode && (made is not null || HttpMethods.IsPost(context.Request.Method)) ? remember : null;
        if (links is null && remember is null)
        {
            return;
        }

        response.SuppressResponseBody = true;
        var length = native.Content.Headers.ContentLength;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length ?? Piece, Smallest, Piece));
        try
        {
            using var source = new IdleReader(await native.Content.ReadAsStreamAsync(context.RequestAborted), LongestSilence(context), time, context.RequestAborted);
            var (read, whole) = await FillAsync(source, buffer, length);
            if (remember is not null)
            {
                if (HttpMethods.IsPost(context.Request.Method) && NativeJobId.Read(buffer.AsSpan(0, read)) is { } job)
                {
                    await remember(job);
                }

                foreach (var id in made is not null ? NativeMadeIds.Read(buffer.AsSpan(0, read), made) : (IEnumerable<string>)[])
                {
                    await remember(id);
                }
            }

            using var output = new LinkBuffer();
            var target = new NativeLinks(context, adapter, results);
            if (whole)
            {
                var place = default(LinkPlace);
                links?.Rewrite(buffer.AsSpan(0, read), last: true, target, output, ref place);
                var body = output.Length > 0 ? output.Written : buffer.AsMemory(0, read);
                context.Response.ContentLength = body.Length;
                await context.Response.Body.WriteAsync(body, context.RequestAborted);
            }
            else
            {
                context.Response.ContentLength = links is null ? length : null;
                await StreamAsync(context, source, buffer, read, links, target, output);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; the provider is not to blame.
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            // What came so far must not look like the whole.
            context.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>What a stream of events names is remembered before the client gets the event.</summary>
    private static async ValueTask RememberStreamedAsync(
        ResponseTransformContext response, HttpResponseMessage native, Func<string, ValueTask> remember, string? made, TimeProvider time)
    {
        var context = response.HttpContext;
        response.SuppressResponseBody = true;
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            using var source = new IdleReader(await native.Content.ReadAsStreamAsync(context.RequestAborted), LongestSilence(context), time, context.RequestAborted);
            var ids = new NativeEventIds(HttpMethods.IsPost(context.Request.Method), made);
            while (await source.ReadAsync(buffer) is > 0 and var read)
            {
                foreach (var id in ids.Feed(buffer.AsSpan(0, read)))
                {
                    await remember(id);
                }

                await context.Response.Body.WriteAsync(buffer.AsMemory(0, read), context.RequestAborted);
            }

            foreach (var id in ids.End())
            {
                await remember(id);
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; the provider is not to blame.
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            context.Abort();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>How long an answer may be silent: what is copied here is watched as what the forwarder copies.</summary>
    private static TimeSpan LongestSilence(HttpContext context) =>
        context.Features.Get<IReverseProxyFeature>()?.Cluster.Config.HttpRequest?.ActivityTimeout ?? s_longestSilence;

    /// <summary>Answers a submit that may have been accepted in a form that neither the vendors' SDKs nor anybody else sends again.</summary>
    public static void ForbidRetry(ResponseTransformContext response, ProviderAdapter adapter)
    {
        if (!HttpMethods.IsPost(response.HttpContext.Request.Method))
        {
            return;
        }

        var status = response.ProxyResponse is { } native ? (int)native.StatusCode : 0;
        if (FailureStatus.IsRepeated(status)
            && adapter.ReadError(new NativeResponse(status, NoHeaders, default), NativeCall.Submit).Acceptance != Acceptance.No)
        {
            var answer = response.HttpContext.Response;
            answer.StatusCode = ForbidRetry(answer, status);
            answer.HttpContext.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = null;
        }
    }

    /// <summary>Says so in the header that some SDKs go by.</summary>
    /// <returns>The status to answer with.</returns>
    public static int ForbidRetry(HttpResponse response, int status)
    {
        response.Headers["x-should-retry"] = "false";
        return FailureStatus.Once(status);
    }

    /// <summary>Reads until the answer ends or the buffer is full.</summary>
    /// <returns>How much is in it, and whether that is all.</returns>
    private static async ValueTask<(int Read, bool Whole)> FillAsync(IdleReader source, byte[] buffer, long? length)
    {
        var read = 0;
        while (read < buffer.Length && read != length)
        {
            if (await source.ReadAsync(buffer.AsMemory(read)) is var more && more == 0)
            {
                return (read, true);
            }

            read += more;

            // A large answer is not held up until the first piece of it is full.
            if (length > buffer.Length)
            {
                break;
            }
        }

        return (read, read == length);
    }

    private static async Task StreamAsync(
        HttpContext context, IdleReader source, byte[] buffer, int filled, LinkRewriter? links, NativeLinks target, LinkBuffer output)
    {
        var place = default(LinkPlace);
        for (var last = false; ;)
        {
            output.Truncate(0);
            var done = links?.Rewrite(buffer.AsSpan(0, filled), last, target, output, ref place) ?? filled;
            await context.Response.Body.WriteAsync(output.Length > 0 ? output.Written : buffer.AsMemory(0, done), context.RequestAborted);
            if (last)
            {
                return;
            }

            buffer.AsSpan(done, filled - done).CopyTo(buffer);
            var read = await source.ReadAsync(buffer.AsMemory(filled - done));
            (filled, last) = (filled - done + read, read == 0);
        }
    }
}
