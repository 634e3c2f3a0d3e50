using System.Buffers;
using System.Security.Cryptography;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Proxy.Media.Probe;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media;

/// <summary>Files of results in the data folder. They are written to a temporary name, hashed on the way, and then moved into place.</summary>
internal sealed class MediaStore
{
    private const int BufferSize = 64 * 1024;
    private readonly string _folder;
    private readonly string _incoming;
    private readonly FolderFlush _flush;
    private readonly IOptions<MediaOptions> _options;
    private readonly TimeProvider _time;

    public MediaStore(DataFolder data, FolderFlush flush, IOptions<MediaOptions> options, TimeProvider time)
    {
        _flush = flush;
        _folder = Path.Combine(data.Path, "media");
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
    public string PathOf(string id) => Path.Combine(_folder, id[^2..], id);

    /// <summary>Deletes a file; one that is gone already is fine.</summary>
    public void Delete(string id) => File.Delete(PathOf(id));

    /// <summary>Stores a stream.</summary>
    /// <param name="source">The bytes.</param>
    /// <param name="expected">What the caller was promised; decides for bytes that no known header begins.</param>
    /// <param name="declaredType">The Content-Type that came with the bytes; null when none did.</param>
    /// <param name="cancellationToken">Stops; nothing is kept then.</param>
    /// <returns>The file.</returns>
    /// <exception cref="InvalidDataException">The bytes are too many, none at all, or not media.</exception>
    /// <exception cref="IOException">The source broke, stood still for too long, or the disk failed.</exception>
    public async Task<ReceivedMedia> ReceiveAsync(Stream source, MediaType expected, string? declaredType, CancellationToken cancellationToken)
    {
        var id = "med_" + Guid.CreateVersion7(_time.GetUtcNow()).ToString("n");
        var temporary = Path.Combine(_incoming, id);
        try
        {
            long length;
            string hash;
            MediaFacts facts;
            await using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.Asynchronous))
            {
                (length, hash) = await CopyAsync(source, file, cancellationToken);
                facts = Judge(await MediaProbe.ReadAsync(file, cancellationToken), expected, declaredType);
                file.Flush(flushToDisk: true);
            }

            var now = _time.GetUtcNow();
            MoveIntoPlace(temporary, id);
            return new ReceivedMedia(new StoredMedia(id, facts.ContentType, length, hash, now, now + _options.Value.Retention), facts);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

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
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
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

    private async Task<(long Length, string Hash)> CopyAsync(Stream source, FileStream file, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var idle = new CancellationTokenSource(Timeout.InfiniteTimeSpan, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, idle.Token);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            long length = 0;
            while (true)
            {
                idle.CancelAfter(_options.Value.IdleTimeout);
                var read = await source.ReadAsync(buffer, either.Token);
                if (read == 0)
                {
                    break;
                }

                length += read;
                if (length > _options.Value.MaxBytes)
                {
                    throw new InvalidDataException($"it is larger than {_options.Value.MaxBytes} bytes");
                }

                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }

            return length > 0
                ? (length, Convert.ToHexStringLower(hash.GetHashAndReset()))
                : throw new InvalidDataException("it is empty");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("it stood still for too long");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The bytes decide; a format without a known header is taken on its word when its type fits what was asked for.</summary>
    private static MediaFacts Judge(MediaFacts? facts, MediaType expected, string? declaredType)
    {
        if (facts is not null)
        {
            return facts;
        }

        var declared = declaredType?.Split(';')[0].Trim().ToLowerInvariant();
        return declared is not null && declared.StartsWith(expected.ToString().ToLowerInvariant() + "/", StringComparison.Ordinal)
            ? new MediaFacts(declared, expected, null, null, null)
            : throw new InvalidDataException($"it is no {expected.ToString().ToLowerInvariant()}");
    }
}
