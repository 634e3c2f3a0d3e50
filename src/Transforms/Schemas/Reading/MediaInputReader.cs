using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>Reads a media input: an https URL, a <c>data:</c> URI or <c>media:ID</c>.</summary>
/// <remarks>Works on the bytes, since an inline clip is too long for a string.</remarks>
public static class MediaInputReader
{
    private const int LongestMediaId = 64;
    private const int LongestSubtype = 100;

    /// <summary>The error of bytes that are no base64.</summary>
    public const string NoBase64 = "The data: URI does not hold padded base64.";

    private const string Expected = "It must be an https URL, a data: URI or media:ID.";

    /// <summary>Reads one input.</summary>
    /// <param name="value">Any JSON value but null.</param>
    /// <param name="kind">Image or video: which inline bytes are taken, and how many.</param>
    /// <param name="held">The inputs that were taken out of the body.</param>
    /// <param name="refusal">What is wrong; null when nothing is.</param>
    /// <returns>The input, or null.</returns>
    public static MediaInput? Read(JsonElement value, MediaType kind, HeldInputs held, out string? refusal)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            refusal = $"{Expected} It is {JsonText.KindOf(value)}.";
            return null;
        }

        var raw = JsonMarshal.GetRawUtf8Value(value)[1..^1];
        if (raw.IndexOf((byte)'\\') < 0)
        {
            return Read(raw, kind, held, out refusal);
        }

        // Some writers escape '/' or '+', which are all over base64.
        var buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        try
        {
            var reader = new Utf8JsonReader(JsonMarshal.GetRawUtf8Value(value));
            reader.Read();
            return Read(buffer.AsSpan(0, reader.CopyString(buffer)), kind, held, out refusal);
        }
        catch (InvalidOperationException)
        {
            refusal = JsonText.NotUnicode;
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Reads one input that is no JSON.</summary>
    /// <param name="text">The text, UTF-8.</param>
    /// <param name="kind">Image or video: which inline bytes are taken, and how many.</param>
    /// <param name="held">The inputs that were taken out of the body.</param>
    /// <param name="refusal">What is wrong; null when nothing is.</param>
    /// <returns>The input, or null.</returns>
    public static MediaInput? Read(ReadOnlySpan<byte> text, MediaType kind, HeldInputs held, out string? refusal)
    {
        if (text.Length >= 5 && Ascii.EqualsIgnoreCase(text[..5], "data:"u8))
        {
            return ReadInline(text[5..], kind, held, out refusal);
        }

        if (text.StartsWith("media:"u8))
        {
            return ReadStored(text[6..], out refusal);
        }

        // At most four bytes make a character.
        if (text.Length > PublicUrl.MaxLength * 4)
        {
            refusal = $"{Expected} A URL must have at most {PublicUrl.MaxLength} characters.";
            return null;
        }

        if (!System.Text.Unicode.Utf8.IsValid(text))
        {
            refusal = JsonText.NotUnicode;
            return null;
        }

        if (text.IndexOf("://"u8) < 0)
        {
            refusal = Expected;
            return null;
        }

        return PublicUrl.TryParse(Encoding.UTF8.GetString(text), out var url, out refusal) ? MediaInput.FromUrl(url) : null;
    }

    private static MediaInput? ReadStored(ReadOnlySpan<byte> id, out string? refusal)
    {
        Span<char> characters = stackalloc char[LongestMediaId];
        if (id.Length is 0 or > LongestMediaId
            || Ascii.ToUtf16(id, characters, out var length) != OperationStatus.Done
            || characters[..length].ContainsAnyExcept(Characters.Name))
        {
            refusal = $"The id after media: must have 1 to {LongestMediaId} characters of A-Z a-z 0-9 _ -.";
            return null;
        }

        refusal = null;
        return MediaInput.FromStore(new string(characters[..length]));
    }

    private static MediaInput? ReadInline(ReadOnlySpan<byte> text, MediaType kind, HeldInputs held, out string? refusal)
    {
        // text: type "/" subtype *(";" parameter) ";base64," data
        var comma = text.IndexOf((byte)',');
        var header = comma < 0 ? default : text[..comma];
        if (header.Length < 7 || !Ascii.EqualsIgnoreCase(header[^7..], ";base64"u8))
        {
            refusal = "A data: URI must be base64, as in data:image/png;base64,....";
            return null;
        }

        var semicolon = header.IndexOf((byte)';');
        if (ContentTypeOf(header[..semicolon], kind) is not { } contentType)
        {
            refusal = $"A data: URI must have the media type {(kind == MediaType.Video ? "video/*" : "image/*")} here.";
            return null;
        }

        var limit = kind == MediaType.Video ? GenerationRequestReader.MaxInlineVideoBytes : GenerationRequestReader.MaxInlineImageBytes;
        if (held.Find(text[(comma + 1)..]) is var (input, fault))
        {
            refusal = input.Length > limit ? TooLarge(limit) : fault;
            return refusal is null ? MediaInput.FromHeld(input, KindOf(input) ?? ImageKind.Spelled(contentType)) : null;
        }

        var bytes = Decode(text[(comma + 1)..], limit, out refusal);
        return bytes is null ? null : MediaInput.FromBytes(bytes, ImageKind.Of(bytes) ?? ImageKind.Spelled(contentType));
    }

    private static string TooLarge(int limit) => $"Inline bytes must be at most {limit / 1024 / 1024} MiB.";

    private static string? KindOf(HeldInput input)
    {
        Span<byte> head = stackalloc byte[64];
        using var stream = input.Open();
        return ImageKind.Of(head[..stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)]);
    }

    private static string? ContentTypeOf(ReadOnlySpan<byte> type, MediaType kind)
    {
        var prefix = kind == MediaType.Video ? "video/"u8 : "image/"u8;
        return type.Length > prefix.Length && type.Length <= prefix.Length + LongestSubtype
            && Ascii.EqualsIgnoreCase(type[..prefix.Length], prefix)
            && !type[prefix.Length..].ContainsAnyExcept(Characters.Subtype)
                ? Encoding.ASCII.GetString(type).ToLowerInvariant()
                : null;
    }

    private static byte[]? Decode(ReadOnlySpan<byte> base64, int limit, out string? refusal)
    {
        var padding = base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0;
        var size = ((long)base64.Length / 4 * 3) - padding;
        if (size > limit)
        {
            refusal = TooLarge(limit);
            return null;
        }

        // The decoder would skip white space.
        if (base64.IsEmpty || base64.Length % 4 != 0 || base64[..^padding].ContainsAnyExcept(Characters.Base64))
        {
            refusal = base64.IsEmpty ? "The data: URI is empty." : NoBase64;
            return null;
        }

        var bytes = GC.AllocateUninitializedArray<byte>((int)size);
        if (Base64.DecodeFromUtf8(base64, bytes, out _, out var written) != OperationStatus.Done || written != bytes.Length)
        {
            refusal = NoBase64;
            return null;
        }

        refusal = null;
        return bytes;
    }
}
