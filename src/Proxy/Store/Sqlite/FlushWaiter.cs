namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Somebody who waits for the disk; the result is false when the journal had no room.</summary>
internal sealed class FlushWaiter : TaskCompletionSource<bool>
{
    /// <summary>
    /// Lets them go on, in as many groups as there are processors: to queue each for itself would cost more than most have to do.
    /// </summary>
    /// <param name="waiters">All that waited for the same flush.</param>
    /// <param name="written">Whether their records are on the disk.</param>
    /// <param name="failure">Why the disk did not take them; null when it did.</param>
    public static void Resume(List<FlushWaiter> waiters, bool written, Exception? failure)
    {
        FlushWaiter[] all = [.. waiters];
        var groups = Math.Min(all.Length, Environment.ProcessorCount);
        for (var g = 0; g < groups; g++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Group(all, g, groups, written, failure), preferLocal: false);
        }
    }

    private sealed class Group(FlushWaiter[] waiters, int first, int step, bool written, Exception? failure) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            for (var i = first; i < waiters.Length; i += step)
            {
                if (failure is null)
                {
                    waiters[i].TrySetResult(written);
                }
                else
                {
                    waiters[i].TrySetException(failure);
                }
            }
        }
    }
}
