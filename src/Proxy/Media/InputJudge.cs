using Framegate.Plugins.Contract;
using Framegate.Proxy.Media.Probe;

namespace Framegate.Proxy.Media;

/// <summary>Judges a media input by its bytes, before any provider sees them; what its sender calls it counts for nothing. Only headers are read, so that a bomb costs as little as any other.</summary>
internal static class InputJudge
{
    /// <summary>The most pixels of a picture: more than a camera has, and few enough that whoever unpacks it lives.</summary>
    public const long MostPixels = 178_956_970;

    private const int LongestMagic = 189;

    /// <summary>Judges it.</summary>
    /// <param name="bytes">The bytes; seekable.</param>
    /// <param name="expected">What is wanted: an image or a video.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Its media type, or what is wrong with it.</returns>
    public static async ValueTask<(string? ContentType, string? Fault)> JudgeAsync(Stream bytes, MediaType expected, CancellationToken cancellationToken)
    {
        var facts = await MediaProbe.ReadAsync(bytes, cancellationToken);
        var wanted = expected == MediaType.Video ? "a video" : "an image";
        return facts?.Type != expected && await OtherAsync(bytes, expected, cancellationToken) is { } other ? (other, null)
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
    private static async ValueTask<string?> OtherAsync(Stream bytes, MediaType expected, CancellationToken cancellationToken)
    {
        var magic = new byte[LongestMagic];
        bytes.Position = 0;
        var count = await bytes.ReadAtLeastAsync(magic, LongestMagic, throwOnEndOfStream: false, cancellationToken);
        bytes.Position = 0;
        return expected == MediaType.Video ? VideoOf(magic.AsSpan(0, count)) : expected == MediaType.Image ? ImageOf(magic.AsSpan(0, count)) : null;
    }

    private static string? ImageOf(ReadOnlySpan<byte> magic) => magic switch
    {
        [(byte)'B', (byte)'M', ..] => "image/bmp",
        [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "image/tiff",
        [0xff, 0x0a, ..] or [0, 0, 0, 12, (byte)'J', (byte)'X', (byte)'L', (byte)' ', ..] => "image/jxl",
        [0, 0, 0, 12, (byte)'j', (byte)'P', (byte)' ', (byte)' ', ..] => "image/jp2",
        _ => null,
    };

    private static string? VideoOf(ReadOnlySpan<byte> magic) => magic switch
    {
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'A', (byte)'V', (byte)'I', (byte)' ', ..] => "video/x-msvideo",
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "video/ogg",
        [0, 0, 1, 0xba, ..] => "video/mpeg",
        [0x47, ..] when magic.Length > 188 && magic[188] == 0x47 => "video/mp2t",

        // A movie of QuickTime without the box that names its kind.
        [_, _, _, _, ..] when magic.Length >= 8 && (magic[4..8].SequenceEqual("moov"u8) || magic[4..8].SequenceEqual("mdat"u8) || magic[4..8].SequenceEqual("wide"u8)) => "video/quicktime",
        _ => null,
    };
}
