namespace Framegate.Proxy.Storage;

/// <summary>Somebody who waits for the disk.</summary>
/// <param name="file">What is to get there.</param>
internal sealed class FlushWaiter(JournalFile file) : TaskCompletionSource
{
    /// <summary>What is to get there.</summary>
    public JournalFile File { get; } = file;

    /// <summary>
    /// Lets them go on, in as many groups as there are processors: to queue each for itself would cost more than most have to do.
    /// </summary>
    /// <param name="waiters">All that waited for the same flush.</param>
    /// <param name="failure">Why it failed; null when it did not.</param>
    public static void Resume(List<FlushWaiter> waiters, IOException? failure)
    {
        var groups = Math.Min(waiters.Count, Environment.ProcessorCount);
        for (var g = 0; g < groups; g++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(new Group(waiters, g, groups, failure), preferLocal: false);
        }
    }

    private sealed class Group(List<FlushWaiter> waiters, int first, int step, IOException? failure) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            for (var i = first; i < waiters.Count; i += step)
            {
                if (failure is null)
                {
                    waiters[i].TrySetResult();
                }
                else
                {
                    waiters[i].TrySetException(failure);
                }
            }
        }
    }
}
