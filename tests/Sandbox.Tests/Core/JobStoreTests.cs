using Framegate.Sandbox.Core;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Sandbox.Tests.Core;

public class JobStoreTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly JobStore<Job> _store;

    public JobStoreTests() => _store = new JobStore<Job>(_time);

    [Fact]
    public void Add_MoreThanItHolds_ForgetsTheOldest()
    {
        for (var i = 0; i <= JobStore<Job>.Capacity; i++)
        {
            Add($"{i}");
        }

        Assert.False(_store.TryGet("0", out _));
        Assert.True(_store.TryGet("1", out _));
        Assert.True(_store.TryGet($"{JobStore<Job>.Capacity}", out _));
    }

    [Fact]
    public void Add_LongAfterTheEndOfOthers_ForgetsThose()
    {
        Add("old");
        _time.Advance(JobStore<Job>.KeptAfterEnd);
        Add("kept");
        Assert.True(_store.TryGet("old", out _));
        _time.Advance(TimeSpan.FromSeconds(2));
        Add("new");
        Assert.False(_store.TryGet("old", out _));
        Assert.True(_store.TryGet("kept", out _));
    }

    [Fact]
    public void Add_HugePrompts_KeepsThemWithinABudget()
    {
        for (var i = 0; i < 80; i++)
        {
            Add($"{i}", new string('x', 1_000_000));
        }

        Assert.Equal(64, _store.Page(null, 1000, newestFirst: true)!.Value.Jobs.Count);
    }

    private void Add(string id, string prompt = "") =>
        _store.Add(new Job(id, prompt, new JobTimeline(_time.GetUtcNow(), TimeSpan.FromSeconds(1), JobEnding.Success)));

    private sealed record Job(string Id, string Prompt, JobTimeline Timeline) : IStandInJob;
}
