using System.Net;
using System.Text;

namespace Framegate.Sandbox.Media;

/// <summary>What a file of a result is.</summary>
internal enum PieceKind
{
    Image,
    Video,
    Audio,
    Text,
}

/// <summary>A file of a result, to be made when somebody fetches it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Format">png, jpeg, webp, svg; mp4; mp3, wav, opus, aac, flac, pcm, ulaw, alaw; txt.</param>
internal sealed record Piece(PieceKind Kind, string Format)
{
    public int Width { get; init; }

    public int Height { get; init; }

    /// <summary>Length of video and audio.</summary>
    public double Seconds { get; init; }

    /// <summary>Samples a second, where the format leaves it open.</summary>
    public int SampleRate { get; init; } = ToneWriter.SampleRate;

    public string Extension => Format is "jpeg" ? "jpg" : Format;

    public string ContentType => Format switch
    {
        "jpeg" or "png" or "webp" => "image/" + Format,
        "svg" => "image/svg+xml",
        "mp4" => ClipShelf.ContentType,
        "wav" => ToneWriter.ContentType,
        "mp3" => "audio/mpeg",
        "opus" => "audio/ogg",
        "pcm" => "audio/pcm",
        "ulaw" or "alaw" => "audio/basic",
        "txt" => "text/plain; charset=utf-8",
        _ => "audio/" + Format,
    };

    public static Piece Image(string format, (int Width, int Height) size) => new(PieceKind.Image, format) { Width = size.Width, Height = size.Height };

    public static Piece Video((int Width, int Height) size, double seconds) => new(PieceKind.Video, "mp4") { Width = size.Width, Height = size.Height, Seconds = seconds };

    public static Piece Audio(string format, double seconds) => new(PieceKind.Audio, format) { Seconds = seconds };

    /// <summary>The bytes: the same for the same mark, text and seed.</summary>
    /// <param name="painter">Draws pictures.</param>
    /// <param name="mark">Makes each job's file its own.</param>
    /// <param name="text">What the picture shows.</param>
    /// <param name="seed">Decides the colours.</param>
    /// <param name="cancel">Ends the waiting for a canvas.</param>
    public Task<byte[]> MakeAsync(ImagePainter painter, string mark, string text, long seed, CancellationToken cancel) => Format switch
    {
        "svg" => Task.FromResult(Svg(text)),
        "png" => painter.DrawAsync(new(text, Width, Height, seed), ImageEncoding.Png, cancel),
        "jpeg" => painter.DrawAsync(new(text, Width, Height, seed), ImageEncoding.Jpeg, cancel),
        "webp" => painter.DrawAsync(new(text, Width, Height, seed), ImageEncoding.Webp, cancel),
        "txt" => Task.FromResult(Encoding.UTF8.GetBytes(text)),
        _ => Task.FromResult(Recorded(mark)),
    };

    /// <summary>The bytes of a clip or a sound, which need no painter.</summary>
    public byte[] Recorded(string mark) => Kind == PieceKind.Video ? ClipShelf.Take(Width, Height, mark, Seconds) : ToneShelf.Take(Format, Seconds, SampleRate, mark);

    private byte[] Svg(string text) => Encoding.UTF8.GetBytes(
        $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{Width}\" height=\"{Height}\"><text x=\"10\" y=\"40\">{WebUtility.HtmlEncode(text)}</text></svg>");
}
