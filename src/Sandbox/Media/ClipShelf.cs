using System.Buffers.Binary;
using System.Text;

namespace Framegate.Sandbox.Media;

/// <summary>The recorded clips: four seconds of H.264 with a quiet tone, one per size.</summary>
/// <remarks>Made with ffmpeg beforehand; a stand-in has no video encoder. A length other than four seconds is the same clip, played slower or faster.</remarks>
internal static class ClipShelf
{
    public const string ContentType = "video/mp4";

    private static readonly IReadOnlyList<Clip> Clips =
    [
        new(1280, 720), new(720, 1280), new(1792, 1024), new(1024, 1792), new(1920, 1080), new(1080, 1920), new(960, 960),
    ];

    private const double RecordedSeconds = 4;

    /// <summary>The clip of this size, else the one with the nearest shape, with a mark that makes each job's file its own.</summary>
    public static byte[] Take(int width, int height, string mark)
    {
        var clip = Clips.MinBy(c => (Distance(c, width, height), Math.Abs(c.Width - width)))!;
        return [.. clip.Bytes.Value, .. FreeBox(mark)];
    }

    /// <summary>The same with a length; nothing is changed for one that is not positive.</summary>
    public static byte[] Take(int width, int height, string mark, double seconds)
    {
        var clip = Take(width, height, mark);
        if (seconds > 0)
        {
            Stretch(clip, seconds);
        }

        return clip;
    }

    /// <summary>Rewrites the durations of the movie and its tracks, and the time scales of the media, so that all of it takes this long.</summary>
    private static void Stretch(Span<byte> clip, double seconds)
    {
        var milliseconds = (int)(seconds * 1000); // the clips count in milliseconds
        Rewrite(clip, "mvhd"u8, 20, _ => milliseconds);
        Rewrite(clip, "tkhd"u8, 24, _ => milliseconds);
        Rewrite(clip, "elst"u8, 12, _ => milliseconds);
        Rewrite(clip, "mdhd"u8, 16, scale => (int)Math.Round(scale * RecordedSeconds / seconds));
    }

    /// <summary>Changes a number in every box of this type; version 0 of each, which the clips have.</summary>
    private static void Rewrite(Span<byte> clip, ReadOnlySpan<byte> type, int offset, Func<int, int> change)
    {
        for (var at = clip.IndexOf(type); at >= 0; at = clip.IndexOf(type))
        {
            var number = clip[(at + offset)..];
            BinaryPrimitives.WriteInt32BigEndian(number, change(BinaryPrimitives.ReadInt32BigEndian(number)));
            clip = clip[(at + type.Length)..];
        }
    }

    /// <summary>How far the shapes are apart; rounded, so that two clips of one shape tie and the size decides.</summary>
    private static double Distance(Clip clip, int width, int height) =>
        Math.Round(Math.Abs(Math.Log((double)clip.Width * height / ((double)clip.Height * width))), 6);

    /// <summary>An ISO base media "free" box: players skip it.</summary>
    private static byte[] FreeBox(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        var box = new byte[8 + content.Length];
        BinaryPrimitives.WriteInt32BigEndian(box, box.Length);
        "free"u8.CopyTo(box.AsSpan(4));
        content.CopyTo(box, 8);
        return box;
    }

    private sealed record Clip(int Width, int Height)
    {
        public Lazy<byte[]> Bytes { get; } = new(() => EmbeddedAsset.Read($"clip-{Width}x{Height}.mp4"));
    }
}
