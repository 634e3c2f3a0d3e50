namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Frames that go to the disk together, and those who wait for them.</summary>
internal sealed class JournalBatch
{
    private const int Start = 64 * 1024;
    private const int Largest = 2 * 1024 * 1024;
    private byte[] _buffer = new byte[Start];
    private int _length;

    /// <summary>Who waits.</summary>
    public List<FlushWaiter> Waiters { get; } = [];

    /// <summary>The frames.</summary>
    public Span<byte> Frames => _buffer.AsSpan(0, _length);

    /// <summary>Takes a sealed frame in.</summary>
    /// <returns>False when there is no room for it.</returns>
    public bool TryAdd(ReadOnlySpan<byte> frame)
    {
        var room = JournalFile.RoomFor(frame.Length);
        if (_length + room > _buffer.Length)
        {
            if (_length + room > Largest)
            {
                return false;
            }

            Array.Resize(ref _buffer, Math.Clamp(2 * (_length + room), _buffer.Length, Largest));
        }

        frame.CopyTo(_buffer.AsSpan(_length));
        _buffer.AsSpan(_length + frame.Length, room - frame.Length).Clear();
        _length += room;
        return true;
    }

    /// <summary>Makes ready for others.</summary>
    public void Clear()
    {
        _length = 0;
        Waiters.Clear();
    }
}
