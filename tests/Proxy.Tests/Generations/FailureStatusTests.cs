using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Generations;

/// <summary>What a failure is answered with. Clients repeat 408, 409, 429 and 5xx, so none of these may follow a job that may have been paid for.</summary>
public sealed class FailureStatusTests
{
    public static TheoryData<ErrorCode, Billed> All
    {
        get
        {
            var all = new TheoryData<ErrorCode, Billed>();
            foreach (var code in Enum.GetValues<ErrorCode>())
            {
                foreach (var billed in Enum.GetValues<Billed>())
                {
                    all.Add(code, billed);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Of_EveryCodeAndBill_IsRepeatedOnlyWhereItCostNothing(ErrorCode code, Billed billed)
    {
        var state = Failed(code, billed);

        var status = FailureStatus.Of(state, state.Error!);

        var usual = code.ToHttpStatus(fromProvider: true);
        var repeats = usual is 408 or 409 or 429 or >= 500;
        Assert.Equal(billed == Billed.No || !repeats ? usual : 424, status);
        Assert.Equal(status == 424, FailureStatus.IsUncertain(state));
    }

    [Fact]
    public void Of_WhatWasCancelled_IsNotRepeatedThoughItCostNothing()
    {
        var state = Failed(ErrorCode.UnknownError, Billed.No) with { Error = Failures.CancelledByClient(States.Now) };

        Assert.Equal(424, FailureStatus.Of(state, state.Error));
        Assert.False(FailureStatus.IsUncertain(state));
    }

    private static GenerationState Failed(ErrorCode code, Billed billed) => States.Ended("a", GenerationPhase.Failed) with
    {
        Attempts = [new AttemptReport("flux", "only", AttemptOutcome.Unknown, code, billed, 1)],
        Error = new GenerationError { Code = code, Message = "m", Timestamp = States.Now },
        FailedAtProvider = true,
    };
}
