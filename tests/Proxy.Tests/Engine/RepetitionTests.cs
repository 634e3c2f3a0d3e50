using Framegate.Plugins;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Requests that come again after their answer was lost, or left open whether a job was paid.</summary>
public sealed class RepetitionTests(TestEngine engine) : EngineTest(engine)
{
    private readonly string _prompt = Guid.NewGuid().ToString("n");
    private readonly TestCaller _first = new();

    public static TheoryData<string> Directives => ["", "no-store", "no-cache"];

    [Theory]
    [MemberData(nameof(Directives))]
    public async Task Admit_TheAnswerWasLost_JoinsTheGenerationWhateverTheCacheIsToDo(string directives)
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var first = await AskAsync(_first, directives);
        await EndOfAsync(first);
        _first.IsGone = true;
        first.Turn!.Answered();

        var again = await AskAsync(new TestCaller(), directives);

        Assert.Equal((first.State!.Id, true, true), (again.State!.Id, again.Joined, again.Replayed));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task Admit_AnEarlierBuildHasLeftTheOrderUnderTheBytes_JoinsIt()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"provider":"alpha","model":"{{ScriptedAdapter.Model}}","media_type":"image","prompt":"{{_prompt}}"}""");
        Submission By(TestCaller caller) => new(body, "local", null, "http://localhost") { Caller = caller, Cache = CacheDirectives.Read("no-store") };
        var first = await Engine.Door.AdmitAsync(By(_first), default);
        await EndOfAsync(first);
        first.Turn!.Answered();
        Engine.Get<UnansweredOrders>().Orders.Restore(ContentKey.Of("local", System.Security.Cryptography.SHA256.HashData(body)), first.State!.Id, Engine.Time.GetUtcNow());

        var again = await Engine.Door.AdmitAsync(By(new TestCaller()), default);

        Assert.Equal((first.State.Id, true), (again.State!.Id, again.Joined));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    public static TheoryData<string, bool> Forms => new()
    {
        { """{ "metadata": {"b":[1,2],"a":"x"}, "prompt":"PROMPT", "media_type":"image", "model":"m", "provider":"alpha" }""", true },
        { """{"provider":"alpha","model":"m","media_type":"image","prompt":"PROMPT","metadata":{"a":"\u0078","b":[1.0,2]},"timestamp":"2026-11-03T10:00:07Z"}""", true },
        { """{"provider":"alpha","model":"m","media_type":"image","prompt":"PROMPT","metadata":{"a":"x","b":[2,1]}}""", false },
        { """{"provider":"alpha","model":"m","media_type":"image","prompt":"PROMPT","metadata":{"a":"x","b":[1,2]},"timeout":299}""", false },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task Admit_TheSameWrittenInAnotherForm_IsTheSame(string form, bool same)
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        Submission As(string body, string? key, TestCaller caller) => new(
            System.Text.Encoding.UTF8.GetBytes(body.Replace("PROMPT", _prompt, StringComparison.Ordinal).Replace("\"m\"", $"\"{ScriptedAdapter.Model}\"", StringComparison.Ordinal)),
            "local", key, "http://localhost") { Caller = caller, Cache = CacheDirectives.Read("no-store") };
        const string First = """{"provider":"alpha","model":"m","media_type":"image","prompt":"PROMPT","metadata":{"a":"x","b":[1,2]},"timestamp":"2026-11-03T10:00:00Z"}""";
        var first = await Engine.Door.AdmitAsync(As(First, null, _first), default);
        await EndOfAsync(first);
        _first.IsGone = true;
        first.Turn!.Answered();
        var keyed = await Engine.Door.AdmitAsync(As(First, "key" + _prompt, new TestCaller()), default);
        await EndOfAsync(keyed);

        Assert.Equal(same, (await Engine.Door.AdmitAsync(As(form, null, new TestCaller()), default)).State!.Id == first.State!.Id);
        Assert.Equal(same, (await Engine.Door.AdmitAsync(As(form, "key" + _prompt, new TestCaller()), default)).State?.Id == keyed.State!.Id);
    }

    [Fact]
    public async Task Admit_TheAnswerWasGiven_IsAnotherOrder()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var first = await AskAsync(_first, "no-store");
        await EndOfAsync(first);
        first.Turn!.Answered();

        Assert.False((await AskAsync(new TestCaller(), "no-store")).Joined);
    }

    [Fact]
    public async Task Admit_TheCallerIsStillThere_IsAnotherOrder()
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, Reply.Text);
        var first = await AskAsync(_first, "no-store");

        Assert.NotEqual(first.State!.Id, (await AskAsync(new TestCaller(), "no-store")).State!.Id);
    }

    [Theory]
    [InlineData("key", "")]
    [InlineData(null, ",\"request_id\":\"req-REPETITION\"")]
    public async Task Admit_LostUnderNoName_ANameOfItsOwnIsAnotherOrder(string? key, string more)
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var first = await AskAsync(_first, "no-store");
        _first.IsGone = true;

        var another = await AskAsync(new TestCaller(), "no-store", key is null ? null : key + _prompt, more);

        Assert.NotEqual(first.State!.Id, another.State!.Id);
        Assert.Equal(first.State.Id, (await AskAsync(new TestCaller(), "no-store")).State!.Id);
    }

    [Fact]
    public async Task Admit_LostUnderAKey_TheSameKeyAndNoKeyLeadBackToIt()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var key = "key" + _prompt;
        var first = await AskAsync(_first, "no-store", key);
        _first.IsGone = true;
        first.Turn!.Dispose();

        using (var keyed = (await AskAsync(new TestCaller(), "no-store", key)).Turn)
        {
            Assert.NotNull(keyed);
        }

        Assert.Equal(first.State!.Id, (await AskAsync(new TestCaller(), "no-store")).State!.Id);
    }

    /// <summary>An unknown outcome is not a bug of ours, and not an invitation to order again.</summary>
    [Fact]
    public async Task Admit_NobodyKnowsWhetherItWasPaid_IsAnsweredTheSameAgain()
    {
        Egress.On(NativeCall.Submit, new Reply(500));
        var first = await AskAsync(_first, "no-store");
        var state = await EndOfAsync(first);
        Assert.Equal((GenerationPhase.Unknown, 424), (state.Phase, FailureStatus.Of(state, state.Error!)));
        first.Turn!.Answered(uncertain: true);

        var again = await AskAsync(new TestCaller(), "no-store");

        Assert.Equal((first.State!.Id, 424), (again.State!.Id, FailureStatus.Of(again.State, again.State.Error!)));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(402)]
    public async Task Admit_LostAndCostNothing_IsTriedAnew(int status)
    {
        Egress.On(NativeCall.Submit, new Reply(status), Reply.Text);
        var first = await AskAsync(_first, "no-store");
        await EndOfAsync(first);
        first.Turn!.Dispose();

        var again = await AskAsync(new TestCaller(), "no-store");

        Assert.False(again.Joined);
        Assert.Equal(GenerationPhase.Succeeded, (await EndOfAsync(again)).Phase);
    }

    [Fact]
    public async Task Admit_LostAndCancelled_IsAnotherOrder()
    {
        var answered = new TaskCompletionSource();
        Egress.On(NativeCall.Submit, Reply.Text with { Meanwhile = () => answered.Task });
        var first = await AskAsync(_first, "no-store");
        first.Turn!.Dispose();
        var cancelling = Engine.Generations.CancelAsync(first.Running!, default);

        Assert.False((await AskAsync(new TestCaller(), "no-store")).Joined);
        answered.SetResult();
        await cancelling;
    }

    [Fact]
    public async Task Admit_TheProgramHasDiedMeanwhile_JoinsWhatItHasLeft()
    {
        Egress.On(NativeCall.Submit, Reply.Text);
        var (lost, given) = (await AskAsync(_first, "no-store"), await AskAsync(new TestCaller(), "no-store", more: ",\"metadata\":{\"a\":1}"));
        await EndOfAsync(lost);
        await EndOfAsync(given);
        given.Turn!.Answered();
        await Engine.Get<UnansweredOrders>().WriteAsync(default);

        // The next process knows what is stored, and nothing else.
        using var next = new UnansweredOrders(
            Engine.Store, new OneReplica(), Engine.Get<Microsoft.Extensions.Options.IOptions<JobsOptions>>(), Engine.Time,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<UnansweredOrders>.Instance);
        await next.LoadAsync(default);

        var turn = next.Orders.Enter(KeyOf(Body("")), new TestCaller(), next.Window, isRepetition: false);
        Assert.Equal((false, lost.State!.Id), (turn.IsFirst, await turn.Begun));
        Assert.True(next.Orders.Enter(KeyOf(Body(",\"metadata\":{\"a\":1}")), new TestCaller(), next.Window, isRepetition: false).IsFirst);
    }

    private static ContentKey KeyOf(byte[] body) => ContentKey.Of("local", ContentPrint.Of(body, HeldInputs.None));

    private byte[] Body(string more) => TestEngine.Body("alpha", more.Replace("REPETITION", _prompt, StringComparison.Ordinal), _prompt);

    private async Task<Admission> AskAsync(TestCaller caller, string directives, string? key = null, string more = "")
    {
        var admission = await Engine.Door.AdmitAsync(
            new Submission(Body(more), "local", key, "http://localhost") { Caller = caller, Cache = CacheDirectives.Read(directives) }, default);
        Assert.Null(admission.Refusal);
        return admission;
    }

    private static async Task<GenerationState> EndOfAsync(Admission admission)
    {
        if (admission.Running is not { } generation)
        {
            return admission.State!;
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var (state, changed) = generation.Observe();
            if (!state.IsOpen)
            {
                return state;
            }

            await changed.WaitAsync(limit.Token);
        }
    }
}
