using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Core;

/// <summary>
/// The words <c>sandbox:poll=...</c> and <c>sandbox:result=...</c>: what goes wrong after a submit was accepted. The first few answers about a job are bad, then all
/// is well. A job that was accepted stays accepted, and is in the ledger once.
/// </summary>
internal sealed class BadDay
{
    /// <summary>Words of <c>sandbox:poll=</c>.</summary>
    public static readonly IReadOnlyList<string> PollWords =
    [
        "401", "402", "403", "429", "500", "503", "204", "empty", "html", "garbage", "error", "redirect", "reset", "retry-after-0", "retry-after-3600", "other", "bom", "gzip",
    ];

    /// <summary>Words of <c>sandbox:result=</c>.</summary>
    public static readonly IReadOnlyList<string> ResultWords =
    [
        "202", "403", "404", "410", "500", "503", "empty", "html", "json", "denied", "zeros", "cut", "part", "gzip", "reset",
    ];

    private const int UsualTimes = 3;
    private const string Json = "application/json";
    private const string Html = "text/html; charset=utf-8";
    private readonly ConditionalWeakTable<IStandInJob, Counts> _counts = [];

    /// <summary>Answers a poll, badly where the job's prompt asks for it.</summary>
    public Task PollAsync(HttpContext context, IStandInJob job, Func<Task> good) => MagicPrompt.Parse(job.Prompt) is { Poll: { } word } magic
        && PollWords.Contains(word) && Interlocked.Increment(ref _counts.GetOrCreateValue(job).Polls) <= (magic.Times ?? UsualTimes)
            ? PollBadlyAsync(context, word, good)
            : good();

    /// <summary>Answers the fetching of a result, badly where the job's prompt asks for it.</summary>
    public Task FetchAsync(HttpContext context, IStandInJob job, Func<Task> good) => MagicPrompt.Parse(job.Prompt) is { Result: { } word } magic
        && ResultWords.Contains(word) && HttpMethods.IsGet(context.Request.Method) && Interlocked.Increment(ref _counts.GetOrCreateValue(job).Fetches) <= (magic.Times ?? UsualTimes)
            ? FetchBadlyAsync(context, word, good)
            : good();

    /// <summary>A handler of polls whose job is named in the request.</summary>
    public RequestDelegate Polled<TJob>(JobStore<TJob> jobs, Func<HttpContext, string?> id, RequestDelegate good)
        where TJob : class, IStandInJob => context =>
        jobs.TryGet(id(context) ?? "", out var job) ? PollAsync(context, job, () => good(context)) : good(context);

    /// <summary>A handler of downloads whose job is named in the request.</summary>
    public RequestDelegate Fetched<TJob>(JobStore<TJob> jobs, Func<HttpContext, string?> id, RequestDelegate good)
        where TJob : class, IStandInJob => context =>
        jobs.TryGet(id(context) ?? "", out var job) ? FetchAsync(context, job, () => good(context)) : good(context);

    private static Task PollBadlyAsync(HttpContext context, string word, Func<Task> good)
    {
        switch (word)
        {
            case "204":
                return WriteAsync(context, StatusCodes.Status204NoContent, null, "");
            case "empty":
                return WriteAsync(context, StatusCodes.Status200OK, Json, "");
            case "html":
                return WriteAsync(context, StatusCodes.Status200OK, Html, "<html><body>Please sign in.</body></html>");
            case "garbage":
                return WriteAsync(context, StatusCodes.Status200OK, Json, """{"status": ]]""");
            case "error":
                return WriteAsync(context, StatusCodes.Status200OK, Json, """{"error":{"message":"Try again."}}""");
            case "redirect":
                context.Response.Headers.Location = "https://login.example.com/";
                return WriteAsync(context, StatusCodes.Status302Found, Html, "<html/>");
            case "reset":
                context.Abort();
                return Task.CompletedTask;
            case "retry-after-0" or "retry-after-3600":
                context.Response.Headers.RetryAfter = word["retry-after-".Length..];
                return WriteAsync(context, StatusCodes.Status429TooManyRequests, Json, "{}");
            case "other":
                return ChangeAsync(context, good, bytes => Encoding.UTF8.GetBytes(OfAnother(bytes)));
            case "bom":
                return ChangeAsync(context, good, bytes => [0xef, 0xbb, 0xbf, .. bytes]);
            case "gzip":
                return GzipAsync(context, good);
            default:
                return WriteAsync(context, int.Parse(word, System.Globalization.CultureInfo.InvariantCulture), Json, "{}");
        }
    }

    private static Task FetchBadlyAsync(HttpContext context, string word, Func<Task> good)
    {
        switch (word)
        {
            case "empty":
                return WriteAsync(context, StatusCodes.Status200OK, "application/octet-stream", "");
            case "html":
                return WriteAsync(context, StatusCodes.Status200OK, Html, "<html><body>Please sign in.</body></html>");
            case "json":
                return WriteAsync(context, StatusCodes.Status200OK, Json, """{"error":"AccessDenied"}""");
            case "denied":
                return ChangeAsync(context, good, _ => "Access Denied"u8.ToArray()); // with the type of the file
            case "zeros":
                return ChangeAsync(context, good, bytes => new byte[bytes.Length]);
            case "cut":
                return ChangeAsync(context, good, bytes => bytes[..(bytes.Length * 2 / 3)], withLength: false);
            case "part":
                return PartAsync(context, good);
            case "gzip":
                return GzipAsync(context, good);
            case "reset":
                context.Abort();
                return Task.CompletedTask;
            default:
                return WriteAsync(context, int.Parse(word, System.Globalization.CultureInfo.InvariantCulture), "application/xml", "<Error/>");
        }
    }

    private static string OfAnother(byte[] json)
    {
        var body = JsonNode.Parse(json)!.AsObject();
        foreach (var name in (string[])["id", "request_id", "name"])
        {
            if (body[name] is JsonValue value)
            {
                body[name] = value + "0";
            }
        }

        return body.ToJsonString();
    }

    private static Task GzipAsync(HttpContext context, Func<Task> good)
    {
        context.Response.Headers.ContentEncoding = "gzip";
        return ChangeAsync(context, good, bytes =>
        {
            using var packed = new MemoryStream();
            using (var packer = new GZipStream(packed, CompressionLevel.Fastest))
            {
                packer.Write(bytes);
            }

            return packed.ToArray();
        });
    }

    private static Task PartAsync(HttpContext context, Func<Task> good) => ChangeAsync(context, good, bytes =>
    {
        var part = bytes[..(bytes.Length / 2)];
        context.Response.StatusCode = StatusCodes.Status206PartialContent;
        context.Response.Headers.ContentRange = $"bytes 0-{part.Length - 1}/{bytes.Length}";
        return part;
    });

    private static async Task ChangeAsync(HttpContext context, Func<Task> good, Func<byte[], byte[]> change, bool withLength = true)
    {
        var body = context.Response.Body;
        using var kept = new MemoryStream();
        context.Response.Body = kept;
        await good();
        context.Response.Body = body;
        var changed = context.Response.StatusCode == StatusCodes.Status200OK ? change(kept.ToArray()) : kept.ToArray();
        context.Response.ContentLength = withLength ? changed.Length : null;
        await body.WriteAsync(changed, context.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext context, int status, string? type, string text)
    {
        context.Response.StatusCode = status;
        if (type is not null)
        {
            context.Response.ContentType = type;
            await context.Response.WriteAsync(text, context.RequestAborted);
        }
    }

    private sealed class Counts
    {
        public int Polls;
        public int Fetches;
    }
}
