using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Tests.Storage;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Generations;

/// <summary>What a failure is answered with. Clients repeat 408, 409, 429 and 5xx, so none of these may follow a job that may have been paid for.</summary>
public sealed class FailureStatusTests
{
    public static TheoryData<ErrorCode, Billed, AttemptOutcome> All
    {
        get
        {
            var all = new TheoryData<ErrorCode, Billed, AttemptOutcome>();
            foreach (var code in Enum.GetValues<ErrorCode>())
            {
                foreach (var billed in Enum.GetValues<Billed>())
                {
                    foreach (var outcome in Enum.GetValues<AttemptOutcome>())
                    {
                        all.Add(code, billed, outcome);
                    }
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Of_EveryCodeAndBill_IsRepeatedOnlyWhereNoJobWasBegun(ErrorCode code, Billed billed, AttemptOutcome outcome)
    {
        var state = Failed(code, billed, outcome);

        var status = FailureStatus.Of(state, state.Error!);

        var usual = code.ToHttpStatus(fromProvider: true);
        var repeats = usual is 408 or 409 or 429 or >= 500;
        Assert.Equal((billed == Billed.No && outcome != AttemptOutcome.Accepted) || !repeats ? usual : 424, status);

        // Only what may have been paid for is answered the same again.
        Assert.Equal(repeats && billed != Billed.No, FailureStatus.IsUncertain(state));
    }

    [Fact]
    public void Of_WhatWasCancelled_IsNotRepeatedThoughItCostNothing()
    {
        var state = Failed(ErrorCode.UnknownError, Billed.No, AttemptOutcome.Refused) with { Error = Failures.CancelledByClient(States.Now) };

        Assert.Equal(424, FailureStatus.Of(state, state.Error));
        Assert.False(FailureStatus.IsUncertain(state));
    }

    private static GenerationState Failed(ErrorCode code, Billed billed, AttemptOutcome outcome) => States.Ended("a", GenerationPhase.Failed) with
    {
        Attempts = [new AttemptReport("flux", "only", outcome, code, billed, 1)],
        Error = new GenerationError { Code = code, Message = "m", Timestamp = States.Now },
        FailedAtProvider = true,
    };
}
