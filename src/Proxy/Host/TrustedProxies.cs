using System.Net;
using Framegate.Proxy.Common;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>Proxies of <c>Security:TrustedProxies</c>: what they send about the client's address, the scheme, the host and the base path is taken for the call's own.</summary>
internal static class TrustedProxies
{
    /// <summary>Puts it in front of everything; nothing where no proxy is named.</summary>
    public static void Use(WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<SecurityOptions>>().Value.TrustedProxies is not { Count: > 0 } proxies)
        {
            return;
        }

        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost | ForwardedHeaders.XForwardedPrefix,

            // A load balancer in front of a proxy: it goes back as long as whoever has added a line is trusted.
            ForwardLimit = null,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
        {
            if (IPAddress.TryParse(proxy, out var address))
            {
                options.KnownProxies.Add(address);
            }
            else
            {
                options.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(proxy));
            }
        }

        app.UseForwardedHeaders(options);

        // "/gate/" and "/gate" are the same prefix; what follows it begins with a slash of its own, and "//name" would be another host.
        app.Use((context, next) =>
        {
            if (context.Request.PathBase.Value is [.., '/'] or ['/', '/' or '\\', ..])
            {
                context.Request.PathBase = context.Request.PathBase.Value.Trim('/', '\\') is { Length: > 0 } name ? "/" + name : default(PathString);
            }

            return next(context);
        });
    }
}
