using System.Buffers;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Native;
using Framegate.Transforms.Secrets;
using Microsoft.AspNetCore.Http.Features;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;
using Yarp.ReverseProxy.Transforms;

namespace Framegate.Proxy.Edge.Native;

/// <summary>What is changed in a native answer on its way back.</summary>
internal static class NativeAnswer
{
    /// <summary>An answer up to this size is read whole and keeps a length; a larger one goes through in pieces of it.</summary>
    private const int Piece = 64 * 1024;
    private const int Smallest = 1024;
    private const int MostLooked = 4 * 1024 * 1024;

    /// <summary>The forwarder's own default.</summary>
    private static readonly TimeSpan s_longestSilence = TimeSpan.FromSeconds(100);
    private static readonly Dictionary<string, string> NoHeaders = [];
    private static readonly object s_cut = new();

    /// <summary>Whether an answer broke off after it was begun: what its client has is not the whole of it.</summary>
    public static bool IsCut(HttpContext context) => context.Items.ContainsKey(s_cut) || context.Features.Get<IForwarderErrorFeature>() is not null;

    /// <summary>Replaces the provider's links in a JSON answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="links">Finds the links; null where answers hold none.</param>
    /// <param name="results">Whether links of results come back through the gateway too.</param>
    /// <param name="remember">Called with the id of a job that was accepted, before the client learns of it; null where nobody needs it.</param>
    /// <param name="made">The member that holds the ids of what a job has made, which are remembered too; null for none.</param>
    /// <param name="time">The clock.</param>
    public static async ValueTask RewriteAsync(
        ResponseTransformContext response, ProviderAdapter adapter, LinkRewriter? links, bool results, Func<string, ValueTask>? remember, string? made, TimeProvider time)
    {
        var context = response.HttpContext;
        // What cannot be passed on has been answered in its place.
        if (response.ProxyResponse is not { } native || context.Response.HasStarted || native.Content.Headers.ContentEncoding.Count > 0 || HttpMethods.IsHead(context.Request.Method))
        {
            return;
        }

        remember = native.IsSuccessStatusCode && (made is not null || HttpMethods.IsPost(context.Request.Method)) ? remember : null;
        if (links is null && remember is null)
        {
            return;
        }

        if (native.Content.Headers.ContentType?.MediaType is "text/event-stream")
        {
            await RewriteStreamedAsync(response, native, links, new NativeLinks(context, adapter, results), remember, made, time);
            return;
        }

        if (!IsJson(native, HttpMethods.IsPost(context.Request.Method)))
        {
            return;
        }

        response.SuppressResponseBody = true;
        var length = native.Content.Headers.ContentLength;
        var buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length ?? Piece, Smallest, Piece));
        try
        {
            using var source = new IdleReader(await native.Content.ReadAsStreamAsync(context.RequestAborted), LongestSilence(context), time, context.RequestAborted);
            var (read, whole) = await FillAsync(source, buffer, length, fully: remember is not null);
            var isFound = remember is null;
            if (remember is not null)
            {
                isFound = await RememberAsync(context, buffer.AsMemory(0, read), remember, made);
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
                // Without a length the client knows that it has the whole only once the ids are remembered.
                context.Response.ContentLength = links is null && isFound ? length : null;
                await StreamAsync(context, source, buffer, read, links, target, output, isFound ? null : json => RememberAsync(context, json, remember!, made));
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; the provider is not to blame.
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            // What came so far must not look like the whole.
            Cut(context);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Whether an answer may be JSON. Some providers, and gateways before them, call it plain text, or nothing.</summary>
    private static bool IsJson(HttpResponseMessage native, bool isPost) => native.Content.Headers.ContentType?.MediaType is { } type
        ? type.Equals("application/json", StringComparison.OrdinalIgnoreCase) || type.StartsWith("text/json", StringComparison.OrdinalIgnoreCase)
            || type.Equals("text/plain", StringComparison.OrdinalIgnoreCase) || type.EndsWith("+json", StringComparison.OrdinalIgnoreCase)
        : isPost && native is { IsSuccessStatusCode: true, StatusCode: not System.Net.HttpStatusCode.NoContent, Content.Headers.ContentLength: not 0 };

    /// <summary>Remembers what an answer names.</summary>
    /// <returns>Whether that is all that can be looked for. What a job has made may be several, and any of them behind megabytes.</returns>
    private static async ValueTask<bool> RememberAsync(HttpContext context, ReadOnlyMemory<byte> json, Func<string, ValueTask> remember, string? made)
    {
        var job = HttpMethods.IsPost(context.Request.Method) ? NativeJobId.Read(json.Span) : null;
        if (job is not null)
        {
            await remember(job);
        }

        foreach (var id in made is not null ? NativeMadeIds.Read(json.Span, made) : (IEnumerable<string>)[])
        {
            await remember(id);
        }

        return made is null && job is not null;
    }

    /// <summary>What a stream of events names is remembered before the client gets the event, and its links are replaced.</summary>
    private static async ValueTask RewriteStreamedAsync(
        ResponseTransformContext response, HttpResponseMessage native, LinkRewriter? links, NativeLinks target, Func<string, ValueTask>? remember, string? made, TimeProvider time)
    {
        var context = response.HttpContext;
        response.SuppressResponseBody = true;
        context.Response.ContentLength = links is null ? context.Response.ContentLength : null;
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            using var source = new IdleReader(await native.Content.ReadAsStreamAsync(context.RequestAborted), LongestSilence(context), time, context.RequestAborted);
            using var output = new LinkBuffer();
            var ids = new NativeEventIds(HttpMethods.IsPost(context.Request.Method), made);
            var place = default(LinkPlace);
            for (var (filled, last) = (0, false); !last;)
            {
                var read = await source.ReadAsync(buffer.AsMemory(filled));
                last = read == 0;
                foreach (var id in remember is null ? [] : last ? ids.End() : ids.Feed(buffer.AsSpan(filled, read)))
                {
                    await remember!(id);
                }

                filled += read;
                output.Truncate(0);
                var done = links?.Rewrite(buffer.AsSpan(0, filled), last, target, output, ref place) ?? filled;
                if (done > 0)
                {
                    await context.Response.Body.WriteAsync(output.Length > 0 ? output.Written : buffer.AsMemory(0, done), context.RequestAborted);
                }

                buffer.AsSpan(done, filled - done).CopyTo(buffer);
                filled -= done;
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; the provider is not to blame.
        }
        catch (Exception) when (context.Response.HasStarted)
        {
            Cut(context);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static void Cut(HttpContext context)
    {
        context.Items[s_cut] = true;
        context.Abort();
    }

    /// <summary>How long an answer may be silent: what is copied here is watched as what the forwarder copies.</summary>
    public static TimeSpan LongestSilence(HttpContext context) =>
        context.Features.Get<IReverseProxyFeature>()?.Cluster.Config.HttpRequest?.ActivityTimeout ?? s_longestSilence;

    /// <summary>Answers a submit that may have been accepted in a form that neither the vendors' SDKs nor anybody else sends again.</summary>
    public static void ForbidRetry(ResponseTransformContext response, ProviderAdapter adapter)
    {
        if (!NativeTarget.Of(response.HttpContext).MayBePaid)
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

    /// <summary>A redirect leads through the gateway, or nowhere: a client follows it by itself, with the key that it has for us in whatever header.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="results">Whether links of results come back through the gateway.</param>
    /// <param name="mask">Finds our secrets: a provider that keeps the query of a call gives our key back in it.</param>
    public static ValueTask RedirectAsync(ResponseTransformContext response, ProviderAdapter adapter, bool results, SecretMask mask)
    {
        var (context, headers) = (response.HttpContext, response.HttpContext.Response.Headers);
        if (response.ProxyResponse is not { RequestMessage.RequestUri: { } called } native)
        {
            return default;
        }

        var status = (int)native.StatusCode;
        var isRedirect = status is >= 300 and < 400;
        var isGet = status == StatusCodes.Status303SeeOther || HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        var isOne = native.Headers.NonValidated.TryGetValues("Location", out var locations) && locations.Count == 1;
        var whole = !isOne || native.Headers.Location is not { } location ? null : location.IsAbsoluteUri ? location : new Uri(called, location);
        if (whole is null || NativeAddress.WithoutSecrets(whole, adapter.KeyParameter, mask) is not { } url)
        {
            // What cannot be read, and is there twice, may lead anywhere.
            if (isRedirect || whole is not null)
            {
                headers.Remove("Location");
            }
        }
        else if (new NativeLinks(context, adapter, results).Redirect(url, isGet && results) is { } here)
        {
            headers.Location = here;
        }
        else if (isRedirect && (results || !isGet))
        {
            headers.Remove("Location");
        }
        else if (!ReferenceEquals(url, whole))
        {
            headers.Location = url.AbsoluteUri;
        }

        return default;
    }

    /// <summary>Forbids a retry in the header that some SDKs go by.</summary>
    /// <returns>The status to answer with.</returns>
    public static int ForbidRetry(HttpResponse response, int status)
    {
        response.Headers["x-should-retry"] = "false";
        return FailureStatus.Once(status);
    }

    /// <summary>Reads until the answer ends or the buffer is full.</summary>
    /// <returns>How much is in it, and whether that is all.</returns>
    private static async ValueTask<(int Read, bool Whole)> FillAsync(IdleReader source, byte[] buffer, long? length, bool fully)
    {
        var read = 0;
        while (read < buffer.Length && read != length)
        {
            if (await source.ReadAsync(buffer.AsMemory(read)) is var more && more == 0)
            {
                return (read, true);
            }

            read += more;

            // A large answer is not held up until the first piece of it is full, unless ids are looked for in it.
            if (length > buffer.Length && !fully)
            {
                break;
            }
        }

        return (read, read == length);
    }

    private static async Task StreamAsync(
        HttpContext context, IdleReader source, byte[] buffer, int filled, LinkRewriter? links, NativeLinks target, LinkBuffer output, Func<ReadOnlyMemory<byte>, ValueTask<bool>>? remember)
    {
        var place = default(LinkPlace);
        var looked = default(ShortJson.Place);
        var shortened = remember is null ? null : new ArrayBufferWriter<byte>();
        Look(buffer.AsSpan(0, filled), ref shortened, ref looked);
        for (var last = false; ;)
        {
            output.Truncate(0);
            var done = links?.Rewrite(buffer.AsSpan(0, filled), last, target, output, ref place) ?? filled;
            await context.Response.Body.WriteAsync(output.Length > 0 ? output.Written : buffer.AsMemory(0, done), context.RequestAborted);
            if (last)
            {
                if (shortened is not null)
                {
                    await remember!(shortened.WrittenMemory);
                }

                return;
            }

            buffer.AsSpan(done, filled - done).CopyTo(buffer);
            var read = await source.ReadAsync(buffer.AsMemory(filled - done));
            Look(buffer.AsSpan(filled - done, read), ref shortened, ref looked);
            (filled, last) = (filled - done + read, read == 0);
        }
    }

    /// <summary>Keeps what is needed to find ids behind long texts.</summary>
    private static void Look(ReadOnlySpan<byte> piece, ref ArrayBufferWriter<byte>? shortened, ref ShortJson.Place looked)
    {
        try
        {
            if (shortened is not null)
            {
                ShortJson.Copy(piece, shortened, ref looked);
            }
        }
        catch (JsonException)
        {
            shortened = null;
        }

        shortened = shortened?.WrittenCount > MostLooked ? null : shortened;
    }
}
