namespace Framegate.Proxy.Media.Bucket;

/// <summary>A file of the bucket as a stream that can be read from any place; it asks the bucket for what is read, and holds nothing.</summary>
internal sealed class BucketStream(MediaBucket bucket, string id, long length) : Stream
{
    // A bucket that always breaks off is away.
    private const int MostBreaks = 3;
    private Stream? _open;
    private long _openedAt;
    private long _position;
    private int _breaks;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => Seek(value, SeekOrigin.Begin);
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var position = origin switch { SeekOrigin.Begin => offset, SeekOrigin.Current => _position + offset, _ => length + offset };
        if (position != _position)
        {
            _open?.Dispose();
            (_open, _position) = (null, position);
        }

        return _position;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= length || buffer.IsEmpty)
        {
            return 0;
        }

        while (true)
        {
            try
            {
                if (_open is null)
                {
                    (_open, _openedAt) = (await bucket.OpenAsync(id, _position, length, cancellationToken), _position);
                }

                var read = await bucket.ReadAsync(_open, buffer[..(int)Math.Min(buffer.Length, length - _position)], cancellationToken);
                _position += read;
                return read;
            }
            catch (BucketAwayException) when (_open is not null && _position > _openedAt && _breaks++ < MostBreaks)
            {
                // The answer broke off, and whoever reads this has had a part of the file: the rest follows from here.
                await _open.DisposeAsync();
                _open = null;
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _open?.Dispose();
        base.Dispose(disposing);
    }
}
