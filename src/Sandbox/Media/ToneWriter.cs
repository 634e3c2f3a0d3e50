using System.Buffers.Binary;
using System.Text;

namespace Framegate.Sandbox.Media;

/// <summary>Makes real audio without an encoder: a sine tone as 16-bit mono PCM in a WAV file.</summary>
internal static class ToneWriter
{
    public const string ContentType = "audio/wav";

    public const int SampleRate = 16_000;

    private const int BytesPerSample = 2;

    private const double Loudness = 0.25;

    /// <summary>A tone of this length whose pitch follows the mark; the mark itself stands in the file as a comment.</summary>
    /// <remarks>At the usual rate 16 kB for every half second, so the length is the caller's to bound.</remarks>
    public static byte[] Wav(TimeSpan length, string mark, int sampleRate = SampleRate)
    {
        var samples = (int)(length.TotalSeconds * sampleRate);
        var comment = Encoding.UTF8.GetBytes(mark + '\0');
        var padded = comment.Length + (comment.Length % 2);
        var buffer = new byte[12 + 24 + 8 + 12 + padded + 8 + (samples * BytesPerSample)];
        var rest = Chunk(buffer, "RIFF", buffer.Length - 8);
        "WAVE"u8.CopyTo(rest);
        rest = WriteFormat(rest[4..], sampleRate);

        rest = Chunk(rest, "LIST", 12 + padded);
        "INFO"u8.CopyTo(rest);
        rest = Chunk(rest[4..], "ICMT", comment.Length);
        comment.CopyTo(rest);
        rest = Chunk(rest[padded..], "data", samples * BytesPerSample);

        var pitch = 220 + (comment.Aggregate(0, (sum, b) => (sum * 31 + b) & 0xFFFF) % 440);
        for (var i = 0; i < samples; i++)
        {
            var value = Math.Sin(2 * Math.PI * pitch * i / sampleRate) * Loudness * short.MaxValue;
            BinaryPrimitives.WriteInt16LittleEndian(rest[(i * BytesPerSample)..], (short)value);
        }

        return buffer;
    }

    private static Span<byte> WriteFormat(Span<byte> target, int sampleRate)
    {
        var rest = Chunk(target, "fmt ", 16);
        BinaryPrimitives.WriteInt16LittleEndian(rest, 1); // PCM
        BinaryPrimitives.WriteInt16LittleEndian(rest[2..], 1); // channels
        BinaryPrimitives.WriteInt32LittleEndian(rest[4..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(rest[8..], sampleRate * BytesPerSample);
        BinaryPrimitives.WriteInt16LittleEndian(rest[12..], BytesPerSample);
        BinaryPrimitives.WriteInt16LittleEndian(rest[14..], BytesPerSample * 8);
        return rest[16..];
    }

    private static Span<byte> Chunk(Span<byte> target, string name, int size)
    {
        Encoding.ASCII.GetBytes(name, target);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], size);
        return target[8..];
    }
}
