using System.Globalization;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.Http;

/// <summary>The headers that every answer about a generation carries, in each dialect.</summary>
internal static class GenerationHeaders
{
    /// <summary>Writes those of a generation.</summary>
    public static void Write(HttpContext context, GenerationState state, DateTimeOffset now)
    {
        var headers = context.Response.Headers;
        Write(
            headers,
            state.Provider,
            state.JobLocation?.Destination,
            state.Attempts.Count.ToString(CultureInfo.InvariantCulture),
            state.Cost?.ToString(CultureInfo.InvariantCulture),
            state.OverheadMs?.ToString(CultureInfo.InvariantCulture));
        headers["Framegate-Model"] = Shown(state.Model);
        CacheStatus.WriteTo(headers, state, now);
    }

    /// <summary>Writes those that are known.</summary>
    public static void Write(IHeaderDictionary headers, string provider, string? destination, string attempts, string? cost, string? overheadMs)
    {
        headers["Framegate-Provider"] = provider;
        headers["Framegate-Attempts"] = attempts;
        if (destination is not null)
        {
            headers["Framegate-Destination"] = destination;
        }

        if (cost is not null)
        {
            headers["Framegate-Cost"] = cost;
        }

        if (overheadMs is not null)
        {
            headers["Framegate-Overhead-Ms"] = overheadMs;
        }
    }

    /// <summary>A model's name as a header can hold it: a plugin may name one in any letters.</summary>
    private static string Shown(string model) => System.Text.Ascii.IsValid(model) && !model.Any(char.IsControl) ? model : Uri.EscapeDataString(model);
}
