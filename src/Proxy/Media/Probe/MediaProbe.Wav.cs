using System.Buffers.Binary;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media.Probe;

/// <content>WAV.</content>
internal static partial class MediaProbe
{
    private static async ValueTask<MediaFacts> ReadWavAsync(MediaProbeReader reader)
    {
        uint bytesPerSecond = 0;
        long offset = 12;
        while (reader.Step())
        {
            var chunk = await reader.ReadAsync(offset, 8);
            if (chunk.IsEmpty)
            {
                break;
            }

            var size = BinaryPrimitives.ReadUInt32LittleEndian(chunk.Span[4..]);
            if (Is(chunk.Span, 0, "fmt "u8))
            {
                var format = await reader.ReadAsync(offset + 8, 16);
                bytesPerSecond = format.IsEmpty ? 0 : BinaryPrimitives.ReadUInt32LittleEndian(format.Span[8..]);
            }
            else if (Is(chunk.Span, 0, "data"u8))
            {
                // A writer that could not seek back leaves the size at 0 or at its maximum.
                var rest = reader.Length - offset - 8;
                var data = size == 0 ? rest : Math.Min(size, rest);
                return new MediaFacts("audio/wav", MediaType.Audio, Duration: bytesPerSecond == 0 ? null : (double)data / bytesPerSecond);
            }

            offset += 8 + size + (size & 1); // chunks are padded to even sizes
        }

        return new MediaFacts("audio/wav", MediaType.Audio);
    }
}
