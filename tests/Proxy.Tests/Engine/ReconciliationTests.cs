using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Submit;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Every statement that an adapter can make about a lost submit, while the program runs and after it has died: one function serves both.</summary>
public sealed class ReconciliationTests(TestEngine engine) : EngineTest(engine)
{
    private static readonly Reply _lost = Reply.Transport(HttpRequestError.ResponseEnded);

    /// <summary>The provider, and whether the program died.</summary>
    public static TheoryData<string, bool> Everyone { get; } = Matrix("finder", "lister", "keyed", "known", "vague", "all", "alpha");

    /// <summary>Those at which absence counts.</summary>
    public static TheoryData<string, bool> Conclusive { get; } = Matrix("lister", "known", "all");

    /// <summary>Those at which absence proves nothing.</summary>
    public static TheoryData<string, bool> Vague { get; } = Matrix("finder", "vague");

    [Theory]
    [MemberData(nameof(Everyone))]
    public async Task TheProviderHasTheJob_ItIsFollowedWhereThatCanBeKnown(string provider, bool died)
    {
        Egress.On(NativeCall.Find, new Reply(200, NewJob()));
        Egress.On(NativeCall.Submit, [.. died ? [] : new[] { _lost }, Reply.Job]);
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await RunAsync(provider, died);

        var by = WayOf(provider);
        Assert.Equal(by == ReconciledBy.None ? GenerationPhase.Unknown : GenerationPhase.Succeeded, state.Phase);
        var attempt = Assert.Single(state.Attempts);
        Assert.Equal((by, by == ReconciledBy.None ? AttemptOutcome.Unknown : AttemptOutcome.Accepted), (attempt.Reconciled, attempt.Outcome));
        Assert.Equal(by == ReconciledBy.IdempotencyKey ? 1 : 0, Egress.Count(NativeCall.Submit) - (died ? 0 : 1));
        Assert.True(by == ReconciledBy.None || state.SubmitFailure is null);
    }

    [Theory]
    [MemberData(nameof(Conclusive))]
    public async Task AbsentAfterTheWindow_IsSubmittedAgain(string provider, bool died)
    {
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, [.. died ? [] : new[] { _lost }, Reply.Text]);
        var generation = await LostAsync(provider, died);
        var begun = Engine.Time.GetUtcNow();

        var state = await Engine.RunAsync(generation);

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal([AttemptOutcome.Unreachable, AttemptOutcome.Accepted], state.Attempts.Select(a => a.Outcome));
        Assert.Equal((WayOf(provider), Billed.No), (state.Attempts[0].Reconciled, state.Attempts[0].Billed));
        Assert.Null(state.Attempts[1].Reconciled);
        Assert.True(Engine.Time.GetUtcNow() - begun >= ReconcilingAdapter.Window);
        Assert.Equal(died ? 1 : 2, Egress.Count(NativeCall.Submit));
    }

    [Theory]
    [MemberData(nameof(Conclusive))]
    public async Task InTheListAtTheLastMoment_IsFollowed(string provider, bool died)
    {
        // Looks come after 0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5 and 20 s.
        Egress.On(NativeCall.Find, [.. Enumerable.Repeat(new Reply(200, ""), 7), new Reply(200, NewJob())]);
        Egress.On(NativeCall.Submit, _lost);
        Egress.On(NativeCall.Poll, Reply.Text);

        var state = await RunAsync(provider, died);

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal((AttemptOutcome.Accepted, 8), (Assert.Single(state.Attempts).Outcome, Egress.Count(NativeCall.Find)));
    }

    [Theory]
    [MemberData(nameof(Conclusive))]
    public async Task TheListIsNoProof_IsNeverSubmittedAgain(string provider, bool died)
    {
        foreach (var answer in new[] { new Reply(200, "hidden"), new Reply(500), _lost, new Reply(200, "more") })
        {
            Engine.Reset();
            Egress.On(NativeCall.Find, answer);
            Egress.On(NativeCall.Submit, _lost);

            var state = await RunAsync(provider, died);

            // An id has no second page.
            if (answer.Body != "more" || WayOf(provider) == ReconciledBy.List)
            {
                Assert.Equal(GenerationPhase.Unknown, state.Phase);
                Assert.Equal(died ? 0 : 1, Egress.Count(NativeCall.Submit));
                Assert.True(Engine.Time.GetUtcNow() > state.Deadline.AddMinutes(-1), "It is asked for until the caller's time is over.");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Vague))]
    public async Task AbsenceProvesNothing_EndsAsUnknownAfterTheUsualWindow(string provider, bool died)
    {
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, _lost);

        var state = await RunAsync(provider, died);

        Assert.Equal((GenerationPhase.Unknown, WayOf(provider)), (state.Phase, state.Attempts.Single().Reconciled));
        Assert.Equal(died ? 0 : 1, Egress.Count(NativeCall.Submit));
        Assert.InRange(Engine.Time.GetUtcNow() - state.CreatedAt, TimeSpan.Zero, TimeSpan.FromSeconds(16));
    }

    [Theory]
    [InlineData("lister", ""","retry_config":{"max_attempts":1}""")]
    [InlineData("known", ""","retry_config":{"max_attempts":1}""")]
    public async Task AbsentAndTheBudgetIsUsedUp_FailsUnbilled(string provider, string more)
    {
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, _lost);

        var state = await RunAsync(provider, more);

        Assert.Equal((GenerationPhase.Failed, ErrorCode.NetworkError, 1), (state.Phase, state.Error!.Code, Egress.Count(NativeCall.Submit)));
        Assert.Equal((AttemptOutcome.Unreachable, Billed.No, null), (state.Attempts.Single().Outcome, state.Attempts.Single().Billed, state.Cost));
    }

    [Fact]
    public async Task AbsentAndTheClientHasLeft_IsCancelledUnbilled()
    {
        Egress.On(NativeCall.Find, new Reply(200, ""));
        var generation = await Engine.StoredAsync("lister", s => Left(s, "lister") with { CancelRequested = true, SubmittedAt = s.CreatedAt.AddMinutes(-1) });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Cancelled, Billed.No), (state.Phase, state.Attempts.Single().Billed));
    }

    [Theory]
    [InlineData(409)]
    [InlineData(402)]
    [InlineData(429)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(503)]
    [InlineData(500)]
    public async Task Repeated_AnAnswerThatSaysNothingAboutTheFirst_IsFollowedByAnother(int status)
    {
        Egress.On(NativeCall.Submit, _lost, new Reply(status), Reply.Text);

        var state = await RunAsync("keyed", died: false);

        Assert.Equal((GenerationPhase.Succeeded, 3), (state.Phase, Egress.Count(NativeCall.Submit)));
        Assert.Equal(ReconciledBy.IdempotencyKey, Assert.Single(state.Attempts).Reconciled);
    }

    [Theory]
    [InlineData("422", ErrorCode.InvalidRequest)]
    [InlineData("content", ErrorCode.ContentPolicyViolation)]
    public async Task Repeated_TheRequestItselfIsRefused_Ends(string answer, ErrorCode code)
    {
        Egress.On(NativeCall.Submit, _lost, new Reply(422, answer));

        var state = await RunAsync("keyed", died: false);

        Assert.Equal((GenerationPhase.Failed, code), (state.Phase, state.Error!.Code));
        Assert.Equal((AttemptOutcome.Refused, Billed.No), (state.Attempts.Single().Outcome, state.Attempts.Single().Billed));
    }

    [Fact]
    public async Task Repeated_UnderTheSameKeyAlsoAfterARestart_AndAnotherAttemptHasAnother()
    {
        Egress.On(NativeCall.Submit, new Reply(503), _lost, new Reply(500), Reply.Text);
        var generation = Engine.New("keyed", ""","retry_config":{"jitter":false}""");

        var state = await Engine.RunAsync(generation);

        var keys = Egress.Requests.Select(r => r.Headers.Single(h => h.Key == ReconcilingAdapter.Key).Value).ToList();
        Assert.Equal([keys[0], keys[1], keys[1], keys[1]], keys);
        Assert.NotEqual(keys[0], keys[1]);
        Assert.All(keys, k => Assert.True(Guid.TryParse(k, out _)));
        Assert.Equal([SubmitId.Of(state, 1), SubmitId.Of(state, 2)], keys.Distinct());
    }

    /// <remarks>As the first was not: its answer may be the only word of a paid job.</remarks>
    [Fact]
    public async Task Repeated_TheProgramStopsMeanwhile_TheAnswerIsHeard()
    {
        using var stopping = new CancellationTokenSource();
        Egress.On(NativeCall.Submit, _lost, Reply.Job with { Meanwhile = stopping.CancelAsync });
        var generation = Engine.New("keyed", "");

        await Engine.RunAsync(generation, stopping.Token);

        Assert.Equal((GenerationPhase.Running, true), (generation.State.Phase, generation.State.Job is not null));
    }

    /// <remarks>The list is older than the call, or lacks a page.</remarks>
    [Fact]
    public async Task Listed_TheProviderCallsDuringTheLook_IsFollowedAndNotSentAgain()
    {
        Egress.On(NativeCall.Submit, _lost);
        Egress.On(NativeCall.Poll, Reply.Text);
        var generation = Engine.New("lister", "");
        Egress.On(NativeCall.Find, new Reply(200, "")
        {
            Meanwhile = () =>
            {
                if (Engine.Time.GetUtcNow() - generation.State.SubmittedAt >= ReconcilingAdapter.Window)
                {
                    generation.Call(new JobHandle("job-9", ScriptedAdapter.Model));
                }

                return Task.CompletedTask;
            },
        });

        var state = await Engine.RunAsync(generation);

        Assert.Equal((GenerationPhase.Succeeded, "job-9", 1), (state.Phase, state.Job?.NativeId, Egress.Count(NativeCall.Submit)));
    }

    [Fact]
    public async Task Repeated_NotOnceTheKeyMayBeForgotten()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var generation = await Engine.StoredAsync("keyed", s => Left(s, "keyed") with { SubmittedAt = s.CreatedAt - ReconcilingAdapter.KeptFor });

        Assert.Equal((GenerationPhase.Unknown, 0), ((await Engine.RunAsync(generation)).Phase, Egress.Count(NativeCall.Submit)));
    }

    /// <remarks>The machine slept: its monotonic clock stood still, and the provider's did not.</remarks>
    [Fact]
    public async Task Repeated_NotOnceTheMachineHasSleptForSoLong()
    {
        Egress.On(NativeCall.Submit, _lost, _lost with { Meanwhile = () => SetAsync(ReconcilingAdapter.KeptFor) }, Reply.Text);

        try
        {
            Assert.Equal((GenerationPhase.Unknown, 2), ((await RunAsync("keyed", died: false)).Phase, Egress.Count(NativeCall.Submit)));
        }
        finally
        {
            await SetAsync(-ReconcilingAdapter.KeptFor);
        }
    }

    [Theory]
    [InlineData("lister")]
    [InlineData("known")]
    public async Task AbsentOnceTheClockWasSetForward_IsSubmittedAgainAfterTheWindowAlone(string provider)
    {
        var begun = Engine.Time.GetTimestamp();
        var again = TimeSpan.Zero;
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, _lost with { Meanwhile = () => SetAsync(TimeSpan.FromHours(9)) }, Reply.Text with
        {
            Meanwhile = () =>
            {
                again = Engine.Time.GetElapsedTime(begun);
                return Task.CompletedTask;
            },
        });

        try
        {
            // A list is read by the time of the submit, which is of another clock now.
            Assert.Equal(provider == "lister" ? GenerationPhase.Unknown : GenerationPhase.Succeeded, (await RunAsync(provider, died: false)).Phase);
            Assert.True(provider == "lister" ? again == default : again >= ReconcilingAdapter.Window, $"Sent again after {again}.");
        }
        finally
        {
            await SetAsync(-TimeSpan.FromHours(9));
        }
    }

    /// <remarks>The clock was wrong and is put right: the job is there, and is older than the submit by the list.</remarks>
    [Theory]
    [InlineData("lister", -1, false)]
    [InlineData("finder", -1, false)]
    [InlineData("known", -1, true)]
    public async Task AbsentFromAListOnceTheClockWasSet_IsNotSubmittedAgain(string provider, double hours, bool isSentAgain)
    {
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, _lost with { Meanwhile = () => SetAsync(TimeSpan.FromHours(hours)) }, Reply.Text);

        try
        {
            Assert.Equal(isSentAgain ? GenerationPhase.Succeeded : GenerationPhase.Unknown, (await RunAsync(provider, died: false)).Phase);
            Assert.Equal(isSentAgain ? 2 : 1, Egress.Count(NativeCall.Submit));
        }
        finally
        {
            await SetAsync(-TimeSpan.FromHours(hours));
        }
    }

    /// <remarks>This machine's clock is wrong, and stays so.</remarks>
    [Theory]
    [InlineData(-3600, false)]
    [InlineData(3600, false)]
    [InlineData(2, true)]
    public async Task AbsentFromAListWhoseClockIsAnother_IsNotSubmittedAgain(int seconds, bool isSentAgain)
    {
        Egress.On(NativeCall.Submit, _lost, Reply.Text);
        Reply list = null!;
        list = new Reply(200, "")
        {
            Meanwhile = () =>
            {
                list.Headers["Date"] = (Engine.Time.GetUtcNow() + TimeSpan.FromSeconds(seconds)).ToString("r", CultureInfo.InvariantCulture);
                return Task.CompletedTask;
            },
        };
        Egress.On(NativeCall.Find, list);

        Assert.Equal(isSentAgain ? GenerationPhase.Succeeded : GenerationPhase.Unknown, (await RunAsync("lister", died: false)).Phase);
        Assert.Equal(isSentAgain ? 2 : 1, Egress.Count(NativeCall.Submit));
    }

    [Theory]
    [InlineData("no date")]
    [InlineData("Tue, 03 Nov 2026 10:00:00 GMT, Tue, 03 Nov 2026 10:00:00 GMT")]
    public async Task AbsentFromAListWithADateThatCannotBeRead_IsNotSubmittedAgain(string date)
    {
        Egress.On(NativeCall.Submit, _lost, Reply.Text);
        Egress.On(NativeCall.Find, new Reply(200, "").With("Date", date));

        Assert.Equal((GenerationPhase.Unknown, 1), ((await RunAsync("lister", died: false)).Phase, Egress.Count(NativeCall.Submit)));
    }

    /// <remarks>Another process has sent it, by a clock that was wrong: ahead, so that the job is older than the submit by the list; or behind, so that the window seems to be over.</remarks>
    [Theory]
    [InlineData("lister", 60, false)]
    [InlineData("lister", -60, true)]
    [InlineData("known", -60, true)]
    public async Task AbsentAfterARestart_TheWindowBeginsAgain_AndATimeStillToComeProvesNothing(string provider, int seconds, bool isSentAgain)
    {
        var (again, start) = (TimeSpan.Zero, Engine.Time.GetTimestamp());
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, Reply.Text with { Meanwhile = Now });
        var generation = await Engine.StoredAsync(provider, s => Left(s, provider) with { SubmittedAt = Engine.Time.GetUtcNow().AddSeconds(seconds) });

        var state = await Engine.RunAsync(generation);

        Assert.Equal(isSentAgain ? (GenerationPhase.Succeeded, 1) : (GenerationPhase.Unknown, 0), (state.Phase, Egress.Count(NativeCall.Submit)));
        Assert.True(!isSentAgain || again >= ReconcilingAdapter.Window, $"Sent again after {again}.");

        Task Now()
        {
            again = Engine.Time.GetElapsedTime(start);
            return Task.CompletedTask;
        }
    }

    /// <remarks>A large input on a slow line, or a store that was away: the provider has the request for no longer than since its last bytes left.</remarks>
    [Fact]
    public async Task AbsentSoonAfterASubmitThatTookLong_IsSubmittedAgainAfterTheWindowAlone()
    {
        var (left, again, start) = (TimeSpan.Zero, TimeSpan.Zero, Engine.Time.GetTimestamp());
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, _lost with { Sending = UploadAsync, Meanwhile = () => Now(out left) }, Reply.Text with { Meanwhile = () => Now(out again) });

        Assert.Equal(GenerationPhase.Succeeded, (await RunAsync("lister", died: false)).Phase);
        Assert.InRange(again - left, ReconcilingAdapter.Window, ReconcilingAdapter.Window + TimeSpan.FromSeconds(30));

        Task UploadAsync()
        {
            Engine.Time.Advance(ReconcilingAdapter.Window * 2);
            return Task.CompletedTask;
        }

        Task Now(out TimeSpan at)
        {
            at = Engine.Time.GetElapsedTime(start);
            return Task.CompletedTask;
        }
    }

    /// <remarks>While it waits for its turn: what it was admitted by is another clock than what its submit was stamped with.</remarks>
    [Theory]
    [InlineData("lister", 9)]
    [InlineData("lister", -9)]
    [InlineData("known", 9)]
    [InlineData("known", -9)]
    public async Task AbsentThoughTheClockWasSetBeforeTheSubmit_IsSubmittedAgainAfterTheWindow(string provider, double hours)
    {
        var begun = TimeSpan.Zero;
        var again = TimeSpan.Zero;
        var start = Engine.Time.GetTimestamp();
        Egress.On(NativeCall.Find, new Reply(200, ""));
        Egress.On(NativeCall.Submit, _lost with { Meanwhile = () => Now(out begun) }, Reply.Text with { Meanwhile = () => Now(out again) });
        var generation = Engine.New(provider, "");
        await SetAsync(TimeSpan.FromHours(hours));

        try
        {
            var state = await Engine.RunAsync(generation);
            Assert.Equal((GenerationPhase.Succeeded, 2), (state.Phase, Egress.Count(NativeCall.Submit)));
            Assert.InRange(again - begun, ReconcilingAdapter.Window, ReconcilingAdapter.Window + TimeSpan.FromSeconds(30));
        }
        finally
        {
            await SetAsync(-TimeSpan.FromHours(hours));
        }

        Task Now(out TimeSpan at)
        {
            at = Engine.Time.GetElapsedTime(start);
            return Task.CompletedTask;
        }
    }

    [Theory]
    [InlineData(9)]
    [InlineData(-9)]
    public async Task RepeatedThoughTheClockWasSetBack_WithTheSameKey(double hours)
    {
        Egress.On(NativeCall.Submit, _lost, Reply.Text);
        var generation = Engine.New("keyed", "");
        await SetAsync(TimeSpan.FromHours(hours));

        try
        {
            Assert.Equal((GenerationPhase.Succeeded, 2), ((await Engine.RunAsync(generation)).Phase, Egress.Count(NativeCall.Submit)));
        }
        finally
        {
            await SetAsync(-TimeSpan.FromHours(hours));
        }
    }

    private Task SetAsync(TimeSpan forward)
    {
        Engine.Time.SetBack(-forward);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task LookedUp_ByTheIdThatWasSent()
    {
        Egress.On(NativeCall.Submit, _lost);
        Egress.On(NativeCall.Find, new Reply(404), new Reply(200, NewJob()));
        Egress.On(NativeCall.Poll, Reply.Text);

        Assert.Equal(GenerationPhase.Succeeded, (await RunAsync("known", died: false)).Phase);
        var id = Egress.Requests[0].Headers.Single(h => h.Key == ReconcilingAdapter.Id).Value;
        Assert.All(Egress.Requests.Where(r => r.Target.StartsWith("/jobs?id=", StringComparison.Ordinal)), r => Assert.Equal("/jobs?id=" + id, r.Target));
    }

    private static TheoryData<string, bool> Matrix(params string[] providers)
    {
        var data = new TheoryData<string, bool>();
        foreach (var provider in providers)
        {
            data.Add(provider, true);
            data.Add(provider, false);
        }

        return data;
    }

    private static ReconciledBy WayOf(string provider) => provider switch
    {
        "finder" or "lister" => ReconciledBy.List,
        "keyed" => ReconciledBy.IdempotencyKey,
        "alpha" => ReconciledBy.None,
        _ => ReconciledBy.ExternalId,
    };

    private static string NewJob() => "job-" + Guid.NewGuid().ToString("n");

    private async Task<GenerationState> RunAsync(string provider, bool died) => await Engine.RunAsync(await LostAsync(provider, died));

    /// <summary>One whose submit was on its way when the program died, or one that is still to be sent.</summary>
    private async Task<Generation> LostAsync(string provider, bool died) =>
        died ? await Engine.StoredAsync(provider, s => Left(s, provider)) : Engine.New(provider, ""","retry_config":{"jitter":false}""");

    private static GenerationState Left(GenerationState state, string provider) => state with
    {
        Phase = GenerationPhase.Submitting,
        SubmittedAt = state.CreatedAt,
        Attempts = [new AttemptReport(provider, "only", AttemptOutcome.Pending, null, Billed.Unknown, 0)],
        JobLocation = new JobLocation(provider, "only", $"https://only.{provider}.example/", null),
    };
}
