namespace Framegate.Proxy.Edge.Native;

/// <summary>The room for copies of answers, some of which are large, as of pictures in base64: what is written while nobody knows yet whether it arrives, and what has not arrived.</summary>
/// <param name="bytes">How much there is.</param>
internal sealed class ReplyRoom(long bytes)
{
    private long _free = bytes;

    /// <summary>Takes some of it.</summary>
    /// <returns>False when there is not that much.</returns>
    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _free, -bytes) >= 0)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    /// <summary>Takes some of it, whether it is there or not.</summary>
    public void Take(int bytes) => Interlocked.Add(ref _free, -bytes);

    /// <summary>Gives some of it back.</summary>
    public void Return(int bytes) => Interlocked.Add(ref _free, bytes);
}
