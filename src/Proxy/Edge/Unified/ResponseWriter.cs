using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>Writes generations as unified responses.</summary>
internal sealed class ResponseWriter(GenerationView views, PublicAddress address, SchemaVersions versions, VersionHeaders versionHeaders) : IErrorShape
{
    private const int UsualBody = 4096;
    private const int LargestKept = 1024 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_body;

    /// <summary>The content type of unified answers.</summary>
    public const string ContentType = "application/json; charset=utf-8";

    /// <summary>The version of the schema a generation is answered in when nothing else is asked for.</summary>
    public string VersionOf(GenerationState state) =>
        state.SchemaVersion == SchemaVersions.Current || versions.IsSupported(state.SchemaVersion) ? state.SchemaVersion : SchemaVersions.Current;

    /// <summary>The generation as a body, in a version of the schema.</summary>
    public void Write(GenerationState state, string baseUrl, string version, IBufferWriter<byte> output) =>
        versions.Write(views.Of(state, baseUrl), version, output);

    /// <summary>Writes a generation with this HTTP status.</summary>
    /// <param name="context">The call.</param>
    /// <param name="state">The generation.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="version">The version of the schema; null for the one the generation was asked for in.</param>
    public Task WriteAsync(HttpContext context, GenerationState state, int status, string? version = null)
    {
        var view = views.Of(state, state.Result is { Media.Count: > 0 } ? address.Of(context) : "");
        GenerationHeaders.Write(context, state, view.Timestamp);
        return WriteAsync(context, view, status, version ?? VersionOf(state));
    }

    /// <summary>Writes a generation for somebody who looks at it later, with status 200.</summary>
    /// <param name="context">The call.</param>
    /// <param name="state">The generation.</param>
    /// <param name="version">The version of the schema; null for the one the generation was asked for in.</param>
    /// <param name="withClient">Whether whose it is shows too.</param>
    public Task WriteDetailedAsync(HttpContext context, GenerationState state, string? version, bool withClient = false)
    {
        var view = views.Detailed(state, address.Of(context), withClient);
        GenerationHeaders.Write(context, state, view.Timestamp);
        return WriteAsync(context, view, StatusCodes.Status200OK, version ?? VersionOf(state));
    }

    /// <summary>A generation's answer in the current version as it would be written at a certain time.</summary>
    public byte[] Render(GenerationState state, string baseUrl, DateTimeOffset timestamp) =>
        JsonSerializer.SerializeToUtf8Bytes(views.Of(state, baseUrl) with { Timestamp = timestamp }, ContractJson.Default.GenerationResponse);

    /// <summary>Writes a refusal.</summary>
    public Task WriteRefusalAsync(HttpContext context, GenerationError error, int status, string? requestId = null, string? version = null) => WriteAsync(
        context,
        views.Of(error, requestId),
        status,
        version ?? (AskedVersion.TryRead(context.Request, versions, out var asked) ? asked : null) ?? SchemaVersions.Current);

    /// <summary>Nobody's paths are answered in the unified words too, so this shape is asked last.</summary>
    bool IErrorShape.Owns(PathString path) => true;

    Task IErrorShape.WriteAsync(HttpContext context, GenerationError error, int status) => WriteRefusalAsync(context, error, status);

    private Task WriteAsync(HttpContext context, GenerationResponse response, int status, string version)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        if (status == FailureStatus.NotToBeRepeated)
        {
            // What the OpenAI and Runway SDKs go by, in whichever way they were led here.
            context.Response.Headers["x-should-retry"] = "false";
        }
        else if (response.Error?.RetryAfter is { } wait)
        {
            context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        }

        if (response.Error is { } error)
        {
            HelpLink.Write(context.Response.Headers, address.Of(context), error.Code);
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
}
