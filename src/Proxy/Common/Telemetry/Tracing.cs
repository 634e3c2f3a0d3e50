using System.Diagnostics;

namespace Framegate.Proxy.Common.Telemetry;

/// <summary>
/// Spans. One trace leads from a client's call through every call of a provider to the callback, also over a restart. A span holds names, codes and numbers: no prompt,
/// key, or URL. Where nobody listens none is made.
/// </summary>
internal static class Tracing
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Framegate";

    /// <summary>The provider; a name of OpenTelemetry's conventions.</summary>
    public const string Provider = "gen_ai.provider.name";

    /// <summary>The model; a name of OpenTelemetry's conventions.</summary>
    public const string Model = "gen_ai.request.model";

    /// <summary>What went wrong: a code of the API, an HTTP status, or a class of transport failures.</summary>
    public const string Error = "error.type";

    /// <summary>The HTTP status of an answer.</summary>
    public const string Status = "http.response.status_code";

    /// <summary>The source of all spans.</summary>
    public static ActivitySource Source { get; } = new(SourceName, ProgramVersion.Text);

    /// <summary>What is stored with a generation so that later spans join the trace: the W3C <c>traceparent</c> of the current span; null without one.</summary>
    public static string? Parent => Activity.Current is { } current && current.Source == Source ? current.Id : null;

    /// <summary>Begins a span below the current one.</summary>
    /// <returns>Null where nobody listens, or no trace is under way.</returns>
    public static Activity? Begin(string name, ActivityKind kind = ActivityKind.Internal) =>
        Source.HasListeners() && Activity.Current is { } current && current.Source == Source ? Source.StartActivity(name, kind) : null;

    /// <summary>Begins a span that goes on with a stored trace.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="traceParent">What was stored; null for nothing.</param>
    /// <returns>Null where nobody listens, or nothing was stored.</returns>
    public static Activity? Resume(string name, ActivityKind kind, string? traceParent) =>
        traceParent is not null && Source.HasListeners() && ActivityContext.TryParse(traceParent, null, isRemote: true, out var parent) ? Source.StartActivity(name, kind, parent) : null;

    /// <summary>Marks a span as failed.</summary>
    /// <param name="activity">The span; null for none.</param>
    /// <param name="type">What went wrong, as one of a closed set of words.</param>
    public static void Failed(this Activity? activity, string type) => activity?.SetTag(Error, type).SetStatus(ActivityStatusCode.Error);
}
