using System.Buffers;
using System.Buffers.Text;

namespace Framegate.Transforms.Forwarding;

/// <summary>Literals and streams one after the other, some as base64, which is made while it is read.</summary>
internal sealed class FilledStream(IReadOnlyList<(ReadOnlyMemory<byte> Literal, Stream? Input, bool IsBase64)> parts, long length) : Stream
{
    // A multiple of three, so that no block but the last is padded.
    private const int Block = 48 * 1024;
    private byte[]? _raw;
    private byte[]? _encoded;
    private ReadOnlyMemory<byte> _ready;
    private int _part = -1;
    private bool _isOver = true;
    private long _position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => length;

    /// <summary>It can be set to the beginning, to be read again.</summary>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNotEqual(value, 0);
            (_part, _isOver, _position, _ready) = (-1, true, 0, default);
            foreach (var (_, input, _) in parts)
            {
                _ = input?.Seek(0, SeekOrigin.Begin);
            }
        }
    }

    public override int Read(Span<byte> buffer)
    {
        while (_ready.IsEmpty)
        {
            if (_isOver)
            {
                if (++_part >= parts.Count)
                {
                    _part = parts.Count;
                    return 0;
                }

                (_isOver, _ready) = (parts[_part].Input is null, parts[_part].Literal);
                continue;
            }

            var (_, input, isBase64) = parts[_part];
            if (!isBase64)
            {
                var direct = input!.Read(buffer);
                _isOver = direct == 0 && !buffer.IsEmpty;
                if (_isOver)
                {
                    continue;
                }

                _position += direct;
                return direct;
            }

            _raw ??= ArrayPool<byte>.Shared.Rent(Block);
            _encoded ??= ArrayPool<byte>.Shared.Rent(Block / 3 * 4);
            var read = input!.ReadAtLeast(_raw.AsSpan(0, Block), Block, throwOnEndOfStream: false);
            _isOver = read < Block;
            Base64.EncodeToUtf8(_raw.AsSpan(0, read), _encoded, out _, out var written);
            _ready = _encoded.AsMemory(0, written);
        }

        var taken = Math.Min(buffer.Length, _ready.Length);
        _ready.Span[..taken].CopyTo(buffer);
        _ready = _ready[taken..];
        _position += taken;
        return taken;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        cancellationToken.IsCancellationRequested ? ValueTask.FromCanceled<int>(cancellationToken) : new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override long Seek(long offset, SeekOrigin origin) => Position = origin == SeekOrigin.Begin ? offset : throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        foreach (var (_, input, _) in disposing ? parts : [])
        {
            input?.Dispose();
        }

        foreach (var rented in new[] { _raw, _encoded })
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }

        (_raw, _encoded, _ready, _part) = (null, null, default, parts.Count);
        base.Dispose(disposing);
    }
}
