using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>Writes generations as unified responses.</summary>
internal sealed class ResponseWriter(
    IOptions<MediaOptions> media, HostSettings settings, SchemaVersions versions, VersionHeaders versionHeaders, TimeProvider time)
{
    private const int UsualBody = 4096;
    private const int LargestKept = 1024 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_body;
    private volatile Address? _last;

    /// <summary>The content type of unified answers.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>The generation as its caller sees it now.</summary>
    /// <param name="state">The generation.</param>
    /// <param name="baseUrl">The address clients reach Framegate at, for the URLs of media.</param>
    public GenerationResponse View(GenerationState state, string baseUrl)
    {
        var now = time.GetUtcNow();
        var error = state.Error ?? (state.ClientCancelled ? Failures.CancelledByClient(now) : state.IsOpen && now >= state.Deadline ? Failures.DeadlinePassed(state, now) : null);
        var status = error is null ? state.Status : GenerationStatus.Failed;
        var end = state.FinishedAt ?? now;
        return new GenerationResponse
        {
            RequestId = state.Id,
            Provider = state.Provider,
            Model = state.Model,
            Status = status,
            Result = status == GenerationStatus.Success ? WithUrls(state.Result!, baseUrl) : null,
            Error = status == GenerationStatus.Failed ? error : null,
            Metadata = new ResponseMetadata
            {
                Phase = state.ClientCancelled ? GenerationPhase.Cancelled : state.Phase,
                Progress = state.Progress,
                Warnings = state.Warnings,
                Attempts = state.Attempts,
                Alias = state.Alias,
                Skipped = state.Skipped,
                Queue = QueueOf(state, now),
                Cache = CacheStatus.NameOf(state.Cache),
                Saved = state.Saved,
                CostEstimated = state.CostEstimated ? true : null,
                Sandbox = settings.Sandbox is null ? null : true,
                Request = state.RequestMetadata,
            },
            Timestamp = now,
            ProcessingTimeMs = (long)(end - state.CreatedAt).TotalMilliseconds,
            Cost = state.Cost,
        };
    }

    /// <summary>The version of the schema a generation is answered in when nothing else is asked for.</summary>
    public string VersionOf(GenerationState state) =>
        state.SchemaVersion == SchemaVersions.Current || versions.IsSupported(state.SchemaVersion) ? state.SchemaVersion : SchemaVersions.Current;

    /// <summary>The generation as a body, in a version of the schema.</summary>
    public void Write(GenerationState state, string baseUrl, string version, IBufferWriter<byte> output) =>
        versions.Write(View(state, baseUrl), version, output);

    /// <summary>Writes a generation with this HTTP status.</summary>
    /// <param name="context">The call.</param>
    /// <param name="state">The generation.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="version">The version of the schema; null for the one the generation was asked for in.</param>
    public Task WriteAsync(HttpContext context, GenerationState state, int status, string? version = null)
    {
        var view = View(state, state.Result is { Media.Count: > 0 } ? BaseUrl(context) : "");
        WriteHeaders(context, state, view.Timestamp);
        return WriteAsync(context, view, status, version ?? VersionOf(state));
    }

    /// <summary>Writes the headers that every answer about a generation carries.</summary>
    public static void WriteHeaders(HttpContext context, GenerationState state, DateTimeOffset now)
    {
        var headers = context.Response.Headers;
        headers["Framegate-Provider"] = state.Provider;
        if (state.JobLocation is { } jobLocation)
        {
            headers["Framegate-Destination"] = jobLocation.Destination;
        }

        headers["Framegate-Attempts"] = state.Attempts.Count.ToString(CultureInfo.InvariantCulture);
        if (state.Cost is { } cost)
        {
            headers["Framegate-Cost"] = cost.ToString(CultureInfo.InvariantCulture);
        }

        if (state.OverheadMs is { } overhead)
        {
            headers["Framegate-Overhead-Ms"] = overhead.ToString(CultureInfo.InvariantCulture);
        }

        CacheStatus.WriteTo(headers, state, now);
    }

    /// <summary>A generation's answer in the current version as it would be written at a certain time.</summary>
    public byte[] Render(GenerationState state, string baseUrl, DateTimeOffset timestamp) =>
        JsonSerializer.SerializeToUtf8Bytes(View(state, baseUrl) with { Timestamp = timestamp }, ContractJson.Default.GenerationResponse);

    /// <summary>Writes a refusal.</summary>
    public Task WriteRefusalAsync(HttpContext context, GenerationError error, int status, string? requestId = null, string? version = null)
    {
        return WriteAsync(
            context,
            new GenerationResponse
            {
                RequestId = requestId,
                Status = GenerationStatus.Failed,
                Error = error,
                Metadata = new ResponseMetadata { Phase = GenerationPhase.Failed, Sandbox = settings.Sandbox is null ? null : true },
                Timestamp = error.Timestamp,
            },
            status,
            version ?? (AskedVersion.TryRead(context.Request, versions, out var asked) ? asked : null) ?? SchemaVersions.Current);
    }

    /// <summary>The address clients reach Framegate at.</summary>
    public string BaseUrl(HttpContext context)
    {
        var (request, configured, last) = (context.Request, media.Value.PublicUrl, _last);
        if (last is null || !last.Fits(configured, request))
        {
            // Nearly always the same as the last time.
            _last = last = new Address(
                configured, request.Scheme, request.Host.Value, request.PathBase.Value,
                configured is null ? $"{request.Scheme}://{request.Host}{request.PathBase}" : configured.AbsoluteUri.TrimEnd('/'));
        }

        return last.Url;
    }

    private static QueueReport? QueueOf(GenerationState state, DateTimeOffset now) => state.QueuePosition is { } position
        ? new QueueReport(position.Position, (long)(now - state.CreatedAt).TotalMilliseconds)
        : state.Queue;

    private static GenerationResult WithUrls(GenerationResult result, string baseUrl) =>
        result.Media.Count == 0 ? result : result with { Media = [.. result.Media.Select(m => m with { Url = baseUrl + m.Url })] };

    private Task WriteAsync(HttpContext context, GenerationResponse response, int status, string version)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        if (response.Error?.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        versionHeaders.Write(context.Response.Headers, version);
        var body = t_body ??= new ArrayBufferWriter<byte>(UsualBody);
        body.ResetWrittenCount();
        versions.Write(response, version, body);
        if (body.Capacity > LargestKept)
        {
            t_body = null;
        }

        // Not flushed: the server sends it together with the headers once the call is over.
        context.Response.ContentLength = body.WrittenCount;
        context.Response.BodyWriter.Write(body.WrittenSpan);
        return Task.CompletedTask;
    }

    private sealed record Address(Uri? Configured, string Scheme, string? Host, string? PathBase, string Url)
    {
        public bool Fits(Uri? configured, HttpRequest request) => ReferenceEquals(configured, Configured)
            && (configured is not null || (request.Scheme == Scheme && request.Host.Value == Host && request.PathBase.Value == PathBase));
    }
}
