using Framegate.Plugins;
using Framegate.Transforms.Native;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Where a client's call on a native route goes, once it has been found to be allowed.</summary>
/// <param name="keyVariable">The variable that holds the destination's key.</param>
internal sealed class NativeTarget(string keyVariable)
{
    private static readonly object Key = new();

    /// <summary>The variable that holds the destination's key.</summary>
    public string KeyVariable { get; } = keyVariable;

    /// <summary>The URL that the client named in a header; null when it named none.</summary>
    public Uri? Url { get; init; }

    /// <summary>The pin in the path; null when there is none. No other is trusted.</summary>
    public NativePin? Pin { get; init; }

    /// <summary>The route's own part of the path, for the links in the answer.</summary>
    public string Prefix { get; set; } = "";

    /// <summary>What kind of call it is; null before that is known.</summary>
    public NativeEndpoint? Endpoint { get; set; }

    /// <summary>Whether the provider may bill the call: a submit, or a POST of which only the configuration says that it is served.</summary>
    public bool MayBePaid { get; set; }

    /// <summary>The key that the call goes out with; null for none.</summary>
    public Secret? Sent { get; set; }

    /// <summary>Since when the answer waits for the store, by the clock's timestamp; null where it does not.</summary>
    public long? WaitsSince { get; set; }

    /// <summary>The target of this call.</summary>
    public static NativeTarget Of(HttpContext context) => (NativeTarget)context.Items[Key]!;

    /// <summary>Keeps it for the transforms.</summary>
    public void Keep(HttpContext context) => context.Items[Key] = this;
}
