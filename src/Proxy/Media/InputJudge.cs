using Framegate.Plugins.Contract;
using Framegate.Proxy.Media.Probe;

namespace Framegate.Proxy.Media;

/// <summary>Judges a media input by its bytes, before any provider sees them; what its sender calls it counts for nothing. Only headers are read, so that a bomb costs as little as any other.</summary>
internal static class InputJudge
{
    /// <summary>The most pixels of a picture: more than a camera has, and few enough that whoever unpacks it lives.</summary>
    public const long MostPixels = 178_956_970;

    private const int LongestMagic = 4;

    /// <summary>Judges it.</summary>
    /// <param name="bytes">The bytes; seekable.</param>
    /// <param name="expected">What is wanted: an image or a video.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Its media type, or what is wrong with it.</returns>
    public static async ValueTask<(string? ContentType, string? Fault)> JudgeAsync(Stream bytes, MediaType expected, CancellationToken cancellationToken)
    {
        var facts = await MediaProbe.ReadAsync(bytes, cancellationToken);
        var wanted = expected == MediaType.Video ? "a video" : "an image";
        return facts is null && expected == MediaType.Image && await OtherImageAsync(bytes, cancellationToken) is { } other ? (other, null)
            : facts is null ? (null, $"Its bytes are not those of {wanted}, whatever it is called.")
            : facts.Type != expected ? (null, $"Its bytes are {facts.ContentType}, and {wanted} is wanted.")
            : TooLarge(facts) is { } large ? (null, large)
            : (facts.ContentType, null);
    }

    /// <summary>Judges an input that came as bytes.</summary>
    public static async ValueTask<(string? ContentType, string? Fault)> JudgeAsync(MediaInput input, MediaType expected, CancellationToken cancellationToken)
    {
        await using var bytes = input.Held?.Open() ?? new MemoryStream(input.Bytes.ToArray(), writable: false);
        return await JudgeAsync(bytes, expected, cancellationToken);
    }

    /// <summary>Why a picture is too large to be unpacked by anybody.</summary>
    /// <returns>Null when it is not.</returns>
    public static string? TooLarge(MediaFacts facts) => facts is { Type: MediaType.Image, Width: { } width, Height: { } height } && (long)width * height > MostPixels
        ? FormattableString.Invariant($"It has {width} x {height} pixels; {MostPixels} are the most.")
        : null;

    /// <summary>Kinds that providers take, and that are no results.</summary>
    private static async ValueTask<string?> OtherImageAsync(Stream bytes, CancellationToken cancellationToken)
    {
        var magic = new byte[LongestMagic];
        bytes.Position = 0;
        var count = await bytes.ReadAtLeastAsync(magic, LongestMagic, throwOnEndOfStream: false, cancellationToken);
        bytes.Position = 0;
        return magic.AsSpan(0, count) switch
        {
            [(byte)'B', (byte)'M', ..] => "image/bmp",
            [(byte)'I', (byte)'I', 42, 0] or [(byte)'M', (byte)'M', 0, 42] => "image/tiff",
            _ => null,
        };
    }
}
