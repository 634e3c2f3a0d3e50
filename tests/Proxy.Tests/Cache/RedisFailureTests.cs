using Framegate.Proxy.Common.Redis;
using StackExchange.Redis;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>The library cancels a call that it could not write. Nobody has wished for that, and no service may end by it: the whole program would.</summary>
public sealed class RedisFailureTests
{
    public static TheoryData<Exception, bool> Thrown => new()
    {
        { new RedisConnectionException(ConnectionFailureType.SocketFailure, "cut"), true },
        { new RedisTimeoutException("late", CommandStatus.Sent), true },
        { new TaskCanceledException(), true },
        { new ObjectDisposedException("multiplexer"), true },
        { new InvalidOperationException(), false },
    };

    [Theory]
    [MemberData(nameof(Thrown))]
    public void Is_WhatACallThrows_IsAFailure(Exception thrown, bool expected) => Assert.Equal(expected, RedisFailure.Is(thrown));

    [Fact]
    public void Is_TheCallerHasCancelled_IsNone() => Assert.False(RedisFailure.Is(new TaskCanceledException(), new CancellationToken(canceled: true)));

    [Fact]
    public async Task AsFailureAsync_TheLibraryHasCancelledTheCall_IsAFailureOfTheConnection()
    {
        await Assert.ThrowsAsync<RedisConnectionException>(() => RedisFailure.AsFailureAsync(Task.FromCanceled<int>(new CancellationToken(canceled: true))));
        Assert.Equal(7, await RedisFailure.AsFailureAsync(Task.FromResult(7)));
    }

    /// <remarks>Who catches only what the library names its own ends by a call that was cancelled.</remarks>
    [Fact]
    public void Is_DecidesWhereverACallIsMade() => Assert.Equal(
        ["RedisFailure.cs"],
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(f => File.ReadAllText(f).Contains("is RedisException", StringComparison.Ordinal)).Select(Path.GetFileName));
}
