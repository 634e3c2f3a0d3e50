using System.Collections.Concurrent;
using System.Net;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media.Bucket;

/// <summary>Files of results in a bucket of any server that speaks S3.</summary>
internal sealed class MediaBucket : IDisposable
{
    private const int PartBytes = 8 * 1024 * 1024;
    private const int LargestKnown = 50_000;

    // Each file names the store that knows it: another one's must not be taken for what nobody knows.
    private const string Mark = "framegate-store";
    private static readonly TimeSpan PauseBetweenTries = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    // Somebody waits for the answer to these; a bucket that does not answer is away.
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LinksLast = TimeSpan.FromMinutes(5);
    private readonly BucketOptions _options;
    private readonly AmazonS3Client _client;
    private readonly TimeProvider _time;
    private readonly ILogger<MediaBucket> _logger;
    private readonly IKnownStore? _store;

    // What was stored or seen there by this process: a copy of it may go at any time.
    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    public MediaBucket(IOptions<BucketOptions> options, TimeProvider time, ILogger<MediaBucket> logger, IKnownStore? store = null)
    {
        (_options, _time, _logger, _store) = (options.Value, time, logger, store);
        var config = new AmazonS3Config
        {
            ForcePathStyle = _options.PathStyle,
            AuthenticationRegion = _options.Region,

            // What AWS adds of its own others do not know.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            Timeout = TimeSpan.FromSeconds(100),
            MaxErrorRetry = 1,
        };
        if (_options.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
        }
        else
        {
            config.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(_options.Region);
        }

        _client = new AmazonS3Client(new BucketKeys(_options), config);
    }

    /// <summary>True when who asks for a file is sent to the bucket.</summary>
    public bool Redirects => _options.Redirect;

    /// <summary>Whether this process has stored a file there, or has seen it there, whether the bucket can be asked now or not.</summary>
    public bool IsKnown(string id) => _known.ContainsKey(id);

    /// <summary>Stores a file of this machine. A bucket that is away is tried for a while.</summary>
    /// <param name="path">The file.</param>
    /// <param name="id">Its id.</param>
    /// <param name="contentType">Its media type.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <param name="once">True where somebody waits for it, or tries again later: a bucket that is away is reported at once.</param>
    /// <exception cref="BucketAwayException">It could not be stored, or not for a long time.</exception>
    public async Task StoreAsync(string path, string id, string contentType, CancellationToken cancellationToken, bool once = false)
    {
        var until = _time.GetUtcNow() + Patience;
        while (true)
        {
            try
            {
                await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
                await (file.Length < PartBytes ? PutAsync(file, id, contentType, cancellationToken) : PutPartsAsync(file, id, contentType, cancellationToken));
                Remember(id);
                return;
            }
            catch (Exception e) when (IsOfTheBucket(e))
            {
                Log.BucketAway(_logger, e.Message);
                if (once || _time.GetUtcNow() >= until)
                {
                    throw new BucketAwayException(e);
                }

                await Pause.ForAsync(PauseBetweenTries, _time, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <summary>Whether a file is there, with the length that it should have.</summary>
    /// <exception cref="BucketAwayException">The bucket cannot be asked.</exception>
    public async Task<bool> HasAsync(string id, long bytes, CancellationToken cancellationToken)
    {
        try
        {
            if ((await LookAsync(c => _client.GetObjectMetadataAsync(_options.Name, KeyOf(id), c), cancellationToken)).ContentLength == bytes)
            {
                Remember(id);
                return true;
            }

            _known.TryRemove(id, out _);
            return false;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            _known.TryRemove(id, out _);
            return false;
        }
        catch (Exception e) when (IsOfTheBucket(e))
        {
            throw new BucketAwayException(e);
        }
    }

    /// <summary>Reads what the bucket sends.</summary>
    /// <exception cref="BucketAwayException">It sends nothing more.</exception>
    public async Task<int> ReadAsync(Stream body, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await LookAsync(async c => await body.ReadAsync(buffer, c) is > 0 and var read ? read : throw new EndOfStreamException("it breaks off"), cancellationToken);
        }
        catch (Exception e) when (IsOfTheBucket(e))
        {
            throw new BucketAwayException(e);
        }
    }

    /// <summary>The bytes of a file from an offset on.</summary>
    /// <exception cref="BucketAwayException">The bucket cannot be asked, or does not have it, or not as long as it should be.</exception>
    public async Task<Stream> OpenAsync(string id, long from, long bytes, CancellationToken cancellationToken)
    {
        try
        {
            // Always a range: of a whole file the library takes the ETag for an MD5, which other servers than AWS's do not promise. The file's own SHA-256 is known.
            var request = new GetObjectRequest { BucketName = _options.Name, Key = KeyOf(id), ByteRange = new ByteRange(from, bytes - 1) };

            var answer = await LookAsync(c => _client.GetObjectAsync(request, c), cancellationToken);

            // A server without ranges begins at the beginning; one behind a proxy may not send the length.
            if ((answer.ContentLength > 0 && answer.ContentLength != bytes - from) || (from > 0 && answer.ContentRange?.StartsWith($"bytes {from}-", StringComparison.Ordinal) != true))
            {
                answer.Dispose();
                throw new IOException("it answers with another part, or another length, than was asked for");
            }

            return answer.ResponseStream;
        }
        catch (Exception e) when (IsOfTheBucket(e))
        {
            throw new BucketAwayException(e);
        }
    }

    /// <summary>An address at which the bucket gives the file to whoever has it, for five minutes.</summary>
    public string LinkTo(string id, string contentType, string disposition) => _client.GetPreSignedURL(new GetPreSignedUrlRequest
    {
        BucketName = _options.Name,
        Key = KeyOf(id),
        Expires = (_time.GetUtcNow() + LinksLast).UtcDateTime,
        Protocol = _options.Endpoint?.Scheme == Uri.UriSchemeHttp ? Protocol.HTTP : Protocol.HTTPS,
        ResponseHeaderOverrides = new ResponseHeaderOverrides { ContentType = contentType, ContentDisposition = disposition },
    });

    /// <summary>Deletes a file; one that is gone already is fine.</summary>
    /// <exception cref="BucketAwayException">The bucket cannot be asked; it is still there.</exception>
    public async Task DeleteAsync(string id, CancellationToken cancellationToken)
    {
        _known.TryRemove(id, out _);
        try
        {
            await _client.DeleteObjectAsync(_options.Name, KeyOf(id), cancellationToken);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
        }
        catch (Exception e) when (IsOfTheBucket(e))
        {
            throw new BucketAwayException(e);
        }
    }

    /// <summary>The files that were stored before a time, whether anybody knows them or not.</summary>
    /// <exception cref="BucketAwayException">The bucket cannot be asked.</exception>
    public async IAsyncEnumerable<string> ListAsync(DateTimeOffset before, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var request = new ListObjectsV2Request { BucketName = _options.Name, Prefix = _options.Prefix + "med_" };
        do
        {
            ListObjectsV2Response page;
            try
            {
                page = await _client.ListObjectsV2Async(request, cancellationToken);
            }
            catch (Exception e) when (IsOfTheBucket(e))
            {
                throw new BucketAwayException(e);
            }

            foreach (var item in (page.S3Objects ?? []).Where(o => o.LastModified?.ToUniversalTime() < before.UtcDateTime))
            {
                yield return item.Key[_options.Prefix.Length..];
            }

            request.ContinuationToken = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (request.ContinuationToken is not null);
    }

    /// <summary>Drops uploads that were begun before a time and never ended, since their process was killed: their parts are paid for and in no list. Whose they were does not matter.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="BucketAwayException">The bucket cannot be asked.</exception>
    public async Task<int> DropUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var (request, dropped) = (new ListMultipartUploadsRequest { BucketName = _options.Name, Prefix = _options.Prefix + "med_" }, 0);
        try
        {
            ListMultipartUploadsResponse page;
            bool isNew;
            do
            {
                page = await _client.ListMultipartUploadsAsync(request, cancellationToken);
                foreach (var upload in (page.MultipartUploads ?? []).Where(u => u.Initiated?.ToUniversalTime() < before.UtcDateTime))
                {
                    try
                    {
                        await _client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _options.Name, Key = upload.Key, UploadId = upload.UploadId }, cancellationToken);
                        dropped++;
                    }
                    catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
                    {
                        // It has ended meanwhile, or may not be dropped.
                    }
                }

                // Not every server goes on where the request asks.
                isNew = (page.NextKeyMarker, page.NextUploadIdMarker) != (request.KeyMarker, request.UploadIdMarker);
                (request.KeyMarker, request.UploadIdMarker) = (page.NextKeyMarker, page.NextUploadIdMarker);
            }
            while (page.IsTruncated == true && isNew && page.NextKeyMarker is { Length: > 0 });
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Forbidden or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented)
        {
            // A server that has no such list, or a key that may not read it: the bucket's own rules take the parts.
        }
        catch (Exception e) when (IsOfTheBucket(e))
        {
            throw new BucketAwayException(e);
        }

        return dropped;
    }

    /// <summary>Whether a file was stored by this store. One of another store, of an earlier build or of nobody known is not.</summary>
    /// <exception cref="BucketAwayException">The bucket cannot be asked.</exception>
    public async Task<bool> IsOwnAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            var file = await LookAsync(c => _client.GetObjectMetadataAsync(_options.Name, KeyOf(id), c), cancellationToken);
            return _store?.StoreId is { Length: > 0 } own && file.Metadata[Mark] == own;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return false;
        }
        catch (Exception e) when (IsOfTheBucket(e))
        {
            throw new BucketAwayException(e);
        }
    }

    /// <summary>Tries whether it can be read.</summary>
    /// <returns>Why not; null when it can.</returns>
    public async Task<string?> WhyAwayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _options.Name, Prefix = _options.Prefix, MaxKeys = 1 }, cancellationToken);
            return null;
        }
        catch (Exception e) when (IsOfTheBucket(e))
        {
            return e.Message;
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>Asks the bucket, for so long that its first bytes should be here.</summary>
    private async Task<T> LookAsync<T>(Func<CancellationToken, Task<T>> look, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LongestLook, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await look(either.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new IOException("it does not answer", e);
        }
    }

    /// <summary>Whether the bucket has failed. The library throws what its parsers throw at headers and XML of other servers than AWS's.</summary>
    private static bool IsOfTheBucket(Exception e) => e is not OperationCanceledException or TaskCanceledException { InnerException: TimeoutException };

    private void Remember(string id)
    {
        if (_known.Count >= LargestKnown)
        {
            // They are asked for again.
            _known.Clear();
        }

        _known[id] = 0;
    }

    private string KeyOf(string id) => _options.Prefix + id;

    private async Task PutAsync(FileStream file, string id, string contentType, CancellationToken cancellationToken)
    {
        var request = new PutObjectRequest { BucketName = _options.Name, Key = KeyOf(id), InputStream = file, AutoCloseStream = false, ContentType = contentType, UseChunkEncoding = false };
        Sign(request.Metadata);
        await _client.PutObjectAsync(request, cancellationToken);
    }

    private void Sign(MetadataCollection metadata)
    {
        if (_store?.StoreId is { Length: > 0 } own)
        {
            metadata[Mark] = own;
        }
    }

    private async Task PutPartsAsync(FileStream file, string id, string contentType, CancellationToken cancellationToken)
    {
        var request = new InitiateMultipartUploadRequest { BucketName = _options.Name, Key = KeyOf(id), ContentType = contentType };
        Sign(request.Metadata);
        var begun = await _client.InitiateMultipartUploadAsync(request, cancellationToken);
        try
        {
            var parts = new List<PartETag>();
            var buffer = new byte[PartBytes];
            for (int number = 1, read; (read = await file.ReadAtLeastAsync(buffer, PartBytes, throwOnEndOfStream: false, cancellationToken)) > 0; number++)
            {
                using var part = new MemoryStream(buffer, 0, read, writable: false);
                var stored = await _client.UploadPartAsync(
                    new UploadPartRequest { BucketName = _options.Name, Key = KeyOf(id), UploadId = begun.UploadId, PartNumber = number, InputStream = part, PartSize = read, UseChunkEncoding = false },
                    cancellationToken);
                parts.Add(new PartETag(number, stored.ETag));
            }

            await _client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest { BucketName = _options.Name, Key = KeyOf(id), UploadId = begun.UploadId, PartETags = parts }, cancellationToken);
        }
        catch
        {
            try
            {
                await _client.AbortMultipartUploadAsync(new AbortMultipartUploadRequest { BucketName = _options.Name, Key = KeyOf(id), UploadId = begun.UploadId }, CancellationToken.None);
            }
            catch (Exception e) when (IsOfTheBucket(e))
            {
                // The bucket's own rules for unfinished uploads take the parts.
            }

            throw;
        }
    }
}
