using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Generations;

namespace Framegate.Proxy.Tests.Generations;

public sealed class RetryBudgetTests
{
    private static readonly TimeSpan _long = TimeSpan.FromHours(1);
    private static readonly RetryConfig _noJitter = new(Jitter: false);
    private static readonly JobsOptions _options = new() { RetryBaseDelay = TimeSpan.FromSeconds(1), RetryMaxDelay = TimeSpan.FromSeconds(5), MaxAttempts = 5 };

    [Fact]
    public void PauseAfter_RefusedAgainAndAgain_DoublesUpToTheLongest()
    {
        var budget = Budget(_noJitter);

        Assert.Equal([1, 2, 4, 5], Enumerable.Range(1, 4).Select(n => budget.PauseAfter(n, Busy(), _long)!.Value.TotalSeconds));
        Assert.Null(budget.PauseAfter(5, Busy(), _long));
    }

    [Theory]
    [InlineData(0.0, 0.5)]
    [InlineData(0.5, 0.75)]
    public void PauseAfter_WithJitter_TakesHalfToAllOfIt(double chance, double seconds) =>
        Assert.Equal(seconds, new RetryBudget(_options, null, new FixedRandom(chance)).PauseAfter(1, Busy(), _long)!.Value.TotalSeconds);

    [Theory]
    [InlineData(Acceptance.Unknown)]
    [InlineData(Acceptance.Yes)]
    public void PauseAfter_MayHaveBeenAccepted_IsNeverTriedAgain(Acceptance acceptance)
    {
        var everything = new RetryConfig(MaxAttempts: 10, RetryOn: Enum.GetValues<ErrorCode>());
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            var failure = new ProviderFailure(code, "") { Acceptance = acceptance, Retryable = true };

            Assert.Null(Budget(everything).PauseAfter(1, failure, _long));
        }
    }

    [Theory]
    [InlineData(ErrorCode.RateLimitExceeded, true)]
    [InlineData(ErrorCode.NetworkError, true)]
    [InlineData(ErrorCode.Timeout, true)]
    [InlineData(ErrorCode.ProviderError, false)]
    [InlineData(ErrorCode.ContentPolicyViolation, false)]
    [InlineData(ErrorCode.InvalidRequest, false)]
    [InlineData(ErrorCode.InsufficientCredits, false)]
    [InlineData(ErrorCode.AuthenticationFailed, false)]
    public void PauseAfter_Refused_DependsOnTheCode(ErrorCode code, bool again)
    {
        var refused = ProviderFailure.NotAccepted(code, "");

        Assert.Equal(again, Budget(null).PauseAfter(1, refused, _long) is not null);
        Assert.NotNull(Budget(null).PauseAfter(1, refused with { Retryable = true }, _long));
        Assert.NotNull(Budget(new RetryConfig(RetryOn: [code])).PauseAfter(1, refused, _long));
    }

    [Fact]
    public void PauseAfter_ProviderNamesAPause_IsAtLeastThat()
    {
        Assert.Equal(7, Budget(_noJitter).PauseAfter(1, Busy(seconds: 7), _long)!.Value.TotalSeconds);
        Assert.Equal(1, Budget(_noJitter).PauseAfter(1, Busy(seconds: 0), _long)!.Value.TotalSeconds);
    }

    [Fact]
    public void PauseAfter_LongerThanTheTimeLeft_EndsAtOnce() =>
        Assert.Null(Budget(_noJitter).PauseAfter(1, Busy(seconds: 7), TimeSpan.FromSeconds(7)));

    [Fact]
    public void PauseAfter_CallerWantsOtherwise_FollowsTheCaller()
    {
        var budget = Budget(new RetryConfig(MaxAttempts: 2, BaseDelay: TimeSpan.FromSeconds(3), MaxDelay: TimeSpan.FromSeconds(3), Jitter: false));

        Assert.Equal(3, budget.PauseAfter(1, Busy(), _long)!.Value.TotalSeconds);
        Assert.Null(budget.PauseAfter(2, Busy(), _long));
    }

    private static RetryBudget Budget(RetryConfig? wanted) => new(_options, wanted, new FixedRandom(0.5));

    private static ProviderFailure Busy(int? seconds = null) =>
        ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "") with { RetryAfter = seconds is { } s ? TimeSpan.FromSeconds(s) : null };

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
