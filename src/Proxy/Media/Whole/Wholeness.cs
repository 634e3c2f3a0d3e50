namespace Framegate.Proxy.Media.Whole;

/// <summary>
/// Determines by a file's own bytes whether it is there to its end: a container states where that is. Headers of the answer prove nothing, since files are cut at
/// their source too.
/// </summary>
internal static class Wholeness
{
    private static readonly Dictionary<string, Func<ByteWalker, ValueTask<bool>>> _readers = new()
    {
        ["image/png"] = WholeImages.PngAsync,
        ["image/jpeg"] = WholeJpeg.ReadAsync,
        ["image/gif"] = WholeImages.GifAsync,
        ["image/webp"] = WholeImages.RiffAsync,
        ["image/svg+xml"] = SvgAsync,
        ["audio/wav"] = WholeSounds.WavAsync,
        ["audio/mpeg"] = WholeSounds.Mp3Async,
        ["audio/ogg"] = WholeSounds.OggAsync,
        ["audio/flac"] = WholeSounds.FlacAsync,
        ["image/avif"] = WholeMovies.PictureAsync,
        ["image/heic"] = WholeMovies.PictureAsync,
        ["video/mp4"] = WholeMovies.MovieAsync,
        ["video/quicktime"] = WholeMovies.MovieAsync,
        ["audio/mp4"] = WholeMovies.MovieAsync,
        ["video/webm"] = WholeMatroska.ReadAsync,
        ["video/x-matroska"] = WholeMatroska.ReadAsync,
    };

    /// <summary>The media types whose end is known.</summary>
    public static IReadOnlyCollection<string> Types => _readers.Keys;

    /// <summary>Whether the file is whole.</summary>
    /// <param name="file">A seekable stream; its position is anywhere afterwards.</param>
    /// <param name="contentType">What it is, by its first bytes.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <returns>False for a file that ends before its end, and for a type that nobody knows the end of.</returns>
    public static async ValueTask<bool> IsWholeAsync(Stream file, string contentType, CancellationToken cancel)
    {
        if (!_readers.TryGetValue(contentType, out var reader))
        {
            return false;
        }

        using var walker = new ByteWalker(file, cancel);
        return await reader(walker);
    }

    /// <summary>A document ends with the end of its root; blanks and a comment may follow.</summary>
    private static async ValueTask<bool> SvgAsync(ByteWalker file)
    {
        const int Tail = 1024;
        file.Offset = Math.Max(0, file.Length - Tail);
        return await file.HasAsync((int)file.Left) && file.Here.LastIndexOf("</svg"u8) >= 0;
    }
}
