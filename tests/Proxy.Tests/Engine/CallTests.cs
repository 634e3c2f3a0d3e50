using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A provider that calls back: it finds the job whose submit was lost, shortens polling, and is never believed.</summary>
public sealed class CallTests(TestEngine engine) : EngineTest(engine)
{
    private static readonly Reply _lost = Reply.Transport(HttpRequestError.ResponseEnded);

    [Fact]
    public async Task Submit_TheProviderCanCall_CarriesAnAddressOfItsOwn()
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Text);

        var first = Engine.New("caller");
        await Engine.RunAsync(first);
        var address = Header("X-Call");
        await Engine.RunAsync(Engine.New("caller"));

        Assert.Equal($"https://framegate.example/base/provider-webhooks/{first.State.Id}/{first.State.WebhookToken}", address);
        Assert.NotEqual(address, Header("X-Call"));
        Assert.DoesNotContain(first.State.WebhookToken!, Header("X-Secret"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alpha")]
    [InlineData("finder")]
    public async Task Submit_TheProviderCannotCall_CarriesNone(string provider)
    {
        Egress.On(NativeCall.Submit, Reply.Text);

        Assert.Null((await Engine.RunAsync(Engine.New(provider))).WebhookToken);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(360)]
    public async Task Submit_ItsAnswerIsLost_TheCallFindsTheJob(int secondsLater)
    {
        var generation = Engine.New("caller");
        Egress.On(NativeCall.Poll, Reply.Text);

        // Counted from the submit: whatever else moves this clock, no provider calls about what it has not got.
        Egress.On(NativeCall.Submit, _lost with
        {
            Meanwhile = () =>
            {
                CallAfter(generation, TimeSpan.FromSeconds(secondsLater), "job-9");
                return Task.CompletedTask;
            },
        });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, "job-9"), (state.Phase, state.Job?.NativeId));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
        Assert.Equal(AttemptOutcome.Accepted, state.Attempts.Single().Outcome);
    }

    [Fact]
    public async Task Submit_ItsAnswerIsLostAndNobodyCalls_EndsAsUnknownAfterTheLateWindow()
    {
        var generation = Engine.New("caller");
        Egress.On(NativeCall.Submit, _lost);

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Unknown, false, Failures.SubmitOutcomeUnknown), (state.Phase, state.IsOpen, state.Error!.Details!.Reason));
        Assert.Equal(state.Deadline, state.FinishedAt);
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task Call_WithoutTheToken_IsNotTaken()
    {
        var generation = await RunningAsync();
        var secret = SubmitWebhook.SecretOf(generation.State.WebhookToken!).Reveal();

        Assert.False(await CallAsync(generation.State.Id, "0123456789abcdef0123456789abcdef", secret, "job-1"));
        Assert.False(await CallAsync(generation.State.Id, "", secret, "job-1"));
        Assert.False(await CallAsync("gen_nobody", generation.State.WebhookToken!, secret, "job-1"));
        Assert.Null(generation.Called);
    }

    [Fact]
    public async Task Call_WithoutTheSecret_IsNotTaken()
    {
        var generation = Engine.New("caller");
        Egress.On(NativeCall.Submit, Reply.Text with
        {
            Meanwhile = async () =>
            {
                var token = generation.State.WebhookToken!;
                Assert.False(await CallAsync(generation.State.Id, token, "guessed", "job-1"));
                Assert.Null(generation.Called);
                Assert.True(await CallAsync(generation.State.Id, token, SubmitWebhook.SecretOf(token).Reveal(), "job-1"));
            },
        });

        Assert.True(Engine.Get<OpenGenerations>().Start(generation));
        await generation.Follow().Settled;

        Assert.Equal((GenerationPhase.Succeeded, "job-1"), (generation.State.Phase, generation.Called?.NativeId));
    }

    [Fact]
    public async Task Call_BeforeTheSubmitIsAnswered_IsKnownToTheNextProcess()
    {
        var generation = Engine.New("caller");
        GenerationState? stored = null;
        Egress.On(NativeCall.Submit, Reply.Text with
        {
            Meanwhile = async () =>
            {
                var token = generation.State.WebhookToken!;
                Assert.True(await CallAsync(generation.State.Id, token, SubmitWebhook.SecretOf(token).Reveal(), "job-1"));
                stored = await Engine.Get<IGenerationStore>().FindAsync(generation.State.Id, CancellationToken.None);
            },
        });
        Assert.True(Engine.Get<OpenGenerations>().Start(generation));
        await generation.Follow().Settled;
        Assert.Equal(GenerationPhase.Submitting, stored!.Phase);

        // What was thanked for does not come again: the next process has nothing but what is stored.
        Egress.On(NativeCall.Poll, Reply.Text);
        var state = await Engine.RunAsync(await Engine.StoredAsync("caller", s => stored with { Id = s.Id, Revision = s.Revision }));

        Assert.Equal((GenerationPhase.Succeeded, "job-1", ReconciledBy.Callback), (state.Phase, state.Job?.NativeId, state.Attempts.Single().Reconciled));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task Call_NobodyDrivesTheGenerationYet_IsToComeAgain()
    {
        var generation = await RunningAsync();
        var token = generation.State.WebhookToken!;

        Assert.False(await CallAsync(generation.State.Id, token, SubmitWebhook.SecretOf(token).Reveal(), "job-1"));
    }

    /// <remarks>Another replica leaves word of what a lost submit was answered with. Where it does not name the submit, the request may have been sent again since.</remarks>
    [Fact]
    public async Task Take_NoProviderWasAskedToCall_CountsOnlyForTheSubmitThatIsLookedFor()
    {
        var calls = Engine.Get<JobCalls>();
        var again = await RunningAsync();
        again.Update(s => s with { WebhookToken = null, Phase = GenerationPhase.Submitting });
        await calls.TakeAsync(again, Job(again) with { SubmittedAt = null });
        Assert.Equal((null, null), (again.Called, again.State.CalledJob));

        var looking = await RunningAsync();
        looking.Update(s => s with { WebhookToken = null });
        await calls.TakeAsync(looking, Job(looking));
        Assert.Equal(("job-1", "job-1"), (looking.Called?.NativeId, looking.State.CalledJob?.NativeId));

        // Word that is left again is not written again.
        var revision = looking.State.Revision;
        await calls.TakeAsync(looking, Job(looking));
        Assert.Equal(revision, looking.State.Revision);

        static SubmitFindings Job(Generation generation) =>
            SubmitFindings.Of(generation.State) with { Job = new("job-1", ScriptedAdapter.Model) { State = new Dictionary<string, string> { ["a"] = "b" } } };
    }

    /// <remarks>Its successor has only just taken it over. The word is not left again where the one that was paused dies.</remarks>
    [Theory]
    [InlineData("finder")]
    [InlineData("alpha")]
    public async Task Take_TheSuccessorHasNotBegunToLook_FollowsTheJob(string provider)
    {
        Egress.On(NativeCall.Find, new Reply(500));
        Egress.On(NativeCall.Poll, Reply.Text);
        var generation = await Engine.StoredAsync(provider, s => s with
        {
            Phase = GenerationPhase.Submitting,
            SubmittedAt = s.CreatedAt,
            Attempts = [new AttemptReport(provider, "only", AttemptOutcome.Pending, null, Billed.Unknown, 0)],
            JobLocation = new JobLocation(provider, "only", $"https://only.{provider}.example/", null),
        });
        await Engine.Get<JobCalls>().TakeAsync(generation, SubmitFindings.Of(generation.State) with { Job = new("job-1", ScriptedAdapter.Model) });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, "job-1", ReconciledBy.Callback), (state.Phase, state.Job?.NativeId, state.Attempts.Single().Reconciled));
        Assert.Equal(0, Egress.Count(NativeCall.Submit));
    }

    /// <remarks>Word that was left at another replica may come when the request has been sent again, and the provider of the first submit be another one.</remarks>
    [Fact]
    public async Task Take_TheCallIsAboutAnEarlierSubmit_IsNotTakenForThisOne()
    {
        var calls = Engine.Get<JobCalls>();
        var generation = await RunningAsync();
        var first = SubmitFindings.Of(generation.State) with { Job = new("job-1", ScriptedAdapter.Model) };
        generation.Update(s => s with { SubmittedAt = s.SubmittedAt!.Value.AddSeconds(1), Attempts = s.AttemptsAnd(s.Attempts[0]), WebhookToken = SubmitWebhook.NewToken() });

        await calls.TakeAsync(generation, first);
        Assert.False(JobCalls.Refuse(generation, first with { Job = null, Refusal = new SubmitRefusal(ProviderFailure.NotAccepted(ErrorCode.InvalidRequest, "no"), 400, 1) }));

        Assert.Equal((null, null, null), (generation.Called, generation.State.CalledJob, generation.Refused));
    }

    /// <remarks>The caller wants another try where the provider fails. A provider calls about a job that has failed as well, and after it was asked.</remarks>
    [Fact]
    public async Task Call_TheJobHasFailedAndTheRequestIsToBeSentAgain_IsNotTakenForTheNextSubmit()
    {
        var generation = Engine.New("caller", ""","retry_config":{"retry_on":["PROVIDER_ERROR"],"jitter":false}""");
        string? first = null;
        bool? taken = null;
        Egress.On(
            NativeCall.Submit,
            Reply.Job with
            {
                Meanwhile = async () =>
                {
                    first = generation.State.WebhookToken;
                    Assert.True(await CallAsync(generation.State.Id, first!, SubmitWebhook.SecretOf(first!).Reveal(), "job-1"));
                },
            },
            Reply.Text with { Connecting = async () => taken = await CallAsync(generation.State.Id, first!, SubmitWebhook.SecretOf(first!).Reveal(), "job-1") });
        Egress.On(NativeCall.Poll, new Reply(200, "failed"));

        Assert.True(Engine.Get<OpenGenerations>().Start(generation));
        await generation.Follow().Settled;

        Assert.Equal((GenerationPhase.Succeeded, 2, false), (generation.State.Phase, generation.State.Attempts.Count, taken));
        Assert.Equal((null, null), (generation.Called, generation.State.CalledJob));
        Assert.NotEqual(first, generation.State.WebhookToken);
    }

    [Fact]
    public async Task Call_TheJobRuns_ItIsPolledBeforeTheNextPause()
    {
        var generation = Engine.New("caller");
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(
            NativeCall.Poll,
            Reply.Job with { Meanwhile = () => Called(generation, "job-1") },
            Reply.Text);

        Assert.Equal(GenerationPhase.Succeeded, (await Engine.RunAsync(generation)).Phase);

        // The pauses before the first poll, and none that is as long as the pace after the call.
        Assert.Equal(2, Egress.Count(NativeCall.Poll));
        Assert.True(Engine.Time.Pauses.Count(p => p >= TimeSpan.FromSeconds(1)) <= 1, string.Join(' ', Engine.Time.Pauses));
    }

    [Fact]
    public async Task Call_AgainAndAgain_TheJobIsNotPolledMoreThanOnceASecond()
    {
        var generation = Engine.New("caller");
        Egress.On(NativeCall.Submit, Reply.Job);
        var called = Reply.Job with { Meanwhile = () => Called(generation, "job-1") };
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(called, 100), Reply.Text]);

        var state = await Engine.RunAsync(generation);

        Assert.True(Engine.Time.GetUtcNow() - state.CreatedAt > TimeSpan.FromSeconds(95), $"{Engine.Time.GetUtcNow() - state.CreatedAt}");
    }

    private string Header(string name) => Egress.Requests.Last(r => r.Headers.Count > 0).Headers.Single(h => h.Key == name).Value;

    private static Task Called(Generation generation, string job)
    {
        generation.Call(new JobHandle(job, ScriptedAdapter.Model));
        return Task.CompletedTask;
    }

    /// <summary>The provider calls once so much time has passed.</summary>
    private void CallAfter(Generation generation, TimeSpan wait, string job) =>
        Engine.Time.CreateTimer(_ => generation.Call(new JobHandle(job, ScriptedAdapter.Model)), null, wait, Timeout.InfiniteTimeSpan);

    private async Task<Generation> RunningAsync() => await Engine.StoredAsync("caller", s => s with
    {
        Phase = GenerationPhase.Unknown,
        SubmittedAt = s.CreatedAt,
        WebhookToken = SubmitWebhook.NewToken(),
        Attempts = [new AttemptReport("caller", "only", AttemptOutcome.Unknown, null, Billed.Unknown, 0)],
        JobLocation = new JobLocation("caller", "only", "https://only.caller.example/", null),
    });

    private ValueTask<bool> CallAsync(string id, string token, string secret, string job) => Engine.Get<ProviderCalls>().TakeAsync(
        id, token, new WebhookCall(new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Secret"] = secret }, Encoding.UTF8.GetBytes(job)), CancellationToken.None);
}
