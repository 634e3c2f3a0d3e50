using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>One result as the provider offers it.</summary>
/// <param name="Type">What it is.</param>
/// <param name="Url">An absolute URL, a path at the destination, or a <c>data:</c> URI when the provider sends the bytes in its answer. Empty for a result
/// that the provider counts and gives no address for.</param>
public sealed record MediaSource(MediaType Type, string Url)
{
    /// <summary>True when <see cref="Url"/> is in the provider's own words: a relative one is taken against the address of the destination, and one of another
    /// scheme cannot be fetched. Default false: the adapter has made it.</summary>
    public bool IsAsNamed { get; init; }

    /// <summary>Its media type, where the provider reports one; the bytes themselves decide in the end.</summary>
    public string? ContentType { get; init; }

    /// <summary>When the URL expires; null when not reported.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Never prints the URL, which may be signed.</summary>
    /// <returns>The type.</returns>
    public override string ToString() => Type.ToString();
}
