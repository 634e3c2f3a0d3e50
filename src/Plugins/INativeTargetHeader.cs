namespace Framegate.Plugins;

/// <summary>Implemented by an adapter whose vendor's client names the URL it wants in a header when it calls through a proxy.</summary>
public interface INativeTargetHeader
{
    /// <summary>The header's name, as in <c>x-fal-target-url</c>.</summary>
    string TargetHeader { get; }

    /// <summary>The URL to call.</summary>
    /// <param name="target">What the header says, an absolute URL.</param>
    /// <param name="destination">The address of the destination that was picked.</param>
    /// <returns>An absolute URL on the provider's own hosts, or below the destination; null when the header asks for anything else.</returns>
    Uri? Resolve(Uri target, Uri destination);
}
