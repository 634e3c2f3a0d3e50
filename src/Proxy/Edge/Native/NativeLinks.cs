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
        _prefix ??= context.RequestServices.GetRequiredService<PublicAddress>().Of(context) + NativeTarget.Of(context).Prefix;
        return _origin.TryWrite(link, _prefix, output);
    }

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
