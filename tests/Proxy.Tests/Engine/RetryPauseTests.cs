using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Submit;

namespace Framegate.Proxy.Tests.Engine;

public sealed class RetryPauseTests
{
    private static readonly RetryConfig _noJitter = new(Jitter: false);
    private static readonly JobsOptions _options = new() { RetryBaseDelay = TimeSpan.FromSeconds(1), RetryMaxDelay = TimeSpan.FromSeconds(5) };

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(3, 4)]
    [InlineData(4, 5)]
    [InlineData(5000, 5)]
    public void Of_NobodyAsks_DoublesUpToTheLongest(int attempts, int seconds) =>
        Assert.Equal(seconds, RetryPause.Of(null, _noJitter, _options, attempts, 0.5).TotalSeconds);

    [Theory]
    [InlineData(0, 2)]
    [InlineData(0.5, 3)]
    [InlineData(1, 4)]
    public void Of_WithJitter_SpreadsOverTheSecondHalf(double random, double seconds) =>
        Assert.Equal(seconds, RetryPause.Of(null, null, _options, 3, random).TotalSeconds);

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(7, 1, 7)]
    [InlineData(3, 3, 4)]
    public void Of_ProviderNamesAPause_IsTakenWhereItIsLonger(int asked, int attempts, int seconds) =>
        Assert.Equal(seconds, RetryPause.Of(TimeSpan.FromSeconds(asked), _noJitter, _options, attempts, 0.5).TotalSeconds);

    [Fact]
    public void Of_RequestNamesItsOwnPauses_TakesThose()
    {
        var wanted = _noJitter with { BaseDelay = TimeSpan.FromSeconds(10), MaxDelay = TimeSpan.FromSeconds(15) };

        Assert.Equal(10, RetryPause.Of(null, wanted, _options, 1, 0).TotalSeconds);
        Assert.Equal(15, RetryPause.Of(null, wanted, _options, 2, 0).TotalSeconds);
    }
}
