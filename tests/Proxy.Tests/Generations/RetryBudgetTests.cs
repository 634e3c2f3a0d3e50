using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Submit;

namespace Framegate.Proxy.Tests.Generations;

public sealed class RetryBudgetTests
{
    private static readonly TimeSpan _long = TimeSpan.FromHours(1);
    private static readonly JobsOptions _options = new() { MaxAttempts = 5 };

    [Theory]
    [InlineData(null, 1, 5)]
    [InlineData(2, 1, 2)]
    [InlineData(9, 1, 5)]
    [InlineData(null, 8, 8)]
    [InlineData(3, 8, 3)]
    public void MaxAttempts_RequestAndConfiguration_TheRequestOnlyNarrows(int? wanted, int candidates, int attempts) =>
        Assert.Equal(attempts, new RetryBudget(_options, new RetryConfig(MaxAttempts: wanted), candidates).MaxAttempts);

    [Theory]
    [InlineData(Acceptance.Unknown)]
    [InlineData(Acceptance.Yes)]
    public void MayRepeat_MayHaveBeenAccepted_Never(Acceptance acceptance)
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            var failure = new ProviderFailure(code, "") { Acceptance = acceptance, Retryable = true };

            Assert.False(Everything().MayRepeat(1, failure, _long));
        }
    }

    [Fact]
    public void MayMoveOn_OutcomeIsUnknown_NeverWhateverTheCallerLists()
    {
        foreach (var code in Enum.GetValues<ErrorCode>())
        {
            Assert.False(Everything().MayMoveOn(1, new ProviderFailure(code, "") { Retryable = true, Billed = Billed.No }));
        }
    }

    [Theory]
    [InlineData(ErrorCode.RateLimitExceeded, true)]
    [InlineData(ErrorCode.NetworkError, true)]
    [InlineData(ErrorCode.ProviderError, true)]
    [InlineData(ErrorCode.InsufficientCredits, true)]
    [InlineData(ErrorCode.AuthenticationFailed, true)]
    [InlineData(ErrorCode.InvalidModel, true)]
    [InlineData(ErrorCode.ContentPolicyViolation, false)]
    [InlineData(ErrorCode.InvalidRequest, false)]
    public void MayMoveOn_Refused_UnlessItIsAboutTheRequest(ErrorCode code, bool moves)
    {
        var refused = ProviderFailure.NotAccepted(code, "");

        Assert.Equal(moves, Budget(null).MayMoveOn(1, refused));
        Assert.True(Budget(new RetryConfig(RetryOn: [code])).MayMoveOn(1, refused));
        Assert.False(Budget(null).MayMoveOn(5, refused));
    }

    [Theory]
    [InlineData(ErrorCode.ProviderError, Billed.No, true)]
    [InlineData(ErrorCode.ProviderError, Billed.Unknown, false)]
    [InlineData(ErrorCode.ProviderError, Billed.Yes, false)]
    [InlineData(ErrorCode.ContentPolicyViolation, Billed.No, false)]
    public void MayMoveOn_JobFailed_OnlyWhenItIsNotBilled(ErrorCode code, Billed billed, bool moves)
    {
        var failed = new ProviderFailure(code, "") { Acceptance = Acceptance.Yes, Billed = billed };

        Assert.Equal(moves, Budget(null).MayMoveOn(1, failed));
        Assert.True(Budget(new RetryConfig(RetryOn: [code])).MayMoveOn(1, failed));
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
    public void MayRepeat_Refused_DependsOnTheCode(ErrorCode code, bool again)
    {
        var refused = ProviderFailure.NotAccepted(code, "");

        Assert.Equal(again, Budget(null).MayRepeat(1, refused, _long));
        Assert.True(Budget(null).MayRepeat(1, refused with { Retryable = true }, _long));
        Assert.True(Budget(new RetryConfig(RetryOn: [code])).MayRepeat(1, refused, _long));
    }

    [Fact]
    public void MayRepeat_ProviderAsksForLongerThanTheTimeLeft_EndsAtOnce()
    {
        var busy = ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "") with { RetryAfter = TimeSpan.FromSeconds(7) };

        Assert.False(Budget(null).MayRepeat(1, busy, TimeSpan.FromSeconds(7)));
        Assert.True(Budget(null).MayRepeat(1, busy, TimeSpan.FromSeconds(8)));
    }

    private static RetryBudget Budget(RetryConfig? wanted) => new(_options, wanted);

    private static RetryBudget Everything() => Budget(new RetryConfig(RetryOn: Enum.GetValues<ErrorCode>()));
}
