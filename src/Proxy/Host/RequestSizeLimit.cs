using Framegate.Proxy.Media;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>Gives the server the largest size of a request, now and after each reload; it reads the limit anew for every request.</summary>
internal static class RequestSizeLimit
{
    /// <summary>Gives it.</summary>
    public static void Apply(IServiceProvider services)
    {
        var limits = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value.Limits;
        var media = services.GetRequiredService<IOptionsMonitor<MediaOptions>>();
        limits.MaxRequestBodySize = media.CurrentValue.MaxRequestBytes;
        media.OnChange(changed => limits.MaxRequestBodySize = changed.MaxRequestBytes);
    }
}
