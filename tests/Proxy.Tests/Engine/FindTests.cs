using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A submit was on its way when the program died.</summary>
public sealed class FindTests(TestEngine engine) : EngineTest(engine)
{
    [Fact]
    public async Task Run_TheProviderHasTheJob_FollowsIt()
    {
        Egress.On(NativeCall.Find, new Reply(200, ""), new Reply(200, "job-7"));
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await Engine.RunAsync(await LostAsync("finder"));

        Assert.Equal((GenerationPhase.Succeeded, "job-7", null), (state.Phase, state.Job!.NativeId, state.SubmitFailure));
        Assert.Equal(AttemptOutcome.Accepted, state.Attempts.Single().Outcome);
        Assert.Equal(0, Egress.Count(NativeCall.Submit));
    }

    /// <summary>In the moment between the end of the caller's time and the write that notes it.</summary>
    [Fact]
    public async Task DeadlinePassed_TheSubmitIsLookedFor_NamesThatItsOutcomeIsUnknown()
    {
        var lost = (await LostAsync("finder")).State with { Phase = GenerationPhase.Unknown };

        var error = Failures.DeadlinePassed(lost, lost.Deadline);

        Assert.Equal((Failures.SubmitOutcomeUnknown, false), (error.Details?.Reason, error.Retryable));
    }

    /// <remarks>The process that has sent it hears the answer after all, once another one looks for the job.</remarks>
    [Theory]
    [InlineData("finder", false)]
    [InlineData("caller", false)]
    [InlineData("alpha", false)]
    [InlineData("alpha", true)]
    public async Task Run_TheSubmitWasRefused_EndsWithTheRefusal(string provider, bool isTakenOver)
    {
        Egress.On(NativeCall.Find, new Reply(500));
        var generation = await LostAsync(provider);
        generation.Update(s => s with { Phase = isTakenOver ? s.Phase : GenerationPhase.Unknown, WebhookToken = provider == "caller" ? "token" : null });
        var refusal = new SubmitRefusal(ProviderFailure.NotAccepted(ErrorCode.ContentPolicyViolation, "no"), 422, 9);
        Assert.True(JobCalls.Refuse(generation, SubmitFindings.Of(generation.State) with { Refusal = refusal }));

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.ContentPolicyViolation), (state.Phase, state.Error?.Code));
        var attempt = state.Attempts.Single();
        Assert.Equal((AttemptOutcome.Refused, Billed.No, 422, null), (attempt.Outcome, attempt.Billed, attempt.HttpStatus, attempt.Reconciled));
    }

    /// <remarks>The one that looks for it has no request any more: an earlier process has let go of it.</remarks>
    [Fact]
    public async Task Run_TheSubmitWasRefusedAndTheRequestIsGone_EndsWithTheRefusal()
    {
        var generation = await RefusedAsync(ErrorCode.RateLimitExceeded);
        generation.Request = null;

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.RateLimitExceeded, AttemptOutcome.Refused), (state.Phase, state.Error?.Code, state.Attempts.Single().Outcome));
    }

    [Fact]
    public async Task Run_TheSubmitWasRefusedAndThereIsAnotherCandidate_GoesOnThere()
    {
        Egress.On(NativeCall.Submit, Reply.Text);

        var state = await Engine.RunAsync(await RefusedAsync(ErrorCode.RateLimitExceeded));

        Assert.Equal((GenerationPhase.Succeeded, "beta"), (state.Phase, state.Provider));
        Assert.Equal([AttemptOutcome.Refused, AttemptOutcome.Accepted], state.Attempts.Select(a => a.Outcome));
    }

    /// <remarks>Its caller was told that it has failed, and may have paid for another one since.</remarks>
    [Fact]
    public async Task Run_TheSubmitWasRefusedAfterItsCallersTime_IsNotSentAgain()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var generation = await RefusedAsync(ErrorCode.RateLimitExceeded);
        generation.Update(s => s with { Error = Failures.LostInRestart(s.Provider, s.Deadline), FinishedAt = s.Deadline });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Failed, AttemptOutcome.Refused, 0), (state.Phase, state.Attempts.Single().Outcome, Egress.Count(NativeCall.Submit)));
    }

    /// <remarks>A repetition may have been accepted, and its answer be lost as well.</remarks>
    [Fact]
    public async Task Refuse_TheSubmitIsRepeatedWithItsKey_SaysNothing()
    {
        var generation = await LostAsync("finder");
        var findings = SubmitFindings.Of(generation.State) with { Refusal = new SubmitRefusal(ProviderFailure.NotAccepted(ErrorCode.RateLimitExceeded, "no"), 429, 9) };

        // Before it is looked for nobody has repeated it.
        Assert.True(JobCalls.Refuse(generation, findings));
        Assert.NotNull(generation.Refused);
        generation.Update(s => s.WithAttempt(a => a with { Reconciled = ReconciledBy.IdempotencyKey }) with { Phase = GenerationPhase.Unknown });
        Assert.False(JobCalls.Refuse(generation, findings));
        Assert.Null(generation.Refused);
    }

    [Fact]
    public async Task Run_TheJobIsOnAnotherPage_IsFound()
    {
        Egress.On(NativeCall.Find, new Reply(200, "more"), new Reply(200, "job-7"));
        Egress.On(NativeCall.Poll, Reply.Text);

        Assert.Equal(GenerationPhase.Succeeded, (await Engine.RunAsync(await LostAsync("finder"))).Phase);
        Assert.DoesNotContain(Engine.Time.Pauses, p => p < TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData("finder", "")]
    [InlineData("finder", "<500>")]
    [InlineData("alpha", null)]
    public async Task Run_TheProviderDoesNotHaveIt_EndsAsUnknownAndIsNeverSentAgain(string provider, string? page)
    {
        if (page is not null)
        {
            Egress.On(NativeCall.Find, page.Length > 0 ? new Reply(500) : new Reply(200, page));
        }

        Egress.On(NativeCall.Submit, Reply.Text);
        var generation = await LostAsync(provider);

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Unknown, false), (state.Phase, state.IsOpen));
        Assert.Equal((AttemptOutcome.Unknown, Failures.SubmitOutcomeUnknown), (state.Attempts.Single().Outcome, state.Error!.Details!.Reason));
        Assert.Equal(0, Egress.Count(NativeCall.Submit));
        Assert.InRange(Engine.Time.GetUtcNow() - state.CreatedAt, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Run_TheJobIsAnothers_IsNotTaken()
    {
        Egress.On(NativeCall.Find, new Reply(200, "job-7"));
        Egress.On(NativeCall.Poll, Reply.Text);

        var first = await Engine.RunAsync(await LostAsync("finder"));
        var second = await Engine.RunAsync(await LostAsync("finder"));

        Assert.Equal((GenerationPhase.Succeeded, GenerationPhase.Unknown), (first.Phase, second.Phase));
    }

    /// <summary>One with a second candidate, whose submit was refused as another replica has heard.</summary>
    private async Task<Generation> RefusedAsync(ErrorCode code)
    {
        var generation = await LostAsync("alpha");
        generation.Update(s => s with
        {
            Phase = GenerationPhase.Unknown,
            Alias = "both",
            Strategy = "Priority",
            Candidates = [new("alpha", ScriptedAdapter.Model, 1, 1), new("beta", ScriptedAdapter.Model, 2, 1)],
        });
        Assert.True(JobCalls.Refuse(generation, SubmitFindings.Of(generation.State) with { Refusal = new SubmitRefusal(ProviderFailure.NotAccepted(code, "no"), 429, 9) }));
        return generation;
    }

    private Task<Generation> LostAsync(string provider) => Engine.StoredAsync(provider, s => s with
    {
        Phase = GenerationPhase.Submitting,
        SubmittedAt = s.CreatedAt,
        Attempts = [new AttemptReport(provider, "only", AttemptOutcome.Pending, null, Billed.Unknown, 0)],
        JobLocation = new JobLocation(provider, "only", $"https://only.{provider}.example/", null),
    });
}
