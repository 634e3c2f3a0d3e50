using System.Runtime.CompilerServices;
using Framegate.Proxy.Host;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Host;

[Collection(Name)]
public sealed class IdleMemoryTests
{
    private const string Name = "Memory of the process";
    private const int LeastRush = 256 * 1024 * 1024;

    [Fact]
    public void Look_AfterARush_GivesBackWhatNobodyHolds()
    {
        using var blocks = new ReceiveBlocks(new FakeTimeProvider());
        using var memory = new IdleMemory(blocks, new FakeTimeProvider());
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        memory.Look();
        var collections = GC.CollectionCount(GC.MaxGeneration);
        var rush = Touch();

        // What else is alive in this process allocates beside it, so that it may take some looks until one finds little allocated.
        Assert.True(SpinWait.SpinUntil(memory.Look, TimeSpan.FromMinutes(1)));

        Assert.True(GC.CollectionCount(GC.MaxGeneration) > collections);
        Assert.False(rush.IsAlive);
    }

    [Fact]
    public void Look_AfterTheStart_GivesBackWhatItHasLeft()
    {
        using var blocks = new ReceiveBlocks(new FakeTimeProvider());
        using var memory = new IdleMemory(blocks, new FakeTimeProvider());
        var collections = GC.CollectionCount(GC.MaxGeneration);

        Assert.True(SpinWait.SpinUntil(memory.Look, TimeSpan.FromMinutes(1)));

        Assert.True(GC.CollectionCount(GC.MaxGeneration) > collections);
    }

    [Fact]
    public void Look_ConnectionsEndAfterTheFirstQuietLook_CollectsOnceMore()
    {
        using var blocks = new ReceiveBlocks(new FakeTimeProvider());
        using var memory = new IdleMemory(blocks, new FakeTimeProvider());
        var held = Enumerable.Range(0, 64 * 1024 * 1024 / blocks.MaxBufferSize).Select(_ => blocks.Rent()).ToList();
        Assert.True(SpinWait.SpinUntil(memory.Look, TimeSpan.FromMinutes(1)));
        held.ForEach(block => block.Dispose());
        blocks.Trim();
        blocks.Trim();

        Assert.True(SpinWait.SpinUntil(memory.Look, TimeSpan.FromMinutes(1)));

        Assert.Equal(64 * 1024 * 1024, blocks.GivenBack);
    }

    // In a method of its own, so that no local of the test keeps it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Touch()
    {
        // Much beside what the tests before it have left.
        var bytes = new byte[(int)Math.Clamp(Environment.WorkingSet / 2, LeastRush, Array.MaxLength)];
        bytes.AsSpan().Fill(1);
        return new WeakReference(bytes);
    }

    /// <summary>No other test runs beside it, whose memory would count.</summary>
    [CollectionDefinition(Name, DisableParallelization = true)]
    public sealed class Alone;
}
