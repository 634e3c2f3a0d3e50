using System.Security.Cryptography;
using System.Text.Json;

namespace Framegate.Plugins.Contract;

/// <summary>An image or a clip that a request hands in: an https URL, bytes, or something in Framegate's media store.</summary>
public sealed record MediaInput
{
    private MediaInput()
    {
    }

    /// <summary>The address, when the caller gave an https URL and the model can fetch it itself; else null.</summary>
    public Uri? Url { get; private init; }

    /// <summary>The id in the media store, when the caller gave <c>media:ID</c>; else null.</summary>
    public string? MediaId { get; private init; }

    /// <summary>The bytes, when they were given as a <c>data:</c> URI or have been read from elsewhere; else empty. Large ones are read into memory by this:
    /// <see cref="ToBase64"/>, <see cref="ToUri"/>, <see cref="WriteBase64"/> and <see cref="Length"/> leave them where they lie.</summary>
    public ReadOnlyMemory<byte> Bytes
    {
        get => Held is null ? field : Held.Read();
        private init;
    }

    /// <summary>Where the bytes lie when they are not in memory; else null.</summary>
    public HeldInput? Held { get; private init; }

    /// <summary>How many bytes there are; 0 while there are none.</summary>
    public long Length => Held?.Length ?? Bytes.Length;

    /// <summary>The SHA-256 of the bytes, lower-case hexadecimal.</summary>
    public string Sha256 => Held?.Sha256 ?? Convert.ToHexStringLower(SHA256.HashData(Bytes.Span));

    /// <summary>The media type of <see cref="Bytes"/>, as in <c>image/png</c>; null while there are no bytes.</summary>
    public string? ContentType { get; private init; }

    /// <summary>True when there are bytes.</summary>
    public bool IsInline => ContentType is not null;

    /// <summary>An input that the model fetches itself.</summary>
    /// <param name="url">An absolute https URL.</param>
    /// <returns>The input.</returns>
    public static MediaInput FromUrl(Uri url) => new() { Url = url };

    /// <summary>An input whose bytes are at hand.</summary>
    /// <param name="bytes">The bytes, not empty.</param>
    /// <param name="contentType">Their media type.</param>
    /// <returns>The input.</returns>
    public static MediaInput FromBytes(ReadOnlyMemory<byte> bytes, string contentType) => new() { Bytes = bytes, ContentType = contentType };

    /// <summary>An input whose bytes lie elsewhere.</summary>
    /// <param name="held">The bytes, not empty.</param>
    /// <param name="contentType">Their media type.</param>
    /// <returns>The input.</returns>
    public static MediaInput FromHeld(HeldInput held, string contentType) => new() { Held = held, ContentType = contentType };

    /// <summary>An input that lies in the media store.</summary>
    /// <param name="mediaId">The id, without <c>media:</c>.</param>
    /// <returns>The input.</returns>
    public static MediaInput FromStore(string mediaId) => new() { MediaId = mediaId };

    /// <summary>The bytes as base64 without a prefix, or the placeholder that stands for it in a body.</summary>
    /// <returns>The text; empty while there are no bytes.</returns>
    public string ToBase64() => Held?.Base64 ?? Convert.ToBase64String(Bytes.Span);

    /// <summary>Writes what <see cref="ToBase64"/> gives as a JSON string.</summary>
    /// <param name="writer">Takes it.</param>
    public void WriteBase64(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (Held is { } held)
        {
            writer.WriteStringValue(held.Base64);
        }
        else
        {
            writer.WriteBase64StringValue(Bytes.Span);
        }
    }

    /// <summary>The input as one string that a provider can fetch or decode: the URL, or a <c>data:</c> URI of the bytes.</summary>
    /// <returns>The text.</returns>
    /// <exception cref="InvalidOperationException">The input lies in the media store and has not been read yet.</exception>
    public string ToUri() => Url?.AbsoluteUri
        ?? (IsInline ? $"data:{ContentType};base64,{ToBase64()}" : throw new InvalidOperationException("The stored input has not been read."));

    /// <summary>Names the kind of input and never prints the bytes.</summary>
    /// <returns>A short description.</returns>
    public override string ToString() => Url is not null ? "url" : MediaId is not null ? "media" : $"{Length} bytes";
}
