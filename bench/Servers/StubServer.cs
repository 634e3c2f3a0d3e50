using System.Globalization;
using System.Text;

namespace Framegate.Bench.Servers;

/// <summary>
/// The upstream of every scenario, as fast as Kestrel gets. It answers any POST with a fixed JSON, and speaks as much of the Flux protocol
/// as a generation needs: submit, poll, download. It keeps no jobs: an id holds when the job began.
/// </summary>
internal static class StubServer
{
    /// <summary>A POST there is answered with a JSON of 0.4 KB that holds a link to the upstream, as a submit of Flux is.</summary>
    public const string SmallLinkPath = "/link/small";

    /// <summary>The same with 100 KB.</summary>
    public const string LargeLinkPath = "/link/large";

    /// <summary>A POST there is answered with a picture of 3 MB as base64, as OpenAI does it.</summary>
    public const string InlinePath = "/v1/images/generations";

    private const int InlineBytes = 3 * 1000 * 1000;
    private static byte[]? s_inline;
    private const int SmallPadding = 300;
    private const int LargePadding = 100 * 1024;
    private static byte[]? s_smallLink;
    private static byte[]? s_largeLink;

    private static readonly byte[] s_json = Encoding.UTF8.GetBytes($$"""{"id":"sync-1","output":"{{new string('x', 200)}}"}""");
    private static readonly byte[] s_pending = """{"id":"x","status":"Pending","result":null,"progress":null}"""u8.ToArray();
    private const string CallPath = "/bench/call/";
    private const string CalledPath = "/bench/called/";
    private const string EndedPath = "/bench/ended";

    // When callbacks came, and how long after the end of what they are about, in milliseconds.
    private static readonly System.Collections.Concurrent.ConcurrentQueue<(long At, long Lag)> s_lags = [];
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource> s_called = new(StringComparer.Ordinal);
    private static long s_lastId;
    private static long s_submits;
    private static long s_polls;
    private static long s_samples;

    /// <summary>How long a job runs, milliseconds; changed by <c>/bench/hold/N</c>.</summary>
    private static long s_hold;

    // 1 x 1 pixel.
    private static readonly byte[] s_png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    /// <summary>Runs it.</summary>
    /// <param name="url">Where it listens; null for a free port.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<int> RunAsync(string? url, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(url ?? "http://127.0.0.1:0");
        await using var app = builder.Build();
        app.Run(AnswerAsync);
        return await Serving.RunAsync(app, cancellationToken);
    }

    private static async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.Path.StartsWithSegments("/slow", out var rest))
        {
            // The same, with results at a byte a second.
            (request.PathBase, request.Path) = ("/slow", rest);
        }

        var path = request.Path.Value!;
        if (path == EndedPath)
        {
            await NoteEndAsync(request);
            return;
        }

        if (HttpMethods.IsPost(request.Method))
        {
            await DrainAsync(request);
            if (path.StartsWith("/hang/", StringComparison.Ordinal))
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                return;
            }

            if (path.StartsWith(CallPath, StringComparison.Ordinal))
            {
                Called(path[CallPath.Length..]).TrySetResult();
                return;
            }

            await WriteAsync(context, "application/json", path switch
            {
                SmallLinkPath => s_smallLink ??= Link(request, SmallPadding),
                LargeLinkPath => s_largeLink ??= Link(request, LargePadding),
                InlinePath => s_inline ??= Encoding.ASCII.GetBytes($$"""{"created":1,"data":[{"b64_json":"{{Convert.ToBase64String(NoisePicture.Png(InlineBytes))}}"}]}"""),
                _ when path.StartsWith("/v1/", StringComparison.Ordinal) => Submit(request),
                _ => s_json,
            });
        }
        else if (path == "/v1/get_result")
        {
            Interlocked.Increment(ref s_polls);
            await WriteAsync(context, "application/json", Poll(request));
        }
        else if (path.StartsWith("/sample/", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref s_samples);
            if (request.PathBase.HasValue)
            {
                await TrickleAsync(context);
                return;
            }

            await WriteAsync(context, "image/png", s_png);
        }
        else if (path.StartsWith("/bench/hold/", StringComparison.Ordinal))
        {
            Volatile.Write(ref s_hold, long.Parse(path.AsSpan("/bench/hold/".Length), CultureInfo.InvariantCulture));
        }
        else if (path.StartsWith(CalledPath, StringComparison.Ordinal))
        {
            var id = path[CalledPath.Length..];
            await Called(id).Task.WaitAsync(context.RequestAborted);
            s_called.TryRemove(id, out _);
        }
        else if (path == "/bench/lags")
        {
            await WriteAsync(context, "text/plain", Encoding.ASCII.GetBytes(string.Join('\n', s_lags.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.At} {l.Lag}")))));
        }
        else if (path == "/bench/counts")
        {
            await WriteAsync(context, "text/plain", Encoding.ASCII.GetBytes(string.Create(
                CultureInfo.InvariantCulture, $"{Volatile.Read(ref s_submits)} {Volatile.Read(ref s_polls)} {Volatile.Read(ref s_samples)}")));
        }
        else
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    private static TaskCompletionSource Called(string id) => s_called.GetOrAdd(id, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    /// <summary>An id of Framegate's holds when the generation began, as a UUIDv7 does, and the body how long it took.</summary>
    private static async Task NoteEndAsync(HttpRequest request)
    {
        var now = Now();
        using var body = await System.Text.Json.JsonDocument.ParseAsync(request.Body);
        var began = long.Parse(body.RootElement.GetProperty("request_id").GetString()!.AsSpan(4, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        s_lags.Enqueue((now, now - began - body.RootElement.GetProperty("processing_time_ms").GetInt64()));
    }

    private static async Task TrickleAsync(HttpContext context)
    {
        context.Response.ContentType = "image/png";
        context.Response.ContentLength = 100_000;
        foreach (var value in Enumerable.Range(0, 100_000).Select(i => i < s_png.Length ? s_png[i] : (byte)0))
        {
            await context.Response.Body.WriteAsync(new[] { value }, context.RequestAborted);
            await Task.Delay(TimeSpan.FromSeconds(1), TimeProvider.System, context.RequestAborted);
        }
    }

    private static byte[] Submit(HttpRequest request)
    {
        Interlocked.Increment(ref s_submits);
        var id = string.Create(CultureInfo.InvariantCulture, $"{Now()}-{Interlocked.Increment(ref s_lastId)}");
        return Encoding.UTF8.GetBytes($$"""{"id":"{{id}}","polling_url":"http://{{request.Host}}{{request.PathBase}}/v1/get_result?id={{id}}"}""");
    }

    private static byte[] Link(HttpRequest request, int padding) =>
        Encoding.UTF8.GetBytes($$"""{"id":"0","polling_url":"http://{{request.Host}}/v1/get_result?id=0","note":"{{new string('x', padding)}}"}""");

    private static byte[] Poll(HttpRequest request)
    {
        var id = request.Query["id"].ToString();
        var began = long.Parse(id.AsSpan(0, id.IndexOf('-') is var dash and >= 0 ? dash : id.Length), CultureInfo.InvariantCulture);
        return Now() - began < Volatile.Read(ref s_hold)
            ? s_pending
            : Encoding.UTF8.GetBytes($$$"""{"id":"{{{id}}}","status":"Ready","result":{"sample":"http://{{{request.Host}}}{{{request.PathBase}}}/sample/{{{id}}}.png","seed":1}}""");
    }

    private static long Now() => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();

    private static async ValueTask DrainAsync(HttpRequest request)
    {
        while (true)
        {
            var read = await request.BodyReader.ReadAsync();
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return;
            }
        }
    }

    private static async Task WriteAsync(HttpContext context, string type, byte[] body)
    {
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.BodyWriter.WriteAsync(body);
    }
}
