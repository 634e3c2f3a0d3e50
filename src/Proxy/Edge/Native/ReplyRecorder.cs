namespace Framegate.Proxy.Edge.Native;

/// <summary>Keeps a copy of an answer while it is written.</summary>
/// <param name="inner">Where it goes.</param>
/// <param name="writing">Called before each piece of it is sent.</param>
internal sealed class ReplyRecorder(Stream inner, Action writing) : Stream
{
    private const int Largest = 256 * 1024;
    private readonly MemoryStream _copy = new();

    /// <summary>What was written.</summary>
    /// <returns>Null when it is too much to be kept.</returns>
    public ReadOnlyMemory<byte>? Written => IsTooLarge ? null : _copy.GetBuffer().AsMemory(0, (int)_copy.Length);

    private bool IsTooLarge { get; set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!IsTooLarge)
        {
            IsTooLarge = _copy.Length + buffer.Length > Largest;
            if (IsTooLarge)
            {
                _copy.SetLength(0);
            }
            else
            {
                _copy.Write(buffer.Span);
            }
        }

        writing();
        await inner.WriteAsync(buffer, cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
