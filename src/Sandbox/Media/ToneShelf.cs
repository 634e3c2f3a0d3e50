using System.Text;

namespace Framegate.Sandbox.Media;

/// <summary>Audio in formats that need an encoder: recorded beforehand with ffmpeg. MP3 and AAC follow the length asked for, Opus and FLAC are what they are.</summary>
internal static class ToneShelf
{
    /// <summary>The longest file: ten minutes, as the longest piece of music.</summary>
    private const double LongestSeconds = 600;

    private const double RecordedSeconds = 1.2;

    /// <summary>A recorded or written tone.</summary>
    /// <param name="format">mp3, aac, opus, flac, wav, pcm, ulaw or alaw.</param>
    /// <param name="seconds">Its length; at most ten minutes.</param>
    /// <param name="sampleRate">Of what is written and not recorded.</param>
    /// <param name="mark">Makes each job's file its own, where the format has room for a comment.</param>
    public static byte[] Take(string format, double seconds, int sampleRate, string mark)
    {
        seconds = Math.Clamp(seconds, 0.1, LongestSeconds);
        return format switch
        {
            "wav" => ToneWriter.Wav(TimeSpan.FromSeconds(seconds), mark, sampleRate),
            "pcm" => ToneWriter.Wav(TimeSpan.FromSeconds(seconds), mark, sampleRate)[^((int)(seconds * sampleRate) * 2)..],
            "ulaw" or "alaw" => Silence(format, (int)(seconds * sampleRate)),
            "mp3" => [.. Comment(mark), .. Repeated("tone.mp3", seconds)],
            "aac" => Repeated("tone.aac", seconds),
            _ => EmbeddedAsset.Read("tone." + format),
        };
    }

    /// <summary>Frames of constant size stand for themselves, so a file repeated is a longer file.</summary>
    private static byte[] Repeated(string name, double seconds)
    {
        var tone = EmbeddedAsset.Read(name);
        var times = Math.Max(1, (int)Math.Round(seconds / RecordedSeconds));
        var all = new byte[tone.Length * times];
        for (var i = 0; i < times; i++)
        {
            tone.CopyTo(all, i * tone.Length);
        }

        return all;
    }

    private static byte[] Silence(string format, int samples)
    {
        var bytes = new byte[samples];
        Array.Fill(bytes, format == "ulaw" ? (byte)0xFF : (byte)0xD5);
        return bytes;
    }

    /// <summary>An ID3v2.4 tag with one user text.</summary>
    private static byte[] Comment(string text)
    {
        byte[] content = [3, .. "mark"u8, 0, .. Encoding.UTF8.GetBytes(text)];
        return [.. "ID3"u8, 4, 0, 0, .. Size(content.Length + 10), .. "TXXX"u8, .. Size(content.Length), 0, 0, .. content];
    }

    /// <summary>Four groups of seven bits.</summary>
    private static byte[] Size(int size) => [(byte)(size >> 21 & 0x7F), (byte)(size >> 14 & 0x7F), (byte)(size >> 7 & 0x7F), (byte)(size & 0x7F)];
}
