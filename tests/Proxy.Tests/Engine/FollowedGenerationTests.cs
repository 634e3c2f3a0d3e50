using Framegate.EndToEnd.Tests.Harness;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A generation that another replica drives.</summary>
public sealed class FollowedGenerationTests
{
    private readonly List<TaskCompletionSource> _ended = [];

    [Fact]
    public void Adopt_AnOlderStateComesLate_TheEndStays()
    {
        var generation = Lost();
        generation.Adopt(States.Ended("gen_a", GenerationPhase.Succeeded) with { Revision = 7 });

        generation.Adopt(States.Accepted("gen_a", "a") with { Revision = 6 });
        generation.Adopt(States.Accepted("gen_a", "a") with { Revision = 7 });

        Assert.Equal(GenerationPhase.Succeeded, generation.State.Phase);
        Assert.True(generation.Follow().Settled.IsCompleted);
    }

    [Fact]
    public void Adopt_AnOlderStateComesLate_AWishToCancelStays()
    {
        var generation = Lost();
        generation.Update(s => s with { CancelRequested = true });
        generation.Adopt(States.Accepted("gen_a", "a") with { Revision = generation.State.Revision });

        Assert.True(generation.State.CancelRequested);
    }

    /// <remarks>A thousand may have joined one job.</remarks>
    [Fact]
    public async Task FollowAsync_ManyWait_TheStoreIsWatchedOnce_UntilTheLastOneLeaves()
    {
        var generation = Lost();
        using var first = new CancellationTokenSource();
        using var last = new CancellationTokenSource();
        Task[] followers = [WaitAsync(generation, first.Token), WaitAsync(generation, last.Token), WaitAsync(generation, last.Token)];
        var watch = await Eventually.GetAsync(() => Task.FromResult(_ended.FirstOrDefault()), watch => watch is not null);

        await first.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => followers[0]);
        Assert.False(watch!.Task.IsCompleted);

        await last.CancelAsync();
        await watch.Task;
        Assert.Single(_ended);

        // Whoever waits again has a watch of its own.
        using var again = new CancellationTokenSource();
        var waiting = WaitAsync(generation, again.Token);
        await Eventually.GetAsync(() => Task.FromResult(_ended.Count), count => count == 2);
        await again.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private static Task WaitAsync(Generation generation, CancellationToken gone) =>
        generation.ChangedAsync(generation.Observe().Changed, Timeout.InfiniteTimeSpan, TimeProvider.System, gone);

    private Generation Lost() => new(States.Accepted("gen_a", "a") with { Revision = 5 }, TimeProvider.System)
    {
        Remote = async (_, until) =>
        {
            var ended = new TaskCompletionSource();
            _ended.Add(ended);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, until);
            }
            finally
            {
                ended.SetResult();
            }
        },
    };
}
