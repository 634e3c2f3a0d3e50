using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media;

/// <summary>
/// Takes the place where a picture was made (<see cref="ImageLocation"/>) out of the pictures that stand in a request, where <see cref="MediaOptions.RemoveLocation"/> asks for it.
/// Those that have become files are without it already (<see cref="InputWriter"/>).
/// </summary>
internal sealed class InputLocation(IOptions<MediaOptions> options)
{
    private static ReadOnlySpan<byte> Before => "64,"u8;

    /// <summary>Takes it out of the <c>data:</c> URIs of a body, whatever field they stand in.</summary>
    /// <returns>The body itself when there is nothing to take out.</returns>
    public byte[] Erase(byte[] json)
    {
        if (!options.Value.RemoveLocation)
        {
            return json;
        }

        ArrayBufferWriter<byte>? changed = null;
        var (written, at) = (0, 0);
        while (json.AsSpan(at).IndexOf(Before) is >= 0 and var next)
        {
            at += next + Before.Length;
            var length = json.AsSpan(at).IndexOf((byte)'"');
            if (length < 0)
            {
                break;
            }

            if (IsOfDataUri(json.AsSpan(0, at)) && Without(json.AsSpan(at, length)) is { } clean)
            {
                changed ??= new ArrayBufferWriter<byte>(json.Length);
                changed.Write(json.AsSpan(written, at - written));
                changed.Write(clean);
                written = at + length;
            }

            at += length;
        }

        changed?.Write(json.AsSpan(written));
        return changed?.WrittenSpan.ToArray() ?? json;
    }

    /// <summary>Takes it out of the inputs of a request whose bytes are in memory.</summary>
    /// <returns>The request itself when there is nothing to take out.</returns>
    public GenerationRequest Erase(GenerationRequest request)
    {
        var p = request.Parameters;
        return !options.Value.RemoveLocation || ((p.Image ?? p.LastImage ?? p.Mask ?? p.ControlImage) is null && p.ReferenceImages.Count == 0) ? request : request with
        {
            Parameters = p with
            {
                Image = Erase(p.Image),
                LastImage = Erase(p.LastImage),
                Mask = Erase(p.Mask),
                ControlImage = Erase(p.ControlImage),
                ReferenceImages = [.. p.ReferenceImages.Select(i => Erase(i)!)],
            },
        };
    }

    /// <summary>Takes it out of one input, if its bytes are in memory.</summary>
    public MediaInput? Erase(MediaInput? input)
    {
        if (!options.Value.RemoveLocation || input is not { IsInline: true, Held: null })
        {
            return input;
        }

        var bytes = input.Bytes.ToArray();
        return ImageLocation.Erase(bytes) ? MediaInput.FromBytes(bytes, input.ContentType!) : input;
    }

    private static bool IsOfDataUri(ReadOnlySpan<byte> upToComma) =>
        upToComma.Length > 8 && Ascii.EqualsIgnoreCase(upToComma[^8..], ";base64,"u8);

    /// <summary>The base64 of a picture without its place.</summary>
    /// <returns>Null when it is no base64, or has no place.</returns>
    private static byte[]? Without(ReadOnlySpan<byte> text)
    {
        var bytes = text.Contains((byte)'\\') ? Unescaped(text) : text.ToArray();
        if (bytes is null || Base64.DecodeFromUtf8InPlace(bytes, out var length) != OperationStatus.Done)
        {
            return null;
        }

        Array.Resize(ref bytes, length);
        return ImageLocation.Erase(bytes) ? Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)) : null;
    }

    /// <summary>Some writers escape '/' or '+', which are all over base64.</summary>
    private static byte[]? Unescaped(ReadOnlySpan<byte> text)
    {
        byte[] quoted = [(byte)'"', .. text, (byte)'"'];
        try
        {
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            var bytes = new byte[text.Length];
            return bytes[..reader.CopyString(bytes)];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The reader of the request will report it.
            return null;
        }
    }
}
