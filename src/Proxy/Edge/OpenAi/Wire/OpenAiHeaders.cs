using System.Globalization;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>The headers that every answer of the dialect carries.</summary>
internal static class OpenAiHeaders
{
    private const string RequestId = "x-request-id";

    /// <summary>Gives an answer its id, unless it has one.</summary>
    public static void Stamp(HttpContext context)
    {
        var headers = context.Response.Headers;
        if (!headers.ContainsKey(RequestId))
        {
            headers[RequestId] = "req_" + Guid.NewGuid().ToString("n");
            headers["openai-version"] = "2020-10-01";
        }
    }

    /// <summary>Sets how often to poll a video. Python's helper keeps to the first value it receives.</summary>
    public static void PollAfter(HttpContext context, TimeSpan interval) =>
        context.Response.Headers["openai-poll-after-ms"] = ((long)interval.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    /// <summary>A warning with the caller's name of the field in front, where it names one.</summary>
    private static string InOwnWords(string warning, DialectCall call)
    {
        var end = warning.IndexOf(": ", StringComparison.Ordinal);
        return end < 0 || warning.AsSpan(0, end).Contains(' ') ? warning
            : call.ParamOf(warning[..end]) is { } param ? param + warning[end..]
            : warning[(end + 2)..];
    }

    /// <summary>What could not be honoured, since the dialect's answers have no place for it.</summary>
    public static void Warn(HttpContext context, IReadOnlyList<string> warnings)
    {
        if (warnings.Count > 0)
        {
            const int Most = 8, Longest = 300;
            var call = DialectCall.Of(context.Request.Path, request: null);
            context.Response.Headers["Framegate-Warning"] = context.Response.Headers["X-Framegate-Warnings"] = new(
                [.. warnings.Select(w => InOwnWords(w, call)).Distinct().Take(Most).Select(w => new string([.. w.Take(Longest).Select(c => c is >= ' ' and < '\u007f' ? c : '?')]))]);
        }
    }
}
