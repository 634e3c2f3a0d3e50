using System.Buffers;

namespace Framegate.Transforms.Secrets;

/// <summary>A body with asterisks over each secret in it, wherever the pieces in which it arrives are cut. Its length is that of the body.</summary>
/// <param name="inner">The body.</param>
/// <param name="mask">Knows the secrets.</param>
public sealed class MaskedStream(Stream inner, SecretMask mask) : Stream
{
    private const int Piece = 16 * 1024;
    private byte[] _buffer = [];
    private int _start;
    private int _settled;
    private int _end;
    private bool _isComplete;

    /// <inheritdoc />
    public override bool CanRead => true;

    /// <inheritdoc />
    public override bool CanSeek => false;

    /// <inheritdoc />
    public override bool CanWrite => false;

    /// <inheritdoc />
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc />
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc />
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_start == _settled && !_isComplete && !buffer.IsEmpty)
        {
            MakeRoom();
            var read = await inner.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
            _isComplete = read == 0;
            _end += read;
            _settled = _isComplete ? _end : mask.ApplyToPiece(_buffer.AsSpan(0, _end));
            if (_isComplete)
            {
                mask.Apply(_buffer.AsSpan(0, _end));
            }
        }

        var count = Math.Min(buffer.Length, _settled - _start);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc />
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc />
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It is read asynchronously.");

    /// <inheritdoc />
    public override void Flush()
    {
    }

    /// <inheritdoc />
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
            if (_buffer.Length > 0)
            {
                ArrayPool<byte>.Shared.Return(_buffer);
            }

            (_buffer, _start, _settled, _end, _isComplete) = ([], 0, 0, 0, true);
        }

        base.Dispose(disposing);
    }

    private void MakeRoom()
    {
        var held = _end - _start;
        if (_buffer.Length == 0)
        {
            _buffer = ArrayPool<byte>.Shared.Rent(Piece);
        }

        _buffer.AsSpan(_start, held).CopyTo(_buffer);
        (_start, _settled, _end) = (0, 0, held);
    }
}
