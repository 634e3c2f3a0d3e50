using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Media.Probe;

/// <summary>
/// Looks for what a file states of its origin. That is a C2PA manifest, which is not verified, and IPTC's digital source type in its XMP or in the manifest. Reads pieces of it, and no more than
/// <see cref="MediaProbeReader.Budget"/> bytes.
/// </summary>
internal static partial class Provenance
{
    private const int MaxSteps = 1024;
    private const int LargestXmp = 128 * 1024;
    private const int Head = 64 * 1024;

    /// <summary>Version, purpose and an offset lie before the manifests in an ISO box.</summary>
    private const int LongestPurpose = 64;

    private static readonly byte[] s_manifestBox = Convert.FromHexString("D8FEC3D61B0E483C92975828877EC481");
    private static readonly byte[] s_xmpBox = Convert.FromHexString("BE7ACFCB97A942E89C71999491E3AFAC");

    /// <summary>Looks into a file.</summary>
    /// <param name="stream">A seekable stream; its position is back at the start afterwards.</param>
    /// <param name="contentType">What it is.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>Null when it states nothing. Never throws because of the content.</returns>
    public static async ValueTask<MediaProvenance?> ReadAsync(Stream stream, string contentType, CancellationToken cancellationToken)
    {
        var reader = new MediaProbeReader(stream, cancellationToken, MaxSteps);
        var found = new Found();
        await (contentType switch
        {
            "image/jpeg" => JpegAsync(reader, found),
            "image/png" => PngAsync(reader, found),
            "image/webp" or "audio/wav" => RiffAsync(reader, found),
            "image/avif" or "image/heic" or "video/mp4" or "video/quicktime" or "audio/mp4" => BoxesAsync(reader, found),
            "audio/mpeg" or "image/svg+xml" => HeadAsync(reader, found),
            _ => Task.CompletedTask,
        });
        stream.Position = 0;
        found.Manifest(found.Pieces.GetBuffer().AsSpan(0, (int)found.Pieces.Length));
        return found.C2pa || found.SourceType is not null ? new MediaProvenance(found.C2pa, found.SourceType) : null;
    }

    private static async Task JpegAsync(MediaProbeReader reader, Found found)
    {
        long offset = 2;
        while (reader.Step())
        {
            var segment = (await reader.ReadAsync(offset, 4)).ToArray();
            if (segment is not [0xff, var marker, ..] || marker is 0xda or 0xd9)
            {
                return;
            }

            if (marker == 0xff || marker is 0x01 or (>= 0xd0 and <= 0xd8))
            {
                offset += marker == 0xff ? 1 : 2;
                continue;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(segment.AsSpan(2));
            if (marker == 0xeb)
            {
                // "JP", the number of the box, the number of the piece; then the box, whose head stands in each piece again.
                var room = (int)(ManifestSource.Most - found.Pieces.Length);
                var piece = room <= 0 ? default : await reader.ReadAsync(offset + 4, Math.Min(length - 2, room));
                if (piece.Length > 16 && piece.Span.StartsWith("JP"u8) && (found.Pieces.Length > 0 || ManifestSource.Is(piece.Span[8..])))
                {
                    found.Pieces.Write(piece.Span[(found.Pieces.Length > 0 ? 16 : 8)..]);
                }
            }
            else if (marker == 0xe1)
            {
                var text = await reader.ReadAsync(offset + 4, length - 2);
                found.Xmp(text.Span.StartsWith("http://ns.adobe.com/x"u8) ? text.Span : default);
            }

            offset += 2 + Math.Max(2, (int)length);
        }
    }

    private static async Task PngAsync(MediaProbeReader reader, Found found)
    {
        long offset = 8;
        while (reader.Step())
        {
            var chunk = await reader.ReadAsync(offset, 8);
            if (chunk.IsEmpty)
            {
                return;
            }

            var length = BinaryPrimitives.ReadUInt32BigEndian(chunk.Span);
            if (chunk.Span[4..].SequenceEqual("caBX"u8))
            {
                found.Manifest((await reader.ReadAsync(offset + 8, (int)Math.Min(length, ManifestSource.Most))).Span);
            }
            else if (chunk.Span[4..].SequenceEqual("iTXt"u8) && length <= LargestXmp)
            {
                found.Xmp(TextOf((await reader.ReadAsync(offset + 8, (int)length)).Span));
            }

            offset += 12L + length;
        }
    }

    /// <summary>The text of an <c>iTXt</c> chunk with XMP: keyword, whether and how it is compressed, language, translated keyword, text.</summary>
    private static byte[] TextOf(ReadOnlySpan<byte> chunk)
    {
        var keyword = "XML:com.adobe.xmp\0"u8;
        if (!chunk.StartsWith(keyword) || chunk.Length < keyword.Length + 2)
        {
            return [];
        }

        var isPacked = chunk[keyword.Length] == 1;
        var rest = chunk[(keyword.Length + 2)..];
        for (var names = 0; names < 2; names++)
        {
            rest = rest.IndexOf((byte)0) is var end and >= 0 ? rest[(end + 1)..] : default;
        }

        return isPacked ? Unpacked(rest.ToArray()) : rest.ToArray();
    }

    private static byte[] Unpacked(byte[] packed)
    {
        try
        {
            using var stream = new ZLibStream(new MemoryStream(packed), CompressionMode.Decompress);
            var text = new byte[LargestXmp];
            return text[..stream.ReadAtLeast(text, text.Length, throwOnEndOfStream: false)];
        }
        catch (InvalidDataException)
        {
            return [];
        }
    }

    private static async Task RiffAsync(MediaProbeReader reader, Found found)
    {
        long offset = 12;
        while (reader.Step())
        {
            var chunk = await reader.ReadAsync(offset, 8);
            if (chunk.IsEmpty)
            {
                return;
            }

            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk.Span[4..]);
            if (chunk.Span.StartsWith("C2PA"u8))
            {
                found.Manifest((await reader.ReadAsync(offset + 8, (int)Math.Min(length, ManifestSource.Most))).Span);
            }
            else if (chunk.Span.StartsWith("XMP "u8) || chunk.Span.StartsWith("_PMX"u8))
            {
                found.Xmp((await reader.ReadAsync(offset + 8, (int)Math.Min(length, LargestXmp))).Span);
            }

            offset += 8L + length + (length & 1);
        }
    }

    private static async Task BoxesAsync(MediaProbeReader reader, Found found)
    {
        for (long offset = 0; reader.Step();)
        {
            var box = await reader.ReadAsync(offset, 8);
            if (box.IsEmpty)
            {
                return;
            }

            long head = 8;
            long size = BinaryPrimitives.ReadUInt32BigEndian(box.Span);
            if (size == 1 && await reader.ReadAsync(offset + 8, 8) is { IsEmpty: false } large)
            {
                (head, size) = (16, BinaryPrimitives.ReadInt64BigEndian(large.Span));
            }
            else if (size == 0)
            {
                size = reader.Length - offset;
            }

            if (size < head || size > reader.Length - offset)
            {
                return;
            }

            if (box.Span[4..].SequenceEqual("uuid"u8) && size >= head + 16 && await reader.ReadAsync(offset + head, 16) is { IsEmpty: false } id)
            {
                if (id.Span.SequenceEqual(s_manifestBox))
                {
                    var body = (await reader.ReadAsync(offset + head + 16, (int)Math.Min(size - head - 16, ManifestSource.Most))).Span;
                    var store = body[..Math.Min(body.Length, LongestPurpose)].IndexOf("jumb"u8) - 4;
                    found.Manifest(store < 0 ? default : body[store..]);
                    found.C2pa = true;
                }

                found.Xmp(id.Span.SequenceEqual(s_xmpBox) ? (await reader.ReadAsync(offset + head + 16, (int)Math.Min(size - head - 16, LargestXmp))).Span : default);
            }

            offset += size;
        }
    }

    /// <summary>An MP3's manifest lies in its ID3 tag, an SVG's in its metadata; both begin the file.</summary>
    private static async Task HeadAsync(MediaProbeReader reader, Found found)
    {
        var head = await reader.ReadAsync(0, (int)Math.Min(reader.Length, Head));
        found.C2pa = head.Span.IndexOf("application/x-c2pa-manifest-store"u8) >= 0 || head.Span.IndexOf("application/c2pa"u8) >= 0 || head.Span.IndexOf("<c2pa:manifest"u8) >= 0;
        found.Xmp(head.Span);
    }

    [GeneratedRegex("""[:\s<]DigitalSourceType\b[^A-Za-z/]{1,8}(?:(?:rdf:)?resource\s?=\s?["'])?(?:https?://cv\.iptc\.org/newscodes/digitalsourcetype/)?([A-Za-z]{3,64})["'<\s]""",
        RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex SourceType();

    /// <summary>What has been found so far.</summary>
    private sealed class Found
    {
        public bool C2pa { get; set; }

        /// <summary>A manifest whose pieces lie apart, joined.</summary>
        public MemoryStream Pieces { get; } = new();

        public string? SourceType { get; private set; }

        public void Manifest(ReadOnlySpan<byte> store)
        {
            C2pa |= ManifestSource.Is(store);
            SourceType ??= ManifestSource.Of(store);
        }

        public void Xmp(ReadOnlySpan<byte> text)
        {
            if (SourceType is null && text.IndexOf("DigitalSourceType"u8) >= 0)
            {
                SourceType = SourceType().Match(Encoding.UTF8.GetString(text)) is { Success: true } match ? match.Groups[1].Value : null;
            }
        }
    }
}
