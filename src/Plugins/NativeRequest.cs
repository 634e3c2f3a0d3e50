using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>A request in the provider's own words, without its key.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Target">A path with its query, appended to the destination's address; or an absolute URL from an earlier answer.</param>
public sealed record NativeRequest(string Method, string Target)
{
    /// <summary>Stands in the target, headers and body of a submit where the id of its attempt goes.</summary>
    public const string AttemptId = "70315284-9603-8417-9526-480139572604";

    /// <summary>
    /// Whether the host puts the id of the attempt, a UUID, in the place of each <see cref="AttemptId"/>. Mapping stays without chance: the same attempt is the same bytes, also after a restart.
    /// Default: false.
    /// </summary>
    public bool TakesAttemptId { get; init; }

    /// <summary>The adapter's own name for what it has built, by which it reads the answer; null (the default) where the answers of all submits are read alike.</summary>
    public string? Operation { get; init; }

    /// <summary>The body; null for none.</summary>
    public NativeBody? Body { get; init; }

    /// <summary>The inputs whose placeholders in <see cref="Body"/> are filled while it is sent; the host sets them. Default: none.</summary>
    public IReadOnlyList<HeldInput> Held { get; init; } = [];

    /// <summary>What is done before it is sent, at the same destination and with the same key; null (the default) for nothing.</summary>
    public NativePreparation? Preparation { get; init; }

    /// <summary>Headers besides the key, Content-Type and Content-Length.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>A GET.</summary>
    /// <param name="target">Path or absolute URL.</param>
    /// <returns>The request.</returns>
    public static NativeRequest Get(string target) => new("GET", target);

    /// <summary>A POST with a JSON body.</summary>
    /// <param name="target">Path or absolute URL.</param>
    /// <param name="json">The UTF-8 bytes of the body.</param>
    /// <returns>The request.</returns>
    public static NativeRequest PostJson(string target, ReadOnlyMemory<byte> json) =>
        new("POST", target) { Body = new NativeBody(json, "application/json") };
}

/// <summary>The body of a native request.</summary>
/// <param name="Bytes">Its bytes.</param>
/// <param name="ContentType">Its media type, parameters included.</param>
public sealed record NativeBody(ReadOnlyMemory<byte> Bytes, string ContentType);
