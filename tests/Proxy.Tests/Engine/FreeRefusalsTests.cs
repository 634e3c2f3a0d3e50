using System.Security.Cryptography;
using Framegate.Proxy.Engine.Repetitions;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Which repetition is another try of a call that was refused.</summary>
public sealed class FreeRefusalsTests
{
    private static readonly ContentKey s_key = ContentKey.Of("shop", SHA256.HashData("a fox"u8));
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(5);
    private readonly FreeRefusals _refusals = new(3, TimeProvider.System);

    [Fact]
    public void TryTake_TheNextTryOfARefusedCall_IsTakenOnce()
    {
        _refusals.Note(s_key, 0, s_window);
        _refusals.Note(s_key, 1, s_window);

        Assert.False(_refusals.TryTake(s_key, 3, s_window));
        Assert.True(_refusals.TryTake(s_key, 2, s_window));
        Assert.False(_refusals.TryTake(s_key, 2, s_window));
        Assert.True(_refusals.TryTake(s_key, 1, s_window));
        Assert.False(_refusals.TryTake(s_key, 1, s_window));
    }

    /// <remarks>The first try of a later call was paid, and its answer lost: its repetition must find it.</remarks>
    [Fact]
    public void TryTake_ACallThatGaveUpRefused_MeansNothingToALaterOne()
    {
        for (var tries = 0; tries < 3; tries++)
        {
            Assert.Equal(tries > 0, _refusals.TryTake(s_key, tries, s_window));
            _refusals.Note(s_key, tries, s_window);
        }

        Assert.False(_refusals.TryTake(s_key, 1, s_window));
    }

    [Fact]
    public void Note_TooMany_TheOldestGo()
    {
        for (var tries = 0; tries < 6; tries++)
        {
            _refusals.Note(s_key, tries, s_window);
        }

        Assert.Equal([4, 5, 6], Enumerable.Range(0, 8).Where(tries => _refusals.TryTake(s_key, tries, s_window)));
    }
}
