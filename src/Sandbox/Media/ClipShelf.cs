using System.Buffers.Binary;
using System.Text;

namespace Framegate.Sandbox.Media;

/// <summary>The recorded clips: four seconds of H.264 with a quiet tone, one per size.</summary>
/// <remarks>Made with ffmpeg beforehand; a stand-in has no video encoder, so a clip's length does not follow the job's.</remarks>
internal static class ClipShelf
{
    public const string ContentType = "video/mp4";

    private static readonly IReadOnlyList<Clip> Clips =
    [
        new(1280, 720), new(720, 1280), new(1792, 1024), new(1024, 1792), new(1920, 1080), new(1080, 1920), new(960, 960),
    ];

    /// <summary>The clip of this size, else the one with the nearest shape, with a mark that makes each job's file its own.</summary>
    public static byte[] Take(int width, int height, string mark)
    {
        var clip = Clips.MinBy(c => (Distance(c, width, height), Math.Abs(c.Width - width)))!;
        return [.. clip.Bytes.Value, .. FreeBox(mark)];
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
