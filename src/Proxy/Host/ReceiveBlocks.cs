using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Framegate.Proxy.Host;

/// <summary>
/// The memory that clients' connections are received into and answered from, in blocks four times those of the server's own pool: a large body comes in with a quarter of the
/// calls. What was not needed for a while is given back.
/// </summary>
internal sealed class ReceiveBlocks : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockSize = 16 * 1024;
    private static readonly TimeSpan TrimEvery = TimeSpan.FromSeconds(10);
    private readonly ConcurrentQueue<Block> _free = new();
    private readonly ITimer _trim;

    // The fewest free blocks since the last trim: so many nobody has needed.
    private int _unneeded;
    private long _givenBack;

    public ReceiveBlocks(TimeProvider time) => _trim = time.CreateTimer(static pool => ((ReceiveBlocks)pool!).Trim(), this, TrimEvery, TrimEvery);

    /// <inheritdoc />
    public override int MaxBufferSize => BlockSize;

    /// <summary>How many blocks lie ready.</summary>
    public int Free => _free.Count;

    /// <summary>What was given back since the start, bytes.</summary>
    public long GivenBack => Volatile.Read(ref _givenBack);

    /// <inheritdoc />
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
        if (!_free.TryDequeue(out var block))
        {
            _unneeded = 0;
            return new Block(this);
        }

        _unneeded = Math.Min(_unneeded, _free.Count);
        return block.Taken();
    }

    /// <inheritdoc />
    /// <remarks>All of the server's parts share one.</remarks>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <summary>Gives back what was not needed since the last time.</summary>
    public void Trim()
    {
        for (var unneeded = _unneeded; unneeded > 0 && _free.TryDequeue(out _); unneeded--)
        {
            Volatile.Write(ref _givenBack, _givenBack + BlockSize);
        }

        _unneeded = _free.Count;
    }

    /// <inheritdoc />
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _trim.Dispose();
        }
    }

    private sealed class Block(ReceiveBlocks pool) : IMemoryOwner<byte>
    {
        // Pinned for its life, since the kernel writes into it.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
        private int _isTaken = 1;

        public Memory<byte> Memory => _bytes;

        public Block Taken()
        {
            _isTaken = 1;
            return this;
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isTaken, 0) == 1)
            {
                pool._free.Enqueue(this);
            }
        }
    }
}
