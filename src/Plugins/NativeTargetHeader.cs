namespace Framegate.Plugins;

/// <summary>The header in which a vendor's client names the URL it wants when it calls through a proxy.</summary>
/// <param name="Name">The header's name, as in <c>x-fal-target-url</c>.</param>
/// <param name="Resolve">The URL to call. Its arguments are the header's value, an absolute URL, and the address of the destination that was
/// picked. It returns an absolute URL on the provider's own hosts, or below the destination; null when the header asks for anything else.</param>
public sealed record NativeTargetHeader(string Name, Func<Uri, Uri, Uri?> Resolve);
