using System.Buffers;
using Framegate.Proxy.Host;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Host;

public sealed class ReceiveBlocksTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Rent_ABlockThatWasGivenBack_ComesAgainAndIsNeverTwoPeoples()
    {
        using var pool = new ReceiveBlocks(_time);
        var first = pool.Rent(4096);
        var second = pool.Rent();
        Assert.False(first.Memory.Span.Overlaps(second.Memory.Span));
        first.Dispose();
        first.Dispose();

        Assert.Equal(1, pool.Free);
        Assert.True(pool.Rent().Memory.Span.Overlaps(first.Memory.Span));
        Assert.False(pool.Rent().Memory.Span.Overlaps(first.Memory.Span));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(pool.MaxBufferSize + 1));
    }

    [Fact]
    public void Trim_WhatNobodyNeedsForTwentySeconds_IsGivenBack()
    {
        using var pool = new ReceiveBlocks(_time);
        IMemoryOwner<byte>[] rented = [.. Enumerable.Range(0, 10).Select(_ => pool.Rent())];
        Array.ForEach(rented, r => r.Dispose());
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(10, pool.Free);

        // Four are in use at once in the next ten seconds.
        rented = [.. Enumerable.Range(0, 4).Select(_ => pool.Rent())];
        Array.ForEach(rented, r => r.Dispose());
        _time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(4, pool.Free);
    }
}
