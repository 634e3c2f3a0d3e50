using Framegate.Proxy.Media;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>Gives the server the largest size of a request and the lowest rate of its body, now and after each reload; it reads the limits anew for every request.</summary>
internal static class RequestBodyLimits
{
    /// <summary>How long a body may come as slowly as it likes: a mobile network stands still at times.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Gives it.</summary>
    public static void Apply(IServiceProvider services)
    {
        var limits = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        var media = services.GetRequiredService<IOptionsMonitor<MediaOptions>>();
        Apply(limits, media.CurrentValue);
        media.OnChange(changed => Apply(limits, changed));
    }

    private static void Apply(KestrelServerLimits limits, MediaOptions media)
    {
        limits.MaxRequestBodySize = media.MaxRequestBytes;
        limits.MinRequestBodyDataRate = media.MinUploadRate == 0 ? null : new MinDataRate(media.MinUploadRate, Grace);
    }
}
