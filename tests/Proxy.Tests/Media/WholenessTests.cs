using System.Buffers.Binary;
using System.Diagnostics;
using Framegate.Proxy.Media.Probe;
using Framegate.Proxy.Media.Whole;

namespace Framegate.Proxy.Tests.Media;

/// <summary>A corpus of cut files: one real file of each type that is stored, whole and cut everywhere.</summary>
public sealed class WholenessTests
{
    private static readonly string _fixtures = Path.Combine(AppContext.BaseDirectory, "Fixtures", "media");

    /// <summary>Files that ffmpeg makes: the name, and how.</summary>
    private static readonly Dictionary<string, string> _made = new()
    {
        ["noise.png"] = "-f lavfi -i nullsrc=s=200x150,geq=random(1)*255:128:128 -frames:v 1",
        ["photo.jpg"] = "-f lavfi -i testsrc2=s=640x480 -frames:v 1 -q:v 2",
        ["huffman.jpg"] = "-f lavfi -i mandelbrot=s=640x480 -frames:v 1 -q:v 5 -huffman optimal",
        ["dance.gif"] = "-f lavfi -i testsrc2=s=160x120:d=1:r=5",
        ["photo.webp"] = "-f lavfi -i testsrc2=s=320x240 -frames:v 1 -c:v libwebp",
        ["dance.webp"] = "-f lavfi -i testsrc2=s=160x120:d=1:r=5 -c:v libwebp_anim",
        ["plain.mp4"] = "-f lavfi -i testsrc2=s=320x240:d=2 -f lavfi -i sine=d=2 -c:v libx264 -pix_fmt yuv420p -c:a aac",
        ["fast.mp4"] = "-f lavfi -i testsrc2=s=320x240:d=2 -f lavfi -i sine=d=2 -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +faststart",
        ["pieces.mp4"] = "-f lavfi -i testsrc2=s=320x240:d=4 -c:v libx264 -g 25 -pix_fmt yuv420p -movflags +frag_keyframe+empty_moov",
        ["indexed.mp4"] = "-f lavfi -i testsrc2=s=320x240:d=4 -c:v libx264 -g 25 -pix_fmt yuv420p -movflags +frag_keyframe+empty_moov+global_sidx+skip_trailer",
        ["clip.mov"] = "-f lavfi -i testsrc2=s=320x240:d=1 -c:v libx264 -pix_fmt yuv420p",
        ["clip.webm"] = "-f lavfi -i testsrc2=s=320x240:d=2 -f lavfi -i sine=d=2 -c:v libvpx -c:a libopus",
        ["live.webm"] = "-f lavfi -i testsrc2=s=320x240:d=2 -c:v libvpx -live 1 -f webm",
        ["clip.mkv"] = "-f lavfi -i testsrc2=s=320x240:d=2 -c:v libx264",
        ["sound.mp3"] = "-f lavfi -i sine=d=3 -c:a libmp3lame -b:a 96k",
        ["varying.mp3"] = "-f lavfi -i anoisesrc=d=3:seed=7 -c:a libmp3lame -q:a 4 -id3v2_version 3 -metadata title=Noise",
        ["tagged.mp3"] = "-f lavfi -i sine=d=3 -c:a libmp3lame -write_id3v1 1 -write_xing 0 -metadata title=Sine",
        ["sound.wav"] = "-f lavfi -i sine=d=1",
        ["sound.flac"] = "-f lavfi -i anoisesrc=d=2:r=48000:seed=7 -ac 2",
        ["sound.ogg"] = "-f lavfi -i anoisesrc=d=3:seed=7 -c:a libvorbis",
        ["sound.opus.ogg"] = "-f lavfi -i sine=d=3 -c:a libopus",
        ["sound.m4a"] = "-f lavfi -i sine=d=3 -c:a aac",
    };

    /// <summary>Those in which a coder has left no room for a tenth of zeros.</summary>
    private static readonly Dictionary<string, string> _coded = new()
    {
        ["large.png"] = "-f lavfi -i mandelbrot=s=640x480 -frames:v 1",
        ["default.jpg"] = "-f lavfi -i testsrc2=s=640x480 -frames:v 1 -huffman default",
        ["optimal.jpg"] = "-f lavfi -i mandelbrot=s=640x480 -frames:v 1 -huffman optimal",
        ["lossless.webp"] = "-f lavfi -i mandelbrot=s=640x480 -frames:v 1 -lossless 1",
        ["wide.gif"] = "-f lavfi -i testsrc2=s=320x240:d=1:r=5",
        ["plain.mp4"] = "-f lavfi -i testsrc2=s=640x480:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac",
        ["fast.mp4"] = "-f lavfi -i testsrc2=s=640x480:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -movflags +faststart",
        ["pieces.mp4"] = "-f lavfi -i testsrc2=s=640x480:d=2 -c:v libx264 -preset ultrafast -g 10 -pix_fmt yuv420p -movflags +frag_keyframe+empty_moov",
        ["still.mp4"] = "-f lavfi -i testsrc2=s=1280x720:d=0.1 -c:v libx264 -preset ultrafast -crf 5 -pix_fmt yuv420p -movflags +faststart",
        ["clip.webm"] = "-f lavfi -i testsrc2=s=640x480:d=2 -f lavfi -i sine=d=2 -c:v libvpx -deadline realtime -c:a libopus",
        ["clip.mkv"] = "-f lavfi -i testsrc2=s=640x480:d=2 -c:v libx264 -preset ultrafast",
        ["bare.mp3"] = "-f lavfi -i sine=d=3 -c:a libmp3lame -write_xing 0",
        ["sound.ogg"] = "-f lavfi -i anoisesrc=d=3:seed=7 -c:a libvorbis",
        ["sound.flac"] = "-f lavfi -i anoisesrc=d=2:r=48000:seed=7 -ac 2",
        ["sound.m4a"] = "-f lavfi -i sine=d=3 -c:a aac",
    };

    public static TheoryData<string> Coded => [.. _coded.Keys];

    public static TheoryData<string> Fixtures => [.. Directory.EnumerateFiles(_fixtures).Select(f => Path.GetFileName(f)!).Order()];

    public static TheoryData<string> Made => [.. _made.Keys];

    [Theory]
    [MemberData(nameof(Fixtures))]
    public async Task IsWhole_AFixture_OnlyWhenItIs(string name)
    {
        var whole = await File.ReadAllBytesAsync(Path.Combine(_fixtures, name));
        await AssertCorpusAsync(whole, step: 1, length => name switch
        {
            "bare.mp3" => length > 0 && length % 72 == 0, // Frames without a count: a cut between two of them cannot be seen.
            "fragmented.mp4" => length == 3063, // All of its fragments, without the index of them.
            _ when name.StartsWith("browser-recorder", StringComparison.Ordinal) => IsBetweenPieces(whole.AsSpan(length)), // Written live: nothing in it says how much is to come.
            _ => false,
        });
    }

    [Theory]
    [MemberData(nameof(Made))]
    public async Task IsWhole_AFileOfFfmpeg_OnlyWhenItIs(string name)
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, name);
        using var ffmpeg = Process.Start("ffmpeg", $"-hide_banner -loglevel error -y {_made[name]} {path}");
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);

        await AssertCorpusAsync(await File.ReadAllBytesAsync(path), step: 251, _ => false);
    }

    /// <summary>What keeps its length and has lost its bytes: a copy that was broken off.</summary>
    [Theory]
    [MemberData(nameof(Coded))]
    public async Task IsWhole_ZerosInThePlaceOfWhatWasCoded_IsFalse(string name)
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, name);
        using var ffmpeg = Process.Start("ffmpeg", $"-hide_banner -loglevel error -y {_coded[name]} {path}");
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);
        var whole = await File.ReadAllBytesAsync(path);
        Assert.True(await IsWholeAsync(whole, whole.Length));

        foreach (var (from, to) in new[] { (0.5, 1), (0.9, 1), (0.4, 0.6), (0.7, 0.85) })
        {
            var damaged = whole.ToArray();
            damaged.AsSpan((int)(whole.Length * from), (int)(whole.Length * (to - from))).Clear();
            Assert.False(await IsWholeAsync(damaged, damaged.Length), $"zeros from {from} to {to}");
        }
    }

    /// <summary>The scans of a progressive picture have a known number of blocks each.</summary>
    [Fact]
    public async Task IsWhole_ZerosInAProgressivePicture_IsFalse()
    {
        var whole = await File.ReadAllBytesAsync(Path.Combine(_fixtures, "progressive.jpg"));
        for (var from = 0.1; from < 0.9; from += 0.05)
        {
            foreach (var end in new[] { (int)(whole.Length * (from + 0.1)), whole.Length - 2 })
            {
                var damaged = whole.ToArray();
                damaged.AsSpan((int)(whole.Length * from)..end).Clear();
                Assert.False(await IsWholeAsync(damaged, damaged.Length), $"zeros from {from:F2} to byte {end}");
            }
        }
    }

    /// <summary>What has long runs of zeros in it by right.</summary>
    [Theory]
    [InlineData("black.mp4", "-f lavfi -i color=black:s=640x480:d=1 -f lavfi -t 1 -i anullsrc -c:v libx264 -pix_fmt yuv420p -c:a aac")]
    [InlineData("blackpieces.mp4", "-f lavfi -i color=black:s=640x480:d=1 -f lavfi -t 1 -i anullsrc -c:v libx264 -pix_fmt yuv420p -c:a aac -movflags +frag_keyframe+empty_moov")]
    [InlineData("black.mjpeg.mp4", "-f lavfi -i color=black:s=640x480:d=1 -c:v mjpeg")]
    [InlineData("raw.mov", "-f lavfi -i color=black:s=640x480:d=1 -f lavfi -t 1 -i anullsrc -c:v rawvideo -c:a pcm_s16le")]
    [InlineData("silent.mkv", "-f lavfi -i color=black:s=640x480:d=1 -f lavfi -t 1 -i anullsrc -c:v libx264 -c:a pcm_s16le")]
    [InlineData("black.webm", "-f lavfi -i color=black:s=640x480:d=1 -f lavfi -t 1 -i anullsrc -c:v libvpx-vp9 -lossless 1 -c:a libopus")]
    [InlineData("black.jpg", "-f lavfi -i color=black:s=2048x2048 -frames:v 1 -huffman optimal")]
    [InlineData("halfblack.jpg", "-f lavfi -i testsrc2=s=1024x768,pad=1024:3000:0:0:white -frames:v 1 -huffman optimal")]
    [InlineData("black.png", "-f lavfi -i color=black:s=1024x1024 -frames:v 1 -compression_level 0")]
    [InlineData("black.webp", "-f lavfi -i color=black:s=2048x2048 -frames:v 1")]
    [InlineData("clear.webp", "-f lavfi -i color=red@0:s=1024x768,format=yuva420p -frames:v 1")]
    [InlineData("silence.wav", "-f lavfi -t 3 -i anullsrc")]
    [InlineData("silence.mp3", "-f lavfi -t 3 -i anullsrc -b:a 128k")]
    [InlineData("silence.flac", "-f lavfi -t 3 -i anullsrc")]
    [InlineData("silence.ogg", "-f lavfi -t 3 -i anullsrc -c:a libopus -vbr off")]
    [InlineData("silence.m4a", "-f lavfi -t 3 -i anullsrc -c:a alac")]
    public async Task IsWhole_ZerosByRight_IsTrue(string name, string how)
    {
        using var folder = new TempFolder();
        var path = Path.Combine(folder.Path, name);
        using var ffmpeg = Process.Start("ffmpeg", $"-hide_banner -loglevel error -y {how} {path}");
        await ffmpeg.WaitForExitAsync();
        Assert.Equal(0, ffmpeg.ExitCode);

        var file = await File.ReadAllBytesAsync(path);
        Assert.True(await IsWholeAsync(file, file.Length));
    }

    [Fact]
    public void Types_AreThoseOfTheProbe() => Assert.Equal(16, Wholeness.Types.Count);

    [Theory]
    [InlineData("image/png")]
    [InlineData("video/mp4")]
    [InlineData("audio/mpeg")]
    [InlineData("image/x-new")]
    public async Task IsWhole_BytesOfAnotherKind_IsFalse(string type)
    {
        foreach (var bytes in (byte[][])[[], new byte[1], new byte[4096], [.. Enumerable.Repeat((byte)0xff, 4096)], "<html>Access Denied</html>"u8.ToArray()])
        {
            Assert.False(await Wholeness.IsWholeAsync(new MemoryStream(bytes), type, default));
        }
    }

    [Fact]
    public async Task AMovieWhoseSamplesLieOverOneAnother_CostsNoMoreThanItsBytes()
    {
        const int Chunks = 20_000;
        byte[] data = [.. Enumerable.Repeat((byte)7, 300_000)];
        var type = Box("ftyp", [.. "isom"u8, 0, 0, 2, 0, .. "isom"u8]);
        var at = type.Length + 8;
        var table = Box("stbl",
        [
            .. Box("stsd", [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 16, .. "avc1"u8, 0, 0, 0, 0, 0, 0, 0, 1]),
            .. Box("stsz", [0, 0, 0, 0, .. Number(200_000), .. Number(Chunks)]),
            .. Box("stsc", [0, 0, 0, 0, .. Number(1), .. Number(1), .. Number(1), .. Number(1)]),
            .. Box("stco", [0, 0, 0, 0, .. Number(Chunks), .. Enumerable.Repeat(Number(at), Chunks).SelectMany(n => n)]),
        ]);
        byte[] file = [.. type, .. Box("mdat", data), .. Box("moov", Box("trak", Box("mdia", Box("minf", table))))];
        await using var stream = new CountingStream(file);

        await Wholeness.IsWholeAsync(stream, "video/mp4", default);

        Assert.InRange(stream.Bytes, 1, file.Length * 8);
    }

    private static byte[] Number(int value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Box(string name, byte[] content) => [.. Number(content.Length + 8), .. System.Text.Encoding.Latin1.GetBytes(name), .. content];

    private sealed class CountingStream(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public long Bytes { get; private set; }

        // Every other way to read a stream that derives from MemoryStream ends in this one.
        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = base.Read(buffer, offset, count);
            Bytes += read;
            return read;
        }
    }

    private static async Task AssertCorpusAsync(byte[] whole, int step, Func<int, bool> isExcused)
    {
        Assert.True(await IsWholeAsync(whole, whole.Length), "The whole file is refused.");
        for (var length = 0; length < whole.Length; length += step)
        {
            Assert.True(isExcused(length) || !await IsWholeAsync(whole, length), $"{length} of {whole.Length} bytes are taken for the whole.");
        }

        Assert.False(await IsWholeAsync(whole, whole.Length - 1), "All but the last byte are taken for the whole.");
    }

    /// <summary>Whether a fragment, a cluster or a block begins here.</summary>
    private static bool IsBetweenPieces(ReadOnlySpan<byte> rest) =>
        rest is [0xa3 or 0xa0, ..] or [0x1f, 0x43, 0xb6, 0x75, ..] or [0x1c, 0x53, 0xbb, 0x6b, ..]
        || (rest.Length >= 8 && (rest[4..8].SequenceEqual("moof"u8) || rest[4..8].SequenceEqual("mfra"u8)));

    /// <summary>Fraunhofer's encoder counts in a way of its own.</summary>
    [Theory]
    [InlineData(6, true)]
    [InlineData(5, false)]
    public async Task IsWhole_AVbriHeader_CountsTheFrames(int frames, bool isWhole)
    {
        // 64 kbit/s at 44.1 kHz: frames of 208 bytes.
        var bytes = Enumerable.Range(0, frames).SelectMany(_ => (byte[])[0xff, 0xfb, 0x50, 0x00, .. new byte[204]]).ToArray();
        "VBRI"u8.CopyTo(bytes.AsSpan(36));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(36 + 10), 6 * 208);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(36 + 14), 6);

        Assert.Equal(isWhole, await IsWholeAsync(bytes, bytes.Length));
    }

    private static async Task<bool> IsWholeAsync(byte[] bytes, int length)
    {
        using var stream = new MemoryStream(bytes, 0, length, writable: false);
        return await MediaProbe.ReadAsync(stream, default) is { } facts && await Wholeness.IsWholeAsync(stream, facts.ContentType, default);
    }
}
