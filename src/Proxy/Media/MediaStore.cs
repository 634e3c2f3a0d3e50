using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Unicode;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Media.Probe;
using Framegate.Proxy.Media.Whole;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media;

/// <summary>Files of results in the data folder. They are written to a temporary name, hashed on the way, and then moved into place.</summary>
internal sealed class MediaStore
{
    private const int LargestKnown = 50_000;
    private static readonly TimeSpan TimeToStore = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, Look> _looks = new(StringComparer.Ordinal);
    private const int BufferSize = 64 * 1024;
    private readonly MediaBucket? _bucket;
    private readonly string _folder;
    private readonly string _incoming;
    private readonly string _database;
    private readonly FolderFlush _flush;
    private readonly IOptions<MediaOptions> _options;
    private readonly TimeProvider _time;
    private readonly ILogger<MediaStore> _logger;

    public MediaStore(DataFolder data, FolderFlush flush, IOptions<MediaOptions> options, TimeProvider time, ILogger<MediaStore> logger, MediaBucket? bucket = null)
    {
        _bucket = bucket;
        _logger = logger;
        _flush = flush;
        _folder = Path.Combine(data.Path, "media");
        _database = Path.Combine(data.Path, "framegate.db");
        _incoming = Path.Combine(_folder, "incoming");
        _options = options;
        _time = time;
        Directory.CreateDirectory(_incoming);
        foreach (var leftover in Directory.EnumerateFiles(_incoming))
        {
            File.Delete(leftover);
        }
    }

    /// <summary>Where the file of a stored result lies.</summary>
    public string PathOf(string id) => PathIn(_folder, id);

    /// <summary>Where the file of a stored result lies in a folder of media.</summary>
    public static string PathIn(string folder, string id) => Path.Combine(folder, id[^2..], id);

    /// <summary>The files of results in a folder of media, by their ids. What has another name is nobody's, and left alone.</summary>
    public static IEnumerable<FileInfo> FilesIn(string folder) => Directory.Exists(folder)
        ? new DirectoryInfo(folder).EnumerateDirectories("??").SelectMany(f => f.EnumerateFiles("med_*")).Where(f => f.Directory!.Name == f.Name[^2..])
        : [];

    /// <summary>Deletes a file; one that is gone already is fine.</summary>
    public void Delete(string id)
    {
        _looks.TryRemove(id, out _);
        MediaStills.Delete(_folder, id);
        if (File.Exists(PathOf(id)))
        {
            File.Delete(PathOf(id));
        }
    }

    /// <summary>Deletes a file wherever it is kept.</summary>
    /// <exception cref="IOException">It could not be deleted everywhere.</exception>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        Delete(id);
        await (_bucket?.DeleteAsync(id, cancellationToken) ?? Task.CompletedTask);
    }

    /// <summary>True when the folder holds copies only.</summary>
    public bool HasBucket => _bucket is not null;

    /// <summary>True when a node's own database lies beside the files: it may know files that another store does not know yet.</summary>
    public bool IsBesideDatabase => File.Exists(_database);

    /// <summary>The files of the bucket that were stored before a time; null without a bucket.</summary>
    public IAsyncEnumerable<string>? StoredBeforeAsync(DateTimeOffset before, CancellationToken cancellationToken) => _bucket?.ListAsync(before, cancellationToken);

    /// <summary>Drops uploads to the bucket that were begun before a time and never ended.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="IOException">The bucket cannot be asked.</exception>
    public Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken) => _bucket?.DropUnfinishedAsync(before, cancellationToken) ?? Task.FromResult(0);

    /// <summary>Whether a file of the bucket was stored by this store.</summary>
    /// <exception cref="IOException">The bucket cannot be asked.</exception>
    public async ValueTask<bool> IsOwnAsync(string id, CancellationToken cancellationToken) => _bucket is not null && await _bucket.IsOwnAsync(id, cancellationToken);

    /// <summary>Whether a file can be answered with, from here or from the bucket.</summary>
    /// <exception cref="IOException">The bucket cannot be asked.</exception>
    public async ValueTask<bool> IsThereAsync(StoredMedia stored, CancellationToken cancellationToken) => _bucket is null || File.Exists(PathOf(stored.Id))
        ? await IsWholeAsync(stored.Id, stored.Bytes, stored.Sha256, cancellationToken)
        : await _bucket.HasAsync(stored.Id, stored.Bytes, cancellationToken);

    /// <summary>The file as the bucket has it; null when it is here.</summary>
    public Stream? OpenRemote(StoredMedia stored) => _bucket is null || File.Exists(PathOf(stored.Id)) ? null : new BucketStream(_bucket, stored.Id, stored.Bytes);

    /// <summary>An address of the bucket that gives the file; null where those who ask are not sent there.</summary>
    /// <param name="stored">The file.</param>
    /// <param name="contentType">The media type that the bucket sends with it.</param>
    /// <param name="disposition">Whether a browser shows or saves it there.</param>
    public string? LinkTo(StoredMedia stored, string contentType, string disposition) =>
        _bucket is { Redirects: true } bucket ? bucket.LinkTo(stored.Id, contentType, disposition) : null;

    /// <summary>Every file of a result that is here, whether anybody knows it or not.</summary>
    public IEnumerable<FileInfo> Files() => FilesIn(_folder);

    /// <summary>
    /// Whether a file is here and what was stored. Its length is looked at each time; its bytes are hashed before it is used for the first time since the
    /// start, and again when it has been written since.
    /// </summary>
    /// <returns>False for a file that is missing or damaged, which is logged.</returns>
    public async ValueTask<bool> IsWholeAsync(string id, long bytes, string sha256, CancellationToken cancellationToken)
    {
        if (_bucket is not null && !(File.Exists(PathOf(id)) && await IsWholeHereAsync(id, bytes, sha256, cancellationToken, isCopy: true)))
        {
            // A copy that a loss of power has torn does not hide what the bucket has.
            await FetchAsync(_bucket, id, bytes, sha256, cancellationToken);
        }

        return await IsWholeHereAsync(id, bytes, sha256, cancellationToken);
    }

    /// <summary>Whether the bucket is known to have a file; false without one.</summary>
    public bool IsKnownInBucket(string id) => _bucket?.IsKnown(id) == true;

    /// <summary>Sees to it that the bucket has a file, from the one that is here where it does not.</summary>
    /// <returns>False when it is not there, and not here, or damaged here, which is logged.</returns>
    /// <exception cref="IOException">The bucket cannot be used.</exception>
    public async Task<bool> EnsureInBucketAsync(string id, string contentType, long bytes, string sha256, CancellationToken cancellationToken)
    {
        if (_bucket is null)
        {
            return await IsWholeHereAsync(id, bytes, sha256, cancellationToken);
        }

        if (_bucket.IsKnown(id) || await _bucket.HasAsync(id, bytes, cancellationToken))
        {
            return true;
        }

        if (!File.Exists(PathOf(id)) || !await IsWholeHereAsync(id, bytes, sha256, cancellationToken))
        {
            return false;
        }

        await UploadAsync(id, contentType, cancellationToken);
        return true;
    }

    /// <summary>Puts a file that is here into the bucket, in one try; nothing without a bucket.</summary>
    /// <exception cref="IOException">The bucket cannot be used.</exception>
    public Task UploadAsync(string id, string contentType, CancellationToken cancellationToken) =>
        _bucket?.StoreAsync(PathOf(id), id, contentType, cancellationToken, once: true) ?? Task.CompletedTask;

    /// <summary>Whether a file is here and what was stored, as <see cref="IsWholeAsync"/>.</summary>
    /// <param name="id">The file.</param>
    /// <param name="bytes">Its size.</param>
    /// <param name="sha256">Its hash.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="isCopy">True where another one is looked for next: a damaged one is no loss yet.</param>
    private async ValueTask<bool> IsWholeHereAsync(string id, long bytes, string sha256, CancellationToken cancellationToken, bool isCopy = false)
    {
        var file = new FileInfo(PathOf(id));
        var look = new Look(file.Exists ? file.Length : -1, file.Exists ? file.LastWriteTimeUtc.Ticks : 0, true);
        if (_looks.TryGetValue(id, out var last) && last with { IsWhole = true } == look)
        {
            return last.IsWhole;
        }

        var fault = look.Length < 0 ? "it is missing"
            : look.Length != bytes ? string.Create(CultureInfo.InvariantCulture, $"it has {look.Length} bytes in the place of {bytes}")
            : await HashAsync(file.FullName, cancellationToken) is var hash && hash != sha256 ? hash is null ? "it cannot be read" : "its bytes are not those that were stored"
            : null;
        if (fault is not null && isCopy)
        {
            return false;
        }

        if (fault is not null)
        {
            Log.MediaLost(_logger, id, fault);
        }

        Remember(id, look with { IsWhole = fault is null });
        return fault is null;
    }

    /// <summary>Ends when a server has sent nothing for as long as <see cref="MediaOptions.IdleTimeout"/>.</summary>
    public CancellationTokenSource Silence() => new(_options.Value.IdleTimeout, _time);

    /// <summary>Refuses what would be too large before its first byte is read.</summary>
    /// <param name="length">How many bytes are announced; null when none are.</param>
    /// <exception cref="MediaTooLargeException">They are too many.</exception>
    public void CheckLength(long? length)
    {
        if (length > _options.Value.MaxBytes)
        {
            throw new MediaTooLargeException(_options.Value.MaxBytes);
        }
    }

    /// <summary>Stores a stream, in the data folder: <see cref="UploadAsync"/> puts it into the bucket.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="expected">What the caller was promised, for the message.</param>
    /// <param name="declaredType">The Content-Type that came with the bytes; null when none did. It counts for sounds that no known header begins.</param>
    /// <param name="digest">What the answer states about the bytes; null for nothing.</param>
    /// <param name="owner">Whose it is: a client, or <see cref="MediaOwner.Everybody"/>.</param>
    /// <param name="cancellationToken">Stops; nothing is kept then.</param>
    /// <returns>The file.</returns>
    /// <exception cref="MediaTooLargeException">The bytes are too many.</exception>
    /// <exception cref="InvalidDataException">The bytes are none at all, not media, or not all of the file.</exception>
    /// <exception cref="IOException">The source broke, came too slowly or for too long, or the disk failed.</exception>
    public Task<ReceivedMedia> ReceiveAsync(
        Stream source, MediaType expected, string? declaredType, MediaDigest? digest, string owner, CancellationToken cancellationToken) =>
        StoreAsync(source, expected, declaredType, digest, owner, isInput: false, cancellationToken);

    private async Task<ReceivedMedia> StoreAsync(
        Stream source, MediaType expected, string? declaredType, MediaDigest? digest, string owner, bool isInput, CancellationToken cancellationToken)
    {
        var id = MediaOwner.NewId(owner, _time.GetUtcNow());
        var temporary = Path.Combine(_incoming, id);
        try
        {
            long length;
            string hash;
            MediaFacts facts;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous))
            {
                (length, hash) = await CopyAsync(source, file, digest, cancellationToken);
                if (isInput && _options.Value.RemoveLocation && ImageLocation.Erase(file))
                {
                    hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
                }

                facts = await JudgeAsync(file, expected, declaredType, cancellationToken);
                if (isInput && InputJudge.TooLarge(facts) is { } large)
                {
                    throw new InvalidDataException(large.TrimEnd('.'));
                }

                file.Flush(flushToDisk: true);
            }

            var now = _time.GetUtcNow();
            if (isInput && _bucket is not null)
            {
                // Its sender still has it. A result exists nowhere else: it is kept here first.
                await _bucket.StoreAsync(temporary, id, facts.ContentType, cancellationToken, once: true);
            }

            MoveIntoPlace(temporary, id);
            RememberWhole(id);
            return new ReceivedMedia(new StoredMedia(id, facts.ContentType, length, hash, now, now + _options.Value.Retention), facts);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Stores an input, without the place where it was made if <see cref="MediaOptions.RemoveLocation"/> asks for that. As <see cref="ReceiveAsync"/> otherwise.</summary>
    public Task<ReceivedMedia> ReceiveInputAsync(Stream source, MediaType expected, string? declaredType, string owner, CancellationToken cancellationToken) =>
        StoreAsync(source, expected, declaredType, null, owner, isInput: true, cancellationToken);

    /// <summary>Stores what another replica has stored before, under the same id.</summary>
    /// <param name="item">What it is.</param>
    /// <param name="pieces">Its bytes.</param>
    /// <param name="cancellationToken">Stops; nothing is kept then.</param>
    /// <exception cref="InvalidDataException">The bytes are not those of the item.</exception>
    public async Task AdoptAsync(MediaItem item, IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        var temporary = Path.Combine(_incoming, $"{item.Id}.{Guid.NewGuid():n}");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
            {
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                await foreach (var piece in pieces.WithCancellation(cancellationToken))
                {
                    hash.AppendData(piece.Span);
                    await file.WriteAsync(piece, cancellationToken);
                }

                if (Convert.ToHexStringLower(hash.GetHashAndReset()) != item.Sha256)
                {
                    throw new InvalidDataException("the bytes are not those of the item");
                }

                file.Flush(flushToDisk: true);
            }

            MoveIntoPlace(temporary, item.Id);
            RememberWhole(item.Id);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>As <see cref="IsWholeAsync"/>, with the bytes read only when the file was written after it had been stored. For a look at all files.</summary>
    public ValueTask<bool> LooksWholeAsync(StoredMedia media, CancellationToken cancellationToken)
    {
        var file = new FileInfo(PathOf(media.Id));
        return file.Exists && file.Length == media.Bytes && file.LastWriteTimeUtc <= media.CreatedAt.UtcDateTime + TimeToStore
            ? ValueTask.FromResult(true)
            : IsWholeAsync(media.Id, media.Bytes, media.Sha256, cancellationToken);
    }

    /// <summary>Takes a copy from the bucket, for those who need a file.</summary>
    private async Task FetchAsync(MediaBucket bucket, string id, long bytes, string sha256, CancellationToken cancellationToken)
    {
        if (!await bucket.HasAsync(id, bytes, cancellationToken))
        {
            return;
        }

        var temporary = Path.Combine(_incoming, $"{id}.{Guid.NewGuid():n}");
        try
        {
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous))
            {
                await using var source = new BucketStream(bucket, id, bytes);
                await source.CopyToAsync(file, cancellationToken);
                file.Position = 0;
                if (Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken)) != sha256)
                {
                    return;
                }
            }

            MoveIntoPlace(temporary, id);
            RememberWhole(id);
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private static async Task<string?> HashAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
            return Convert.ToHexStringLower(await SHA256.HashDataAsync(file, cancellationToken));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private void RememberWhole(string id)
    {
        var file = new FileInfo(PathOf(id));
        Remember(id, new Look(file.Length, file.LastWriteTimeUtc.Ticks, true));
    }

    private void Remember(string id, Look look)
    {
        if (_looks.Count >= LargestKnown)
        {
            _looks.Clear();
        }

        _looks[id] = look;
    }

    /// <summary>The file's bytes are on the disk; its name, and the name of its folder, are when this returns.</summary>
    private void MoveIntoPlace(string temporary, string id)
    {
        var path = PathOf(id);
        var folder = Path.GetDirectoryName(path)!;
        var isNew = !Directory.Exists(folder);
        Directory.CreateDirectory(folder);
        File.Move(temporary, path, overwrite: true);
        _flush.Flush(folder);
        if (isNew)
        {
            _flush.Flush(_folder);
        }
    }

    private async Task<(long Length, string Hash)> CopyAsync(Stream source, FileStream file, MediaDigest? digest, CancellationToken cancellationToken)
    {
        using var other = digest?.Other is { Name: var name } ? IncrementalHash.CreateHash(name) : null;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var total = new CancellationTokenSource(_options.Value.MaxDownloadTime, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token, total.Token);
        var least = (long)(_options.Value.MinDownloadRate * _options.Value.IdleTimeout.TotalSeconds);
        var sinceStart = 0L;
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long length = 0;
            idle.CancelAfter(_options.Value.IdleTimeout);
            while (true)
            {
                var read = await source.ReadAsync(buffer, either.Token);
                if (read == 0)
                {
                    break;
                }

                // A new window begins once this one has brought what it must; so a byte now and then does not hold a place.
                length += read;
                sinceStart += read;
                if (sinceStart >= least)
                {
                    sinceStart = 0;
                    idle.CancelAfter(_options.Value.IdleTimeout);
                }

                if (length > _options.Value.MaxBytes)
                {
                    throw new MediaTooLargeException(_options.Value.MaxBytes);
                }

                hash.AppendData(buffer, 0, read);
                other?.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            if (length == 0)
            {
                throw new InvalidDataException("it is empty");
            }

            var sha256 = hash.GetHashAndReset();
            return (digest?.Sha256 is { } promised && !promised.AsSpan().SequenceEqual(sha256)) || (other is not null && !digest!.Other!.Value.Value.AsSpan().SequenceEqual(other.GetHashAndReset()))
                ? throw new InvalidDataException("its bytes are not those of its digest")
                : (length, Convert.ToHexStringLower(sha256));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException(
                total.IsCancellationRequested ? "it took too long in all" : sinceStart == 0 ? "it stood still for too long" : "it came too slowly, or stood still");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The bytes decide: what they are, and whether they are all there. Only a sound of a kind that has no header is taken on its word, and no text or zeros as one.</summary>
    private static async ValueTask<MediaFacts> JudgeAsync(FileStream file, MediaType expected, string? declaredType, CancellationToken cancellationToken)
    {
        if (await MediaProbe.ReadAsync(file, cancellationToken) is { } facts)
        {
            return await Wholeness.IsWholeAsync(file, facts.ContentType, cancellationToken)
                ? facts with
                {
                    IsSilent = facts.ContentType == "audio/wav" && await WholeSounds.IsSilentAsync(file, cancellationToken),
                    Provenance = await Provenance.ReadAsync(file, facts.ContentType, cancellationToken),
                }
                : throw new InvalidDataException($"it is a part of a file ({facts.ContentType})");
        }

        var declared = declaredType?.Split(';')[0].Trim().ToLowerInvariant();
        return expected == MediaType.Audio && declared?.StartsWith("audio/", StringComparison.Ordinal) == true && !MediaProbe.HasHeader(declared) && await IsSoundAsync(file, cancellationToken)
            ? new MediaFacts(declared, expected)
            : throw new InvalidDataException($"it is no {expected.ToString().ToLowerInvariant()}");
    }

    /// <summary>How a file was found.</summary>
    private readonly record struct Look(long Length, long WrittenAt, bool IsWhole);

    /// <summary>
    /// Whether bytes without a header are a sound. It may begin with a silence: zeros, or the byte of A-law or mu-law that stands for one. Nothing but zeros is none, nor is what reads as text.
    /// </summary>
    private static async ValueTask<bool> IsSoundAsync(FileStream file, CancellationToken cancellationToken)
    {
        const int Head = 512;
        var buffer = new byte[16 * 1024];
        file.Position = 0;
        for (var at = 0L; await file.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken) is var count and > 0; at += count)
        {
            if (at == 0 && IsText(buffer.AsSpan(0, Math.Min(count, Head))))
            {
                return false;
            }

            if (buffer.AsSpan(0, count).ContainsAnyExcept((byte)0))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsText(ReadOnlySpan<byte> head)
    {
        const int Shortest = 64;
        if (head.Length >= Shortest && head[0] > ' ' && !head.ContainsAnyExcept(head[0]))
        {
            // One value all along, which may be a letter, is the silence of A-law.
            return false;
        }

        foreach (var b in head)
        {
            if (b is < 0x20 and not ((byte)'\t' or (byte)'\r' or (byte)'\n') or 0x7f)
            {
                return false;
            }
        }

        // The last character may be cut; older pages have letters above ASCII that are no UTF-8, among many that are ASCII.
        for (var cut = 0; cut < 4 && cut < head.Length; cut++)
        {
            if (Utf8.IsValid(head[..^cut]))
            {
                return true;
            }
        }

        var ascii = 0;
        foreach (var b in head)
        {
            ascii += b < 0x80 ? 1 : 0;
        }

        return ascii * 4 >= head.Length * 3;
    }
}
