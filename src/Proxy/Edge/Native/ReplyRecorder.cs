using System.Buffers;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Keeps a copy of an answer while it is written, or holds it until it is let go of.</summary>
/// <param name="inner">Where it goes.</param>
/// <param name="writing">Called before each piece of it is sent, with whether more may come.</param>
/// <param name="holds">Asked when the first piece comes: whether the answer is held. One that grows large is let go of.</param>
/// <param name="room">Where copies of large answers have to find room.</param>
internal sealed class ReplyRecorder(Stream inner, Action<bool> writing, Func<bool> holds, ReplyRoom room) : Stream
{
    private const int LargestHeld = 256 * 1024;
    private const int Largest = 32 * 1024 * 1024;
    private const int Smallest = 1024;
    private byte[] _copy = [];
    private int _length;
    private int _taken;
    private bool? _isHeld;

    /// <summary>True while nothing of it has been sent.</summary>
    public bool IsHeld => _isHeld == true;

    /// <summary>True when it is kept only where its caller is known to have gone.</summary>
    public bool IsLarge => IsTooLarge || _length > LargestHeld;

    /// <summary>True when there is too much of it to be kept.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>What was written, unless that is too much.</summary>
    public byte[] Written => _copy.AsSpan(0, _length).ToArray();

    public override bool CanRead => false;

    /// <summary>What is held can be taken back, by a length of 0.</summary>
    public override bool CanSeek => IsHeld;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _isHeld ??= holds();
        if (_length + buffer.Length > LargestHeld)
        {
            await LetGoAsync(moreMayCome: true, cancellationToken);
        }

        Keep(buffer.Span);
        if (_isHeld == false)
        {
            writing(true);
            await inner.WriteAsync(buffer, cancellationToken);
        }
    }

    /// <summary>Sends what is held, which is the whole of the answer.</summary>
    public ValueTask LetGoAsync(CancellationToken cancellationToken) => LetGoAsync(moreMayCome: false, cancellationToken);

    private async ValueTask LetGoAsync(bool moreMayCome, CancellationToken cancellationToken)
    {
        if (IsHeld)
        {
            _isHeld = false;
            writing(moreMayCome);
            await inner.WriteAsync(_copy.AsMemory(0, _length), cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => IsHeld ? Task.CompletedTask : inner.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value)
    {
        if (!IsHeld || value != 0)
        {
            throw new NotSupportedException();
        }

        (_isHeld, _length) = (null, 0);
    }

    protected override void Dispose(bool disposing)
    {
        Release();
        base.Dispose(disposing);
    }

    private void Keep(ReadOnlySpan<byte> piece)
    {
        if (IsTooLarge)
        {
            return;
        }

        if (_length + piece.Length > _copy.Length)
        {
            var size = Math.Max(Smallest, Math.Max(_length + piece.Length, 2 * _length));
            var isLarge = size > LargestHeld;
            if (_length + piece.Length > Largest || (isLarge && !room.TryTake(size)))
            {
                IsTooLarge = true;
                Release();
                return;
            }

            var larger = ArrayPool<byte>.Shared.Rent(size);
            _copy.AsSpan(0, _length).CopyTo(larger);
            var length = _length;
            Release();
            (_copy, _length, _taken) = (larger, length, isLarge ? size : 0);
        }

        piece.CopyTo(_copy.AsSpan(_length));
        _length += piece.Length;
    }

    private void Release()
    {
        if (_copy.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_copy);
        }

        room.Return(_taken);
        (_copy, _length, _taken) = ([], 0, 0);
    }
}
