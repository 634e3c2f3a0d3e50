using System.Security.Cryptography;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Media;

public sealed class MediaStoreTests : IDisposable
{
    private static readonly byte[] _image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "still.png"));
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 3, 10, 0, 0, TimeSpan.Zero));
    private readonly MediaOptions _options = new() { MaxBytes = 4096, IdleTimeout = TimeSpan.FromSeconds(30), Retention = TimeSpan.FromDays(2) };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ReceiveAsync_Image_IsStoredHashedAndMeasured()
    {
        var store = Store();

        var received = await store.ReceiveAsync(new MemoryStream(_image), MediaType.Image, "application/octet-stream", null, MediaOwner.Everybody, default);

        Assert.Equal("image/png", received.Media.ContentType); // the bytes decide
        Assert.Equal(_image.Length, received.Media.Bytes);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(_image)), received.Media.Sha256);
        Assert.Equal(_time.GetUtcNow().AddDays(2), received.Media.ExpiresAt);
        Assert.Equal((64, 48), (received.Facts.Width, received.Facts.Height));
        Assert.Equal(_image, await File.ReadAllBytesAsync(store.PathOf(received.Media.Id)));
        Assert.Empty(Incoming());
        store.Delete(received.Media.Id);
        Assert.False(File.Exists(store.PathOf(received.Media.Id)));
        store.Delete(received.Media.Id);
    }

    [Theory]
    [InlineData(4097, "image/png", "larger")]
    [InlineData(0, "image/png", "empty")]
    [InlineData(100, "text/html", "no image")]
    [InlineData(100, "video/mp4", "no image")]
    [InlineData(100, null, "no image")]
    public async Task ReceiveAsync_NotWhatWasPromised_KeepsNothing(int length, string? declared, string reason)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(
            () => Store().ReceiveAsync(new MemoryStream(new byte[length]), MediaType.Image, declared, null, MediaOwner.Everybody, default));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        Assert.Empty(Incoming());
    }

    [Theory]
    [InlineData(MediaType.Image, "image/x-new", "noise", false)]
    [InlineData(MediaType.Video, "video/mp4", "noise", false)]
    [InlineData(MediaType.Image, "image/png", "zeros", false)]
    [InlineData(MediaType.Image, "image/png", "text", false)]
    [InlineData(MediaType.Audio, "audio/mpeg", "noise", false)]
    [InlineData(MediaType.Audio, "audio/wav", "noise", false)]
    [InlineData(MediaType.Audio, "audio/aac; rate=44100", "noise", true)]
    [InlineData(MediaType.Audio, "audio/aac", "text", false)]
    [InlineData(MediaType.Audio, "audio/aac", "zeros", false)]
    [InlineData(MediaType.Audio, null, "noise", false)]
    [InlineData(MediaType.Audio, "audio/pcm", "silence at first", true)]
    [InlineData(MediaType.Audio, "audio/L16; rate=24000", "zeros", false)]
    [InlineData(MediaType.Audio, "audio/basic", "silence of mu-law", true)]
    [InlineData(MediaType.Audio, "audio/pcma", "silence of A-law", true)]
    [InlineData(MediaType.Audio, "audio/pcma", "other silence of A-law", true)]
    [InlineData(MediaType.Audio, "audio/pcma", "blanks", false)]
    [InlineData(MediaType.Audio, "audio/pcm", "letters", false)]
    [InlineData(MediaType.Audio, "audio/pcm", "old letters", false)]
    [InlineData(MediaType.Audio, "audio/pcm", "a letter that is cut", false)]
    public async Task ReceiveAsync_FormatWithoutAKnownHeader_IsTakenOnItsWordForASoundOnly(MediaType expected, string? declared, string what, bool taken)
    {
        var bytes = what switch
        {
            "noise" => [.. Enumerable.Range(0, 2000).Select(i => (byte)(i * 7))],
            "zeros" => new byte[2000],
            "silence at first" => [.. new byte[3000], 1, 0, 2, 0],
            "silence of mu-law" => [.. Enumerable.Repeat((byte)0xff, 2000), 0x10, 0x90],
            "silence of A-law" => [.. Enumerable.Repeat((byte)0xd5, 2000)],
            "other silence of A-law" => [.. Enumerable.Repeat((byte)0x55, 2000)],
            "blanks" => [.. Enumerable.Repeat((byte)' ', 2000)],
            "letters" => System.Text.Encoding.UTF8.GetBytes("Доступ запрещён. Войдите в систему."),
            "old letters" => System.Text.Encoding.Latin1.GetBytes("<p>Accès refusé. Créez une clé.</p>"),
            "a letter that is cut" => [.. Enumerable.Repeat((byte)'a', 511), .. "é"u8, .. new byte[2000]],
            _ => "Access Denied. Please sign in."u8.ToArray(),
        };

        var failure = await Record.ExceptionAsync(() => Store().ReceiveAsync(new MemoryStream(bytes), expected, declared, null, MediaOwner.Everybody, default));

        Assert.Equal(taken, failure is null);
        Assert.Empty(Incoming());
    }

    /// <summary>A file of zeros behind a good header is whole; that there is nothing to hear is told.</summary>
    [Theory]
    [InlineData(800, 0, true)]
    [InlineData(-1, 0, true)]
    [InlineData(0, 0, true)]
    [InlineData(800, 1, false)]
    [InlineData(-1, 1, false)]
    public async Task ReceiveAsync_ASilence_IsTold(int size, byte last, bool isSilent)
    {
        byte[] file =
        [
            .. "RIFF"u8, .. BitConverter.GetBytes(size <= 0 ? size : 36 + 12 + size), .. "WAVEfmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0xbb, 0, 0, 0, 0x77, 1, 0, 2, 0, 16, 0,
            .. "LIST"u8, 4, 0, 0, 0, .. "INFO"u8, .. "data"u8, .. BitConverter.GetBytes(size), .. new byte[799], last,
        ];

        var received = await Store().ReceiveAsync(new MemoryStream(file), MediaType.Audio, "audio/wav", null, MediaOwner.Everybody, default);

        Assert.Equal((MediaType.Audio, isSilent), (received.Facts.Type, received.Facts.IsSilent));
    }

    [Fact]
    public async Task ReceiveAsync_APart_KeepsNothing()
    {
        var failure = await Assert.ThrowsAsync<InvalidDataException>(
            () => Store().ReceiveAsync(new MemoryStream(_image[..^4]), MediaType.Image, "image/png", null, MediaOwner.Everybody, default));

        Assert.Contains("part", failure.Message, StringComparison.Ordinal);
        Assert.Empty(Incoming());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReceiveAsync_ADigest_MustBeThatOfTheBytes(bool right)
    {
        var other = right ? _image : [.. _image, 0];
        foreach (var digest in (MediaDigest[])[new(SHA256.HashData(other), null), new(null, (HashAlgorithmName.MD5, Md5(other))), new(null, (HashAlgorithmName.SHA512, SHA512.HashData(other)))])
        {
            var failure = await Record.ExceptionAsync(() => Store().ReceiveAsync(new MemoryStream(_image), MediaType.Image, null, digest, MediaOwner.Everybody, default));

            Assert.Equal(right, failure is null);
        }
    }

    [Fact]
    public async Task ReceiveAsync_SourceStandsStill_FailsAfterTheIdleTimeout()
    {
        var source = new StallingStream(_image);
        var receiving = Store().ReceiveAsync(source, MediaType.Image, "image/png", null, MediaOwner.Everybody, default);
        await source.Stalled;

        _time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(receiving.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));

        await Assert.ThrowsAsync<IOException>(() => receiving);
        Assert.Empty(Incoming());
    }

    [Theory]
    [InlineData(1, 16, 1800, "too slowly")]
    [InlineData(64, 0, 9, "too long")]
    [InlineData(16, 32, 1800, "too slowly")]
    [InlineData(64, 32, 1800, null)]
    [InlineData(1, 0, 1800, null)]
    public async Task ReceiveAsync_SourceIsSlow_EndsByItsRateAndItsTime(int bytesPerSecond, int rate, int total, string? reason)
    {
        (_options.MinDownloadRate, _options.MaxDownloadTime, _options.MaxBytes) = (rate, TimeSpan.FromSeconds(total), 1_000_000);
        var source = new TricklingStream(_image, bytesPerSecond, _time);

        var failure = await Record.ExceptionAsync(() => Store().ReceiveAsync(source, MediaType.Image, "image/png", null, MediaOwner.Everybody, default));

        Assert.Equal(reason is null, failure is null);
        Assert.True(reason is null || (failure is IOException && failure.Message.Contains(reason, StringComparison.Ordinal)), failure?.Message);
        Assert.Empty(Incoming());
    }

    [Fact]
    public async Task ReceiveAsync_Cancelled_KeepsNothing()
    {
        using var cancel = new CancellationTokenSource();
        var source = new StallingStream(_image);
        var receiving = Store().ReceiveAsync(source, MediaType.Image, "image/png", null, MediaOwner.Everybody, cancel.Token);
        await source.Stalled;

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => receiving);
        Assert.Empty(Incoming());
    }

    [Fact]
    public void Constructor_LeftoversOfACrash_AreRemoved()
    {
        _ = Store();
        File.WriteAllText(Path.Combine(_folder.Path, "media", "incoming", "med_half"), "half");

        _ = Store();

        Assert.Empty(Incoming());
    }

    [Fact]
    public async Task ReceiveAsync_TheNameIsOnTheDiskBeforeTheFileIsPromised()
    {
        var flush = new NotingFlush();
        var store = Store(flush);

        var first = (await store.ReceiveAsync(new MemoryStream(_image), MediaType.Image, null, null, MediaOwner.Everybody, default)).Media.Id;

        var media = Path.Combine(_folder.Path, "media");
        Assert.Equal([(Path.GetDirectoryName(store.PathOf(first))!, true), (media, true)], flush.Flushed);
    }

    [Fact]
    public async Task AdoptAsync_TheNameIsOnTheDiskBeforeTheFileIsPromised()
    {
        var flush = new NotingFlush();
        var item = new MediaItem
        {
            Id = "med_0123456789abcdef", Type = MediaType.Image, Url = "/media/med_0123456789abcdef", ContentType = "image/png", Bytes = _image.Length,
            Sha256 = Convert.ToHexStringLower(SHA256.HashData(_image)), ExpiresAt = _time.GetUtcNow(),
        };

        await Store(flush).AdoptAsync(item, Pieces(_image), default);

        Assert.Contains((Path.Combine(_folder.Path, "media", "ef"), true), flush.Flushed);
    }

    [Fact]
    public void Flush_AFolder_Works() => new FolderFlush().Flush(_folder.Path);

    [Fact]
    public void Flush_NoFolder_NamesIt() =>
        Assert.Contains("gone", Assert.Throws<IOException>(() => new FolderFlush().Flush(Path.Combine(_folder.Path, "gone"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("flipped")]
    [InlineData("longer")]
    [InlineData("shorter")]
    [InlineData("empty")]
    [InlineData("missing")]
    [InlineData("folder")]
    public async Task IsWholeAsync_TheFileIsNotWhatWasStored_IsNotWhole(string damage)
    {
        var first = Store();
        var media = (await first.ReceiveAsync(new MemoryStream(_image), MediaType.Image, null, null, MediaOwner.Everybody, default)).Media;
        Assert.True(await first.IsWholeAsync(media.Id, media.Bytes, media.Sha256, default));

        var path = first.PathOf(media.Id);
        byte[] flipped = [.. _image];
        flipped[^9] ^= 1;
        switch (damage)
        {
            case "missing" or "folder":
                File.Delete(path);
                break;
            default:
                await File.WriteAllBytesAsync(path, damage switch { "flipped" => flipped, "longer" => [.. _image, 0], "shorter" => _image[..^1], _ => [] });
                File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddMinutes(5));
                break;
        }

        if (damage == "folder")
        {
            Directory.CreateDirectory(path);
        }

        // While it runs, and after a restart; the second time nothing is hashed again.
        foreach (var store in new[] { first, Store() })
        {
            Assert.False(await store.IsWholeAsync(media.Id, media.Bytes, media.Sha256, default));
            Assert.False(await store.IsWholeAsync(media.Id, media.Bytes, media.Sha256, default));
            Assert.False(await store.LooksWholeAsync(media, default));
        }
    }

    [Fact]
    public async Task IsWholeAsync_AfterARestart_IsWhole()
    {
        var media = (await Store().ReceiveAsync(new MemoryStream(_image), MediaType.Image, null, null, MediaOwner.Everybody, default)).Media;

        Assert.True(await Store().IsWholeAsync(media.Id, media.Bytes, media.Sha256, default));
        Assert.True(await Store().LooksWholeAsync(media, default));
    }

    private MediaStore Store(FolderFlush? flush = null) => new(new DataFolder(_folder.Path), flush ?? new FolderFlush(), Options.Create(_options), _time, NullLogger<MediaStore>.Instance);

    private static byte[] Md5(byte[] bytes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        hash.AppendData(bytes);
        return hash.GetHashAndReset();
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces(byte[] bytes)
    {
        await Task.CompletedTask;
        yield return bytes;
    }

    private string[] Incoming() => Directory.GetFiles(Path.Combine(_folder.Path, "media", "incoming"));

    /// <summary>Gives its bytes, and then neither more nor an end.</summary>
    private sealed class StallingStream(byte[] bytes) : MemoryStream(bytes)
    {
        private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Stalled => _stalled.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer, cancellationToken);
            if (read == 0)
            {
                _stalled.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            return read;
        }
    }

    /// <summary>Notes what was flushed, and whether there was a file in it by then.</summary>
    private sealed class NotingFlush : FolderFlush
    {
        public List<(string Folder, bool HasFile)> Flushed { get; } = [];

        public override void Flush(string folder)
        {
            base.Flush(folder);
            Flushed.Add((folder, Directory.EnumerateFiles(folder, "med_*", SearchOption.AllDirectories).Any()));
        }
    }

    /// <summary>So many bytes a second, of a clock that it drives.</summary>
    private sealed class TricklingStream(byte[] bytes, int bytesPerSecond, FakeTimeProvider time) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            cancellationToken.ThrowIfCancellationRequested();
            return base.ReadAsync(buffer[..Math.Min(bytesPerSecond, buffer.Length)], cancellationToken);
        }
    }
}
