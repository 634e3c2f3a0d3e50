using System.Runtime.CompilerServices;
using Framegate.Plugins;
using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Native;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Edge.Native;

/// <summary>The links in one client's answer: they lead to <see cref="PublicAddress"/>, as every other link does.</summary>
internal sealed class NativeLinks(HttpContext context, ProviderAdapter adapter, bool results) : ILinkTarget
{
    // A destination's model is replaced when its configuration changes.
    private static readonly ConditionalWeakTable<DestinationModel, LinkOrigin> Origins = [];

    private LinkOrigin? _origin;
    private string? _prefix;

    public bool TryWrite(ReadOnlySpan<byte> link, LinkBuffer output)
    {
        _origin ??= Origin();
        _prefix ??= Prefix();
        return _origin.TryWrite(link, _prefix, output);
    }

    /// <summary>Where a redirect of the provider's leads: through the gateway too, since most clients send their key along wherever it leads.</summary>
    /// <param name="url">Where the provider sends the client.</param>
    /// <param name="isGet">Whether the client follows with a GET.</param>
    /// <returns>Null for one that leads elsewhere.</returns>
    public string? Redirect(Uri url, bool isGet)
    {
        _origin ??= Origin();
        _prefix ??= Prefix();
        return _origin.WriteRedirect(url, _prefix, isGet ? context.RequestServices.GetRequiredService<MediaLinks>().Seal : null);
    }

    private string Prefix() => context.RequestServices.GetRequiredService<PublicAddress>().Of(context) + NativeTarget.Of(context).Prefix;

    private LinkOrigin Origin()
    {
        var destination = context.GetReverseProxyFeature().ProxiedDestination!;
        if (Origins.TryGetValue(destination.Model, out var known) && known.SealsResults == (results && adapter.NativeResults.Count > 0))
        {
            return known;
        }

        var links = context.RequestServices.GetRequiredService<MediaLinks>();
        var made = new LinkOrigin(adapter, destination.DestinationId, new Uri(destination.Model.Config.Address), results ? links.Seal : null);
        Origins.AddOrUpdate(destination.Model, made);
        return made;
    }
}
