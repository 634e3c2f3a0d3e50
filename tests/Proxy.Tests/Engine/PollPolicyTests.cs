using System.Globalization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>Every row of the table "After a poll" in docs/reliability.md, for every adapter: nothing but a final word ends an accepted job.</summary>
public sealed class PollPolicyTests(TestEngine engine) : EngineTest(engine)
{
    /// <summary>More than any count of failures that somebody might think enough.</summary>
    private const int Often = 12;

    private static readonly byte[] _image = Fixture("still.png");
    private static readonly byte[] _sound = Fixture("tone.mp3");
    private static readonly byte[] _clip = Fixture("clip.mp4");

    /// <summary>Answers that say nothing final, and the code that the caller hears where they never end.</summary>
    private static readonly Dictionary<string, (Func<ProviderAdapter, Reply> Reply, ErrorCode Code)> _odd = new()
    {
        ["cut JSON"] = (_ => new Reply(200, "{\"status\":"), ErrorCode.Timeout),
        ["HTML"] = (_ => new Reply(200, "<html>Sign in</html>"), ErrorCode.Timeout),
        ["empty"] = (_ => new Reply(200), ErrorCode.Timeout),
        ["204"] = (_ => new Reply(204), ErrorCode.Timeout),
        ["{}"] = (_ => new Reply(200, "{}"), ErrorCode.Timeout),
        ["[]"] = (_ => new Reply(200, "[]"), ErrorCode.Timeout),
        ["null"] = (_ => new Reply(200, "null"), ErrorCode.Timeout),
        ["error in a 200"] = (_ => new Reply(200, """{"error":{"message":"Try again."},"detail":"Try again."}"""), ErrorCode.Timeout),
        ["unheard word"] = (a => new Reply(200, JobWords.Unheard(a)), ErrorCode.Timeout),
        ["another job"] = (a => new Reply(200, JobWords.OthersDone(a)), ErrorCode.Timeout),
        ["redirect"] = (_ => new Reply(302, "<html/>").With("Location", "https://login.example/"), ErrorCode.Timeout),
        ["304"] = (_ => new Reply(304), ErrorCode.Timeout),
        ["HTML 404"] = (_ => new Reply(404, "<html>Not here</html>"), ErrorCode.Timeout),
        ["400"] = (_ => new Reply(400, "{}"), ErrorCode.Timeout),
        ["401"] = (_ => new Reply(401, "{}"), ErrorCode.AuthenticationFailed),
        ["402"] = (_ => new Reply(402, "{}"), ErrorCode.InsufficientCredits),
        ["403"] = (_ => new Reply(403, "{}"), ErrorCode.AuthenticationFailed),
        ["429"] = (_ => new Reply(429, "{}"), ErrorCode.RateLimitExceeded),
        ["429 at once"] = (_ => new Reply(429, "{}").With("Retry-After", "0"), ErrorCode.RateLimitExceeded),
        ["429 in 1 ms"] = (_ => new Reply(429, "{}").With("retry-after-ms", "1"), ErrorCode.RateLimitExceeded),
        ["429 in an hour"] = (_ => new Reply(429, "{}").With("Retry-After", "3600"), ErrorCode.RateLimitExceeded),
        ["429 at a date"] = (_ => new Reply(429, "{}").With("Retry-After", "Tue, 03 Nov 2026 12:00:00 GMT").With("Date", "Tue, 03 Nov 2026 10:00:00 GMT"), ErrorCode.RateLimitExceeded),
        ["429 at a past date"] = (_ => new Reply(429, "{}").With("Retry-After", "Tue, 03 Nov 2020 12:00:00 GMT").With("Date", "Tue, 03 Nov 2026 10:00:00 GMT"), ErrorCode.RateLimitExceeded),
        ["429 at some time"] = (_ => new Reply(429, "{}").With("Retry-After", "soon"), ErrorCode.RateLimitExceeded),
        ["408"] = (_ => new Reply(408), ErrorCode.Timeout),
        ["499"] = (_ => new Reply(499), ErrorCode.Timeout),
        ["500"] = (_ => new Reply(500, "{}"), ErrorCode.Timeout),
        ["HTML 502"] = (_ => new Reply(502, "<html/>"), ErrorCode.Timeout),
        ["503 at once"] = (_ => new Reply(503, "{}").With("Retry-After", "0"), ErrorCode.Timeout),
        ["520"] = (_ => new Reply(520), ErrorCode.Timeout),
        ["reset"] = (_ => Reply.Transport(HttpRequestError.ResponseEnded), ErrorCode.Timeout),
        ["not reached"] = (_ => Reply.Transport(HttpRequestError.ConnectionError), ErrorCode.Timeout),
        ["half"] = (_ => new Reply(200) { IsBroken = true }, ErrorCode.Timeout),
    };

    public static TheoryData<string, string> Cells
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var job in JobWords.Adapters.SelectMany(a => JobWords.Jobs(a).Keys))
            {
                foreach (var answer in _odd.Keys.Where(o => o != "another job" || JobWords.RepeatsTheId(job)))
                {
                    data.Add(job, answer);
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Providers => [.. JobWords.Adapters.Select(a => JobWords.Jobs(a).Keys.First())];

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Poll_NothingFinalIsSaid_IsAskedOnUntilItIsDone(string provider, string answer)
    {
        var adapter = Adapter(provider);
        Egress.On(NativeCall.Poll, [.. Enumerable.Repeat(_odd[answer].Reply(adapter), Often), new Reply(200, JobWords.Done(adapter))]);
        Egress.On(NativeCall.Download, Media(adapter));

        var state = await Engine.RunAsync(await AcceptedAsync(provider, TimeSpan.FromHours(1)));

        Assert.True(state.Phase == GenerationPhase.Succeeded, state.Error?.Message);
        Assert.Equal(Often + 1, Egress.Count(NativeCall.Poll));
        Assert.Equal((Billed.Yes, 0), (state.Attempts.Single().Billed, Egress.Count(NativeCall.Submit)));
        AssertPace(state);
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Poll_NothingFinalIsEverSaid_EndsWithTheCauseAndIsNotToBeRepeated(string provider, string answer)
    {
        var adapter = Adapter(provider);
        var reply = _odd[answer].Reply(adapter);
        Egress.On(NativeCall.Poll, reply);
        Egress.On(NativeCall.Cancel, new Reply(204));

        var state = await Engine.RunAsync(await AcceptedAsync(provider, TimeSpan.FromMinutes(5)));

        Assert.Equal((GenerationPhase.Failed, _odd[answer].Code, false), (state.Phase, state.Error!.Code, state.Error.Retryable));
        Assert.Equal(adapter.CancelsAtDeadline ? TimeSpan.FromMinutes(5) : TimeSpan.FromMinutes(65), Engine.Time.GetUtcNow() - state.CreatedAt);
        Assert.DoesNotContain("late result", state.Error.Message, StringComparison.Ordinal);
        Assert.True(reply.Status is 0 or (>= 200 and <= 299) || state.Error.Message.Contains($"answered {reply.Status} to every poll", StringComparison.Ordinal), state.Error.Message);
        Assert.Equal(Billed.Unknown, state.Attempts.Single().Billed);
        Assert.Equal("Poll", Egress.Sent.Last(s => !s.StartsWith("Cancel", StringComparison.Ordinal)).Split(' ')[0]);
        AssertPace(state);
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Poll_TheClockIsSetBack_GoesOnAtItsPace(string provider)
    {
        var adapter = Adapter(provider);
        Egress.On(NativeCall.Poll, [new Reply(200, JobWords.Unheard(adapter)) with { Meanwhile = () =>
        {
            Engine.Time.SetBack(TimeSpan.FromHours(2));
            return Task.CompletedTask;
        } }, .. Enumerable.Repeat(new Reply(200, JobWords.Unheard(adapter)), Often), new Reply(200, JobWords.Done(adapter))]);
        Egress.On(NativeCall.Download, Media(adapter));

        try
        {
            var state = await Engine.RunAsync(await AcceptedAsync(provider, TimeSpan.FromMinutes(5)));

            Assert.Equal(GenerationPhase.Succeeded, state.Phase);
            Assert.All(Engine.Time.Pauses, p => Assert.InRange(p, TimeSpan.Zero, TimeSpan.FromSeconds(15)));
        }
        finally
        {
            Engine.Time.SetBack(-TimeSpan.FromHours(2));
        }
    }

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Poll_TheCallersTimeIsOver_IsAskedMoreAndMoreSlowly(string provider)
    {
        var adapter = Adapter(provider);
        Egress.On(NativeCall.Poll, new Reply(503));
        Egress.On(NativeCall.Cancel, new Reply(500));

        await Engine.RunAsync(await AcceptedAsync(provider, TimeSpan.FromSeconds(10)));

        Assert.InRange(Egress.Count(NativeCall.Poll), 60, 150);
        Assert.All(Engine.Time.Pauses, p => Assert.InRange(p, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    private static byte[] Fixture(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", name));

    private static ProviderAdapter Adapter(string job) => JobWords.Adapters.Single(a => a.Name == job.Split(' ')[0]);

    private static Reply Media(ProviderAdapter adapter) =>
        new(200)
        {
            Bytes = adapter.FindModel(JobWords.ModelOf(adapter))!.MediaType switch { MediaType.Image => _image, MediaType.Audio => _sound, _ => _clip },
        };

    /// <summary>No more than one poll a second on average, the first two apart.</summary>
    private void AssertPace(GenerationState state) =>
        Assert.InRange(Egress.Count(NativeCall.Poll), 1, 3 + (Engine.Time.GetUtcNow() - state.CreatedAt).TotalSeconds);

    private Task<Generation> AcceptedAsync(string job, TimeSpan timeout)
    {
        var adapter = Adapter(job);
        return Engine.StoredAsync(adapter.Name, s => s with
        {
            Phase = GenerationPhase.Running,
            Model = JobWords.ModelOf(adapter),
            Deadline = s.CreatedAt + timeout,
            SubmittedAt = s.CreatedAt,
            Attempts = [new AttemptReport(s.Provider, "only", AttemptOutcome.Accepted, null, Billed.Unknown, 1)],
            JobLocation = new JobLocation(s.Provider, "only", string.Create(CultureInfo.InvariantCulture, $"https://only.{s.Provider}.example/"), null),
            Job = JobWords.Jobs(adapter)[job],
        });
    }
}
