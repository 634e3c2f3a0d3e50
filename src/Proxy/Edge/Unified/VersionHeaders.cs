using System.Globalization;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>Names in the headers of an answer which version of the schema its body is written in, and how long that one will do.</summary>
internal sealed class VersionHeaders(IOptions<SchemaVersionsOptions> options)
{
    /// <summary>The header of answers that names the version; in a request, the one that asks for it.</summary>
    public const string Version = "Framegate-Schema-Version";

    /// <summary>Adds them.</summary>
    public void Write(IHeaderDictionary headers, string version)
    {
        headers[Version] = version;
        if (options.Value is { Count: > 0 } notices && notices.TryGetValue(version, out var notice))
        {
            if (notice.Deprecated is { } deprecated)
            {
                headers["Deprecation"] = "@" + At(deprecated).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            }

            if (notice.Sunset is { } sunset)
            {
                headers["Sunset"] = At(sunset).ToString("R", CultureInfo.InvariantCulture);
            }
        }
    }

    private static DateTimeOffset At(DateOnly date) => new(date.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
}
