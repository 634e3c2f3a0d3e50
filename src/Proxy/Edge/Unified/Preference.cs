using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>What the <c>Prefer</c> header (RFC 7240) asks for.</summary>
/// <param name="RespondAsync">Answer at once.</param>
/// <param name="Wait">Wait at most this long; null when the client names none.</param>
internal readonly record struct Preference(bool RespondAsync, TimeSpan? Wait)
{
    private const int LongestWait = 3600;

    /// <summary>Reads the header; what is not understood is ignored, as the RFC asks.</summary>
    public static Preference Read(StringValues header)
    {
        var preference = default(Preference);
        foreach (var value in header)
        {
            foreach (var part in (value ?? "").Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                if (part.Equals("respond-async", StringComparison.OrdinalIgnoreCase))
                {
                    preference = preference with { RespondAsync = true };
                }
                else if (part.StartsWith("wait=", StringComparison.OrdinalIgnoreCase)
                    && int.TryParse(part.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                {
                    preference = preference with { Wait = TimeSpan.FromSeconds(Math.Min(seconds, LongestWait)) };
                }
            }
        }

        return preference;
    }
}
