using System.Buffers;
using System.IO.Compression;
using ZstdSharp;

namespace Framegate.Transforms.Forwarding;

/// <summary>Removes the codings that an answer's <c>Content-Encoding</c> names.</summary>
public static class ContentCoding
{
    /// <summary>What is asked for, in the words of <c>Accept-Encoding</c>. Media are packed as they are.</summary>
    public const string Accepted = "gzip, deflate, br, zstd";

    private const int HeadLength = 8;
    private static readonly SearchValues<byte> s_text = SearchValues.Create([(byte)'\t', (byte)'\r', (byte)'\n', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c)]);

    /// <summary>Opens a body.</summary>
    /// <param name="content">The body with its headers.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Its bytes without any coding. Reading throws <see cref="InvalidDataException"/> when they are not what the header names.</returns>
    /// <remarks>The first bytes go before the header. A server that packs without the header, and one that sends the header and does not pack, are both read. A coding that
    /// nobody has asked for is none: stores write <c>aws-chunked</c> and <c>utf-8</c> there, and whoever reads the bytes judges them.</remarks>
    public static async ValueTask<Stream> OpenAsync(HttpContent content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (content.Headers.ContentEncoding.Count == 0)
        {
            var (head, whole) = await PeekAsync(stream, cancellationToken).ConfigureAwait(false);
            return IsGzip(head) ? new GZipStream(whole, CompressionMode.Decompress) : whole;
        }

        foreach (var coding in content.Headers.ContentEncoding.Reverse())
        {
            stream = await DecodeAsync(stream, coding.Trim().ToLowerInvariant(), cancellationToken).ConfigureAwait(false);
        }

        return stream;
    }

    /// <summary>Whether what is read by <see cref="OpenAsync"/> is the plain body: no coding that packs is left.</summary>
    /// <param name="coding">One coding of the header.</param>
    public static bool IsUndone(string coding)
    {
        ArgumentNullException.ThrowIfNull(coding);
        return coding.Trim().ToLowerInvariant() is "br" or "gzip" or "x-gzip" or "deflate" or "zstd" or "identity" or "none" or "aws-chunked" or "utf-8";
    }

    private static async ValueTask<Stream> DecodeAsync(Stream stream, string coding, CancellationToken cancellationToken)
    {
        switch (coding)
        {
            case "br" or "gzip" or "x-gzip" or "deflate" or "zstd":
                break;
            default:
                return stream;
        }

        var (head, whole) = await PeekAsync(stream, cancellationToken).ConfigureAwait(false);
        return coding switch
        {
            "zstd" => IsZstd(head) ? new ZstdStream(whole) : whole,
            "br" => IsPlain(head) ? whole : new BrotliStream(whole, CompressionMode.Decompress),
            "deflate" => IsPlain(head) ? whole : IsZlib(head) ? new ZLibStream(whole, CompressionMode.Decompress) : new DeflateStream(whole, CompressionMode.Decompress),
            _ => IsGzip(head) ? new GZipStream(whole, CompressionMode.Decompress) : whole,
        };
    }

    private static bool IsGzip(ReadOnlySpan<byte> head) => head is [0x1f, 0x8b, ..];

    /// <summary>Two codings have no mark of their own. What begins as JSON or a known file does is not packed; a packed answer that begins so is next to impossible.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> head) => IsText(head) || head is
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..]
        or [0xff, 0xd8, 0xff, ..] or [(byte)'R', (byte)'I', (byte)'F', (byte)'F', ..] or [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] or [(byte)'I', (byte)'D', (byte)'3', ..]
        or [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] or [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] or [0x1a, 0x45, 0xdf, 0xa3, ..]
        or [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..];

    /// <summary>Whether it begins as JSON. A bracket begins many answers that Brotli packs, so all that is seen must be text.</summary>
    private static bool IsText(ReadOnlySpan<byte> head) =>
        (head is [(byte)'{', (byte)'"' or (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'}', ..] || head is [(byte)'[', (byte)'{' or (byte)'"', ..])
        && !head.ContainsAnyExcept(s_text);

    private static bool IsZstd(ReadOnlySpan<byte> head) => head is [0x28, 0xb5, 0x2f, 0xfd, ..];

    // RFC 1950: the method is 8, and the two bytes are a multiple of 31.
    private static bool IsZlib(ReadOnlySpan<byte> head) => head.Length >= 2 && (head[0] & 0x0f) == 8 && ((head[0] << 8) | head[1]) % 31 == 0;

    private static async ValueTask<(byte[] Head, Stream Whole)> PeekAsync(Stream stream, CancellationToken cancellationToken)
    {
        var head = new byte[HeadLength];
        var read = 0;
        Exception? broken = null;
        try
        {
            while (read < head.Length && await stream.ReadAsync(head.AsMemory(read), cancellationToken).ConfigureAwait(false) is var more and > 0)
            {
                read += more;
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException && read > 0)
        {
            broken = e;
        }

        return (head[..read], new Resumed(head.AsMemory(0, read), stream, broken));
    }

    /// <summary>The bytes that were looked at, and then the rest.</summary>
    private sealed class Resumed(ReadOnlyMemory<byte> head, Stream rest, Exception? broken) : Stream
    {
        private ReadOnlyMemory<byte> _head = head;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_head.IsEmpty || buffer.IsEmpty)
            {
                return broken is null ? rest.ReadAsync(buffer, cancellationToken) : ValueTask.FromException<int>(broken);
            }

            return new(TakeHead(buffer.Span));
        }

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer) =>
            !_head.IsEmpty && !buffer.IsEmpty ? TakeHead(buffer) : broken is null ? rest.Read(buffer) : throw broken;

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                rest.Dispose();
            }

            base.Dispose(disposing);
        }

        private int TakeHead(Span<byte> buffer)
        {
            var count = Math.Min(_head.Length, buffer.Length);
            _head.Span[..count].CopyTo(buffer);
            _head = _head[count..];
            return count;
        }
    }

    /// <summary>Zstandard, whose library has exceptions of its own.</summary>
    private sealed class ZstdStream(Stream packed) : Stream
    {
        private readonly DecompressionStream _inner = new(packed, leaveOpen: false);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await _inner.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (ZstdException e)
            {
                throw new InvalidDataException(e.Message, e);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                _inner.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
