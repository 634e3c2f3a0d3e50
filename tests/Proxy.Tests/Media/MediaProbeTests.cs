using System.Buffers.Binary;
using CsCheck;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Media.Probe;

namespace Framegate.Proxy.Tests.Media;

public class MediaProbeTests
{
    private static readonly string _folder = Path.Combine(AppContext.BaseDirectory, "Fixtures", "media");

    public static TheoryData<string> Files { get; } = [.. Directory.GetFiles(_folder).Select(path => Path.GetFileName(path)!).Order()];

    [Theory]
    [InlineData("still.png", "image/png")]
    [InlineData("still.jpg", "image/jpeg")]
    [InlineData("still.gif", "image/gif")]
    [InlineData("lossy.webp", "image/webp")]
    [InlineData("lossless.webp", "image/webp")]
    [InlineData("extended.webp", "image/webp")]
    public async Task ReadAsync_Image_HasItsSize(string file, string contentType) =>
        Assert.Equal(new MediaFacts(contentType, MediaType.Image, 64, 48), await ReadAsync(Load(file)));

    [Theory]
    [InlineData("clip.mp4", "video/mp4")]
    [InlineData("clip-faststart.mp4", "video/mp4")]
    [InlineData("clip.mov", "video/quicktime")]
    public async Task ReadAsync_Clip_HasSizeAndDuration(string file, string contentType) =>
        Assert.Equal(new MediaFacts(contentType, MediaType.Video, 64, 48, 1.0), await ReadAsync(Load(file)));

    [Fact]
    public async Task ReadAsync_FragmentedClip_HasNoDuration() =>
        Assert.Equal(new MediaFacts("video/mp4", MediaType.Video, 64, 48), await ReadAsync(Load("fragmented.mp4")));

    [Theory]
    [InlineData("clip.webm", "video/webm", MediaType.Video)]
    [InlineData("tone.mp3", "audio/mpeg", MediaType.Audio)]
    [InlineData("bare.mp3", "audio/mpeg", MediaType.Audio)]
    [InlineData("tone.ogg", "audio/ogg", MediaType.Audio)]
    [InlineData("tone.flac", "audio/flac", MediaType.Audio)]
    public async Task ReadAsync_FileKnownByItsMagic_HasItsType(string file, string contentType, MediaType type) =>
        Assert.Equal(new MediaFacts(contentType, type), await ReadAsync(Load(file)));

    [Theory]
    [InlineData("tone.wav", "audio/wav", 0.25)]
    [InlineData("tone.m4a", "audio/mp4", 0.25)]
    public async Task ReadAsync_Sound_HasItsDuration(string file, string contentType, double duration)
    {
        var facts = await ReadAsync(Load(file));
        Assert.Equal(contentType, facts!.ContentType);
        Assert.Equal(MediaType.Audio, facts.Type);
        Assert.Equal(duration, facts.Duration!.Value, 0.01);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public async Task ReadAsync_WavFromAPipe_TakesTheRestOfTheFile(uint size)
    {
        var wav = Load("tone.wav");
        BinaryPrimitives.WriteUInt32LittleEndian(wav.AsSpan(wav.AsSpan().IndexOf("data"u8) + 4), size);
        Assert.Equal(0.25, (await ReadAsync(wav))!.Duration);
    }

    [Fact]
    public async Task ReadAsync_BoxesWith64BitSizes_AreWalked()
    {
        var clip = Load("clip-faststart.mp4");
        var moov = clip.AsSpan().IndexOf("moov"u8) - 4;
        var size = BinaryPrimitives.ReadUInt32BigEndian(clip.AsSpan(moov));
        var large = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(large, 1);
        "moov"u8.CopyTo(large.AsSpan(4));
        BinaryPrimitives.WriteInt64BigEndian(large.AsSpan(8), size + 8);
        byte[] changed = [.. clip[..moov], .. large, .. clip[(moov + 8)..]];
        Assert.Equal(await ReadAsync(clip), await ReadAsync(changed));
    }

    [Fact]
    public async Task ReadAsync_Version1Headers_AreRead()
    {
        byte[] mvhd = [1, 0, 0, 0, .. new byte[16], .. UInt32(1000), .. UInt32(0), .. UInt32(2500)];
        byte[] small = [1, 0, 0, 0, .. new byte[84], .. UInt32(32 << 16), .. UInt32(16 << 16)];
        byte[] big = [1, 0, 0, 0, .. new byte[84], .. UInt32(640 << 16), .. UInt32(360 << 16)];
        byte[] file =
        [
            .. Box("ftyp", [.. "isom"u8, 0, 0, 0, 0]),
            .. Box("moov", [.. Box("mvhd", mvhd), .. Box("trak", Box("tkhd", small)), .. Box("trak", Box("tkhd", big)), .. Box("trak", Box("tkhd", small))]),
        ];
        Assert.Equal(new MediaFacts("video/mp4", MediaType.Video, 640, 360, 2.5), await ReadAsync(file));
    }

    [Theory]
    [InlineData("avif", "image/avif")]
    [InlineData("heic", "image/heic")]
    public async Task ReadAsync_StillImageInBoxes_IsAnImage(string brand, string contentType) => Assert.Equal(
        new MediaFacts(contentType, MediaType.Image), await ReadAsync(Box("ftyp", [.. brand.Select(c => (byte)c), 0, 0, 0, 0])));

    [Fact]
    public async Task ReadAsync_JpegWithALongHeader_SkipsTo()
    {
        var jpeg = Load("still.jpg");
        var segment = new byte[65_535 + 2];
        segment[0] = 0xff;
        segment[1] = 0xe1;
        BinaryPrimitives.WriteUInt16BigEndian(segment.AsSpan(2), 65_535);
        byte[] padded = [.. jpeg[..2], .. segment, .. segment, 0xff, 0xff, .. jpeg[2..]];
        Assert.Equal(new MediaFacts("image/jpeg", MediaType.Image, 64, 48), await ReadAsync(padded));
    }

    [Fact]
    public async Task ReadAsync_Text_IsNotRecognised()
    {
        Assert.Null(await ReadAsync([]));
        Assert.Null(await ReadAsync("{\"error\":\"gone\"}"u8.ToArray()));
        Assert.Null(await ReadAsync("<!doctype html>"u8.ToArray()));
        Assert.Null(await ReadAsync("RIFF\0\0\0\0AVI LIST"u8.ToArray()));
    }

    [Fact]
    public async Task ReadAsync_EndlessTinyBoxes_ReadsOnlyABit()
    {
        byte[] file = [.. Box("ftyp", [.. "isom"u8, 0, 0, 0, 0]), .. Enumerable.Repeat(Box("free", []), 100_000).SelectMany(b => b)];
        using var stream = new CountingStream(file);
        Assert.Equal(new MediaFacts("video/mp4", MediaType.Video), await MediaProbe.ReadAsync(stream, CancellationToken.None));
        Assert.InRange(stream.BytesRead, 1, 2_000);
        Assert.Equal(0, stream.Position);
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task ReadAsync_FileIsCutAnywhere_NeverThrows(string file)
    {
        var bytes = Load(file);
        for (var length = 0; length < bytes.Length; length++)
        {
            var facts = await ReadAsync(bytes[..length]);
            Assert.True(length < 64 || facts is not null, $"{length}");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public async Task ReadAsync_FileIsDamaged_NeverThrowsAndReadsWithinTheBudget(string file)
    {
        var original = Load(file);
        await Gen.Select(Gen.Int[0, int.MaxValue], Gen.Byte).Array[1, 30].SampleAsync(
            async changes =>
            {
                var bytes = (byte[])original.Clone();
                foreach (var (at, value) in changes)
                {
                    // Half of the damage goes where the structure is.
                    bytes[at % (value % 2 == 0 ? bytes.Length : Math.Min(bytes.Length, 200))] = value;
                }

                using var stream = new CountingStream(bytes);
                var facts = await MediaProbe.ReadAsync(stream, CancellationToken.None);
                Assert.InRange(stream.BytesRead, 0, MediaProbeReader.Budget);
                Assert.True(facts is null or { Width: null or > 0, Height: null or > 0, Duration: null or >= 0 });
            },
            iter: 1_000);
    }

    [Fact]
    public async Task ReadAsync_Garbage_NeverThrows() =>
        await Gen.Select(Gen.Int[0, _magics.Length - 1], Gen.Byte.Array[0, 300]).SampleAsync(
            async (magic, rest) => _ = await ReadAsync([.. _magics[magic], .. rest]),
            iter: 20_000);

    private static readonly byte[][] _magics =
    [
        [], [0xff, 0xd8, 0xff], [.. "\0\0\0\u0010ftypisom\0\0\0\0"u8], [.. "RIFF\0\0\0\0WEBP"u8], [.. "RIFF\0\0\0\0WAVEfmt "u8], [.. "GIF89a"u8],
        [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a], [.. "\0\0\0\u0010ftypisom\0\0\0\0\0\0\0\u0000moov"u8],
    ];

    private static byte[] Load(string file) => File.ReadAllBytes(Path.Combine(_folder, file));

    private static async Task<MediaFacts?> ReadAsync(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return await MediaProbe.ReadAsync(stream, CancellationToken.None);
    }

    private static byte[] Box(string name, byte[] body) => [.. UInt32((uint)body.Length + 8), .. name.Select(c => (byte)c), .. body];

    private static byte[] UInt32(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public long BytesRead { get; private set; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            BytesRead += read;
            return read;
        }
    }
}
