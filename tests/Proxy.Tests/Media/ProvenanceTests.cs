using CsCheck;
using Framegate.Proxy.Media.Probe;

namespace Framegate.Proxy.Tests.Media;

/// <summary>What files say of where they come from.</summary>
public class ProvenanceTests
{
    private const string Iptc = "http://cv.iptc.org/newscodes/digitalsourcetype/";
    private const string Ai = "trainedAlgorithmicMedia";
    private const string ManifestBox = "D8FEC3D61B0E483C92975828877EC481";
    private const string XmpBox = "BE7ACFCB97A942E89C71999491E3AFAC";
    private static readonly string s_attribute = $"Iptc4xmpExt:DigitalSourceType=\"{Iptc}{Ai}\"";

    private static readonly Dictionary<string, (string Type, byte[] Bytes, bool C2pa, string? Source)> s_files = new()
    {
        ["plain png"] = ("image/png", MarkedMedia.File("still.png"), false, null),
        ["plain jpeg"] = ("image/jpeg", MarkedMedia.File("still.jpg"), false, null),
        ["plain webp"] = ("image/webp", MarkedMedia.File("lossless.webp"), false, null),
        ["plain mp4"] = ("video/mp4", MarkedMedia.File("clip.mp4"), false, null),
        ["png manifest"] = ("image/png", MarkedMedia.Png(MarkedMedia.Chunk("caBX", MarkedMedia.Manifest(70_000))), true, null),
        ["png both"] = ("image/png", MarkedMedia.Png(MarkedMedia.Chunk("caBX", MarkedMedia.Manifest()), MarkedMedia.XmpChunk(s_attribute)), true, Ai),
        ["png packed"] = ("image/png", MarkedMedia.Png(MarkedMedia.XmpChunk(s_attribute, packed: true)), false, Ai),
        ["png other chunk"] = ("image/png", MarkedMedia.Png(MarkedMedia.Chunk("caBX", new byte[40])), false, null),
        ["jpeg both"] = ("image/jpeg", MarkedMedia.Jpeg(MarkedMedia.XmpSegment(s_attribute), MarkedMedia.ManifestSegment()), true, Ai),
        ["jpeg element"] = ("image/jpeg", MarkedMedia.Jpeg(MarkedMedia.XmpSegment($"<Iptc4xmpExt:DigitalSourceType>{Iptc}compositeWithTrainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType>")), false, "compositeWithTrainedAlgorithmicMedia"),
        ["jpeg resource"] = ("image/jpeg", MarkedMedia.Jpeg(MarkedMedia.XmpSegment($"<Iptc4xmpExt:DigitalSourceType rdf:resource=\"{Iptc}{Ai}\"/>")), false, Ai),
        ["jpeg nonsense"] = ("image/jpeg", MarkedMedia.Jpeg(MarkedMedia.XmpSegment("Iptc4xmpExt:DigitalSourceType=\"<>\"")), false, null),
        ["jpeg xt box"] = ("image/jpeg", MarkedMedia.Jpeg(MarkedMedia.Segment(0xeb, [.. "JP"u8, 0, 1, 0, 0, 0, 1], new byte[64])), false, null),
        ["webp both"] = ("image/webp", MarkedMedia.Webp(("C2PA", MarkedMedia.Manifest()), ("XMP ", MarkedMedia.Xmp(s_attribute))), true, Ai),
        ["mp4 both"] = ("video/mp4", MarkedMedia.Mp4((ManifestBox, MarkedMedia.Manifest()), (XmpBox, MarkedMedia.Xmp(s_attribute))), true, Ai),
        ["png action"] = ("image/png", MarkedMedia.Png(MarkedMedia.Chunk("caBX", MarkedMedia.Store(Iptc + Ai))), true, Ai),
        ["png the newest"] = ("image/png", MarkedMedia.Png(MarkedMedia.Chunk("caBX", MarkedMedia.Store(Iptc + "digitalCapture", Iptc + Ai))), true, Ai),
        ["png an older one"] = ("image/png", MarkedMedia.Png(MarkedMedia.Chunk("caBX", MarkedMedia.Store(Iptc + Ai, null))), true, Ai),
        ["png no type"] = ("image/png", MarkedMedia.Png(MarkedMedia.Chunk("caBX", MarkedMedia.Store("http://example.com/<b>"))), true, null),
        ["jpeg pieces"] = ("image/jpeg", MarkedMedia.Jpeg(MarkedMedia.StoreSegments(MarkedMedia.Store(Iptc + Ai))), true, Ai),
        ["webp action"] = ("image/webp", MarkedMedia.Webp(("C2PA", MarkedMedia.Store(Iptc + Ai))), true, Ai),
        ["mp4 action"] = ("video/mp4", MarkedMedia.Mp4((ManifestBox, [0, 0, 0, 0, .. "manifest\0"u8, .. new byte[8], .. MarkedMedia.Store(Iptc + Ai)])), true, Ai),
        ["mp4 other box"] = ("video/mp4", MarkedMedia.Mp4((new string('0', 32), MarkedMedia.Manifest())), false, null),
    };

    public static TheoryData<string> Files => new(s_files.Keys);

    [Theory]
    [MemberData(nameof(Files))]
    public async Task ReadAsync_AFile_SaysWhatItSays(string name)
    {
        var (type, bytes, c2pa, source) = s_files[name];
        using var stream = new MemoryStream(bytes);
        var found = await Provenance.ReadAsync(stream, type, default);

        Assert.Equal((c2pa, source), (found?.C2pa ?? false, found?.DigitalSourceType));
        Assert.Equal(found is null, !c2pa && source is null);
        Assert.Equal(0, stream.Position);
        Assert.Equal(type, (await MediaProbe.ReadAsync(stream, default))?.ContentType);
    }

    [Fact]
    public void ReadAsync_SpoiltFiles_NeverThrowsAndReadsLittle()
    {
        var all = s_files.Values.ToArray();
        Gen.Select(Gen.Int[0, all.Length - 1], Gen.Select(Gen.Int[0, 2000], Gen.Byte).Array[0, 12], Gen.Int[0, 3000]).Sample((file, changes, cut) =>
        {
            var bytes = all[file].Bytes[..Math.Max(0, all[file].Bytes.Length - (cut > 2000 ? 0 : cut))].ToArray();
            foreach (var (at, value) in changes)
            {
                if (at < bytes.Length)
                {
                    bytes[at] = value;
                }
            }

            using var stream = new CountedStream(bytes);
            Provenance.ReadAsync(stream, all[file].Type, default).AsTask().GetAwaiter().GetResult();
            return stream.Count <= MediaProbeReader.Budget;
        });
    }

    private sealed class CountedStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long Count { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            Count += read;
            return read;
        }
    }
}
