using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>The provider has made a result, and it is to be fetched.</summary>
public sealed class CollectTests : EngineTest
{
    private static readonly byte[] _image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "still.png"));
    private static readonly byte[] _clip = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "clip.mp4"));
    private const string Four = "\"https://cdn.example/1\",\"https://cdn.example/2\",\"https://cdn.example/3\",\"https://cdn.example/4\"";
    private static readonly Reply _file = new(200) { Bytes = _image };

    public CollectTests(TestEngine engine)
        : base(engine) => Egress.On(NativeCall.Submit, new Reply(200, "https://cdn.example/1.png"));

    [Fact]
    public async Task Run_ItIsThere_IsStored()
    {
        Egress.On(NativeCall.Download, _file);

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Succeeded, 1), (state.Phase, state.Result!.Media.Count));
        Assert.Empty(state.Sources);
        Assert.Empty(Engine.Time.Pauses);
    }

    /// <summary>Fewer than were asked for is no whole success: the caller hears of it, and nobody else gets it from the cache.</summary>
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    public async Task Run_FewerResultsThanWereAskedFor_IsTold(int asked, bool told)
    {
        Egress.On(NativeCall.Poll, new Reply(200, """{"id":"job-1","status":"SUCCEEDED","output":["https://cdn.example/1"]}"""));
        Egress.On(NativeCall.Download, _file);

        var state = await Engine.RunAsync(await AcceptedAsync("runway", s => s with { ResultsAsked = asked }));

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(told, state.Warnings.Any(w => w.Contains("1 of the 2 results", StringComparison.Ordinal)));
        Assert.False(told && state.CachePlan is not null);
    }

    [Theory]
    [InlineData("broken")]
    [InlineData("503")]
    [InlineData("not media")]
    public async Task Run_ADownloadFails_IsRepeated(string answer)
    {
        var failure = answer switch
        {
            "broken" => Reply.Transport(HttpRequestError.ResponseEnded),
            "503" => new Reply(503),
            _ => new Reply(200) { Bytes = "<html>"u8.ToArray() },
        };
        Egress.On(NativeCall.Download, failure, failure, failure, _file);

        var state = await RunAsync("alpha");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(4, Egress.Count(NativeCall.Download));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task Run_TheUrlIsDead_TheJobIsAskedForAnother(int status)
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, new Reply(200, "https://cdn.example/1.png"), new Reply(200, "https://cdn.example/2.png"));
        Egress.On(NativeCall.Download, new Reply(status), _file);

        var state = await RunAsync("alpha");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(["Submit", "Poll", "Download", "Poll", "Download"], Egress.Sent.Select(s => s.Split(' ')[0]));
    }

    [Theory]
    [InlineData(202)]
    [InlineData(204)]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(500)]
    public async Task Run_ItIsNotThereYet_IsFetchedOnceItIs(int status)
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, new Reply(200, "https://cdn.example/1.png"), new Reply(500), new Reply(200, "<html>"), new Reply(404), new Reply(200, "failed"));
        Egress.On(NativeCall.Download, [.. Enumerable.Repeat(new Reply(status), 7), _file]);

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Succeeded, 8), (state.Phase, Egress.Count(NativeCall.Download)));
        Assert.Empty(state.Warnings);
        Assert.InRange(Egress.Count(NativeCall.Poll), 2, (Engine.Time.GetUtcNow() - state.CreatedAt).TotalSeconds);
    }

    [Fact]
    public async Task Run_TheUrlsStayDead_FailsAtTheEndOfTheWindowAndSaysThatTheJobWasDone()
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, new Reply(200, "https://cdn.example/1.png"), new Reply(200, "https://cdn.example/2.png"));
        Egress.On(NativeCall.Download, new Reply(404));

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Failed, "result_not_fetched", false), (state.Phase, state.Error!.Details!.Reason, state.Error.Retryable));
        Assert.Equal(Billed.Yes, state.Attempts.Single().Billed);
        Assert.InRange(Engine.Time.GetUtcNow() - state.CreatedAt, TimeSpan.FromMinutes(59), TimeSpan.FromMinutes(61));
    }

    [Theory]
    [InlineData("<html>Sign in</html>")]
    [InlineData("{\"error\":\"AccessDenied\"}")]
    [InlineData("Access Denied")]
    [InlineData("")]
    public async Task Run_ItIsNeverMedia_IsNeverASuccess(string text)
    {
        foreach (var type in (string[])["image/png", "video/mp4", "application/octet-stream"])
        {
            Egress.On(NativeCall.Submit, new Reply(200, "https://cdn.example/1.png"));
            Egress.On(NativeCall.Download, new Reply(200) { Bytes = System.Text.Encoding.UTF8.GetBytes(text) }.With("Content-Type", type));

            var state = await RunAsync("alpha");

            Assert.Equal((GenerationPhase.Failed, null), (state.Phase, state.Result));
        }
    }

    [Fact]
    public async Task Run_ItIsCutAtItsSource_IsFetchedUntilItIsWhole()
    {
        Egress.On(NativeCall.Download, new Reply(200) { Bytes = _image[..^5] }, new Reply(206) { Bytes = _image[..300] }.With("Content-Range", $"bytes 0-299/{_image.Length}"), _file);

        Assert.Equal((GenerationPhase.Succeeded, 3), ((await RunAsync("alpha")).Phase, Egress.Count(NativeCall.Download)));
    }

    [Fact]
    public async Task Run_AllOfItAsAPart_IsStored()
    {
        Egress.On(NativeCall.Download, new Reply(206) { Bytes = _image }.With("Content-Range", $"bytes 0-{_image.Length - 1}/{_image.Length}"));

        Assert.Equal((GenerationPhase.Succeeded, 1), ((await RunAsync("alpha")).Phase, Egress.Count(NativeCall.Download)));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("unsaid gzip")]
    [InlineData("said only")]
    public async Task Run_ItIsPacked_IsStoredUnpacked(string coding)
    {
        using var packed = new MemoryStream();
        await using (Stream packer = coding switch
        {
            "deflate" => new System.IO.Compression.ZLibStream(packed, System.IO.Compression.CompressionMode.Compress),
            "br" => new System.IO.Compression.BrotliStream(packed, System.IO.Compression.CompressionMode.Compress),
            _ => new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionMode.Compress),
        })
        {
            await packer.WriteAsync(_image);
        }

        var reply = new Reply(200) { Bytes = coding == "said only" ? _image : packed.ToArray() };
        Egress.On(NativeCall.Download, coding == "unsaid gzip" ? reply : reply.With("Content-Encoding", coding == "said only" ? "gzip" : coding));

        var state = await RunAsync("alpha");

        Assert.Equal((_image.Length, 1), (state.Result!.Media.Single().Bytes, Egress.Count(NativeCall.Download)));
    }

    [Fact]
    public async Task Run_ItIsTooLarge_IsFinalAtOnce()
    {
        Egress.On(NativeCall.Submit, Reply.Job);
        Egress.On(NativeCall.Poll, new Reply(200, "https://cdn.example/1.png"));
        Egress.On(NativeCall.Download, new Reply(200) { Bytes = _image }.With("Content-Length", "9000000000"));

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Failed, 1, 1), (state.Phase, Egress.Count(NativeCall.Download), Egress.Count(NativeCall.Poll)));
        Assert.Contains("larger than", state.Error!.Message, StringComparison.Ordinal);
    }

    /// <summary>Whether the result is inside the answer or behind an address: the same bytes are not asked for again.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ItIsTooLargeOnceItIsRead_IsFetchedOnce(bool inline)
    {
        var media = Engine.Get<Microsoft.Extensions.Options.IOptions<Proxy.Media.MediaOptions>>().Value;
        var most = media.MaxBytes;
        media.MaxBytes = _image.Length - 1;
        try
        {
            Egress.On(NativeCall.Submit, Reply.Job);
            Egress.On(NativeCall.Poll, new Reply(200, inline ? "data:image/png;base64," + Convert.ToBase64String(_image) : "https://cdn.example/1.png"));
            Egress.On(NativeCall.Download, _file);

            var state = await RunAsync("alpha");

            Assert.Equal((GenerationPhase.Failed, inline ? 0 : 1, 1), (state.Phase, Egress.Count(NativeCall.Download), Egress.Count(NativeCall.Poll)));
            Assert.Equal(("result_not_fetched", Billed.Yes), (state.Error!.Details!.Reason, state.Attempts.Single().Billed));
            Assert.Contains("larger than", state.Error.Message, StringComparison.Ordinal);
        }
        finally
        {
            media.MaxBytes = most;
        }
    }

    [Fact]
    public async Task Run_TheServerAsksForAPause_GetsIt()
    {
        Egress.On(NativeCall.Download, new Reply(503).With("Retry-After", "9"), new Reply(503).With("Retry-After", "7200"), _file);

        await RunAsync("alpha");

        Assert.Equal([TimeSpan.FromSeconds(9), TimeSpan.FromMinutes(1)], Engine.Time.Pauses);
    }

    [Fact]
    public async Task Run_OneOfSeveralCannotBeFetched_TheOthersAreDeliveredAndItIsTold()
    {
        Egress.On(NativeCall.Poll, new Reply(200, """{"id":"job-1","status":"SUCCEEDED","output":["https://cdn.example/1","https://cdn.example/2"]}"""));
        Egress.On(NativeCall.Download, new Reply(404), _file, new Reply(404));

        var state = await Engine.RunAsync(await AcceptedAsync("runway"));

        Assert.Equal((GenerationPhase.Succeeded, 1), (state.Phase, state.Result!.Media.Count));
        Assert.Contains("Result 1 of 2 could not be fetched: the URL answers 404.", state.Warnings);
        Assert.Null(state.CachePlan);
        Assert.True(File.Exists(Engine.Get<Proxy.Media.MediaStore>().PathOf(state.Result.Media[0].Id)));
    }

    /// <summary>A caller whose time is short is given what there is, and is not told that there is nothing.</summary>
    [Theory]
    [InlineData(20)]
    [InlineData(45)]
    [InlineData(300)]
    public async Task Run_OneOfSeveralCannotBeFetched_TheOthersAreThereInTheCallersTime(int seconds)
    {
        Egress.On(NativeCall.Poll, new Reply(200, """{"id":"job-1","status":"SUCCEEDED","output":["https://cdn.example/1","https://cdn.example/2"]}"""));
        Egress.On(NativeCall.Download, _file, new Reply(404));

        var state = await Engine.RunAsync(await AcceptedAsync("runway", s => s with { Deadline = s.CreatedAt.AddSeconds(seconds) }));

        Assert.Equal((GenerationPhase.Succeeded, 1), (state.Phase, state.Result!.Media.Count));
        Assert.Contains("Result 2 of 2 could not be fetched: the URL answers 404.", state.Warnings);
        Assert.True(state.FinishedAt < state.Deadline, $"{state.FinishedAt} {state.Deadline}");
    }

    /// <summary>A first look may name a draft, or half of it: what the provider names later counts, however many there are.</summary>
    [Theory]
    [InlineData("\"https://cdn.example/1\"", "\"https://cdn.example/2\",\"https://cdn.example/3\"", 2)]
    public async Task Run_TheUrlsAreDeadAndTheJobNamesMore_ThoseAreFetched(string first, string second, int count)
    {
        Egress.On(NativeCall.Poll, Named(first), Named(second));
        Egress.On(NativeCall.Download, new Reply(404), _file);

        // The first look alone would be fewer than were asked for.
        var state = await Engine.RunAsync(await AcceptedAsync("runway", s => s with { ResultsAsked = count }));

        Assert.Equal((GenerationPhase.Succeeded, count), (state.Phase, state.Result?.Media.Count));
        Assert.Empty(state.Warnings);
    }

    /// <summary>Fewer than were named before are delivered where nothing else comes, and the caller hears of it.</summary>
    [Theory]
    [InlineData(0, "runway delivered 1 of the 4 results that it had named.")]
    [InlineData(4, "runway delivered 1 of the 4 results that were asked for.")]
    public async Task Run_TheUrlsStayDeadAndTheJobNamesFewer_ThoseAreFetchedAndItIsTold(int asked, string warning)
    {
        Egress.On(NativeCall.Poll, Named(Four), Named("\"https://cdn.example/9\""));
        Egress.On(NativeCall.Download, [.. Enumerable.Repeat(new Reply(404), 8), _file, new Reply(404)]);

        var state = await Engine.RunAsync(await AcceptedAsync("runway", s => s with { ResultsAsked = asked, Deadline = s.CreatedAt.AddSeconds(45) }));

        Assert.Equal((GenerationPhase.Succeeded, 1), (state.Phase, state.Result?.Media.Count));
        Assert.Equal([warning], state.Warnings);
        Assert.Null(state.CachePlan);
        Assert.True(state.FinishedAt < state.Deadline, $"{state.FinishedAt} {state.Deadline}");
        Assert.True(File.Exists(Engine.Get<Proxy.Media.MediaStore>().PathOf(state.Result!.Media[0].Id)));
    }

    /// <summary>Answer after answer names the same ones, which are all here: those of before have their least life, and nobody waits for them until the deadline.</summary>
    [Fact]
    public async Task Run_TheJobGoesOnNamingFewer_TheyAreDeliveredSoon()
    {
        Egress.On(NativeCall.Poll, Named(Four), Named("\"https://cdn.example/9\""));
        Egress.On(NativeCall.Download, [.. Enumerable.Repeat(new Reply(404), 8), _file, new Reply(404)]);

        var state = await Engine.RunAsync(await AcceptedAsync("runway", s => s with { Deadline = s.CreatedAt.AddSeconds(300) }));

        Assert.Equal((GenerationPhase.Succeeded, 1), (state.Phase, state.Result?.Media.Count));
        Assert.InRange(state.FinishedAt!.Value, state.CreatedAt.AddSeconds(60), state.CreatedAt.AddSeconds(120));
    }

    /// <summary>A look that names fewer takes nothing away: what was named before may still come.</summary>
    [Fact]
    public async Task Run_TheJobNamesFewerAndThoseOfBeforeCome_AllAreDelivered()
    {
        Egress.On(NativeCall.Poll, Named(Four), Named("\"https://cdn.example/9\""));
        Egress.On(NativeCall.Download, [.. Enumerable.Repeat(new Reply(404), 8), _file]);

        var state = await Engine.RunAsync(await AcceptedAsync("runway"));

        Assert.Equal((GenerationPhase.Succeeded, 4), (state.Phase, state.Result?.Media.Count));
        Assert.Empty(state.Warnings);
    }

    /// <summary>What the adapter says of something else does not stand for what is missing.</summary>
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void LessOf_FewerThanWereAskedFor_IsToldOnce(int leftOut, int warnings)
    {
        var done = new JobOutcome.Succeeded([new MediaSource(MediaType.Image, "https://cdn.example/1")]) { LeftOut = leftOut, Warnings = ["Something else."] };
        var state = Completion.Of(Engine.New("alpha").State with { ResultsAsked = 2 }, done);

        Assert.Equal(["Something else."], state.Warnings);
        Assert.Equal(warnings, Completion.LessOf(state, 1, 1) is null ? 0 : 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Run_AStillBesideTheClip_StandsBehindIt(bool stillIsFirst)
    {
        var still = new Reply(200) { Bytes = _image };
        var clip = new Reply(200) { Bytes = _clip };
        Egress.On(NativeCall.Poll, new Reply(200, """{"id":"job-1","status":"SUCCEEDED","output":["https://cdn.example/1","https://cdn.example/2"]}"""));
        Egress.On(NativeCall.Download, stillIsFirst ? [still, clip] : [clip, still]);

        var state = await Engine.RunAsync(await AcceptedAsync("runway", s => s with { Job = s.Job! with { Model = "gen4_turbo" } }));

        Assert.Equal([MediaType.Video, MediaType.Image], state.Result!.Media.Select(m => m.Type));
    }

    [Fact]
    public async Task Run_AnotherKindThanWasAskedFor_IsTold()
    {
        Egress.On(NativeCall.Download, new Reply(200) { Bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "clip.mp4")) });

        var state = await RunAsync("alpha");

        Assert.Equal(GenerationPhase.Succeeded, state.Phase);
        Assert.Equal(["alpha delivered video (video/mp4) where image was asked for."], state.Warnings);
    }

    [Theory]
    [InlineData("clips/1.mp4?x=1", "https://only.veo.example/v1/clips/1.mp4?x=1")]
    [InlineData("/clips/1.mp4", "https://only.veo.example/clips/1.mp4")]
    [InlineData("//cdn.example/1.mp4", "https://cdn.example/1.mp4")]
    [InlineData("gs://bucket/a b.mp4", "https://storage.googleapis.com/storage/v1/b/bucket/o/a%20b.mp4?alt=media")]
    public async Task Run_TheAddressIsNoUrl_IsResolved(string uri, string url)
    {
        Egress.On(NativeCall.Poll, new Reply(200, Clip(uri)));
        Egress.On(NativeCall.Download, new Reply(200) { Bytes = _clip });

        Assert.Equal(GenerationPhase.Succeeded, (await Engine.RunAsync(await AcceptedAsync("veo"))).Phase);
        Assert.Equal(url, Egress.Requests[^1].Target);
    }

    /// <summary>Octets that are escaped one by one are no text.</summary>
    [Fact]
    public async Task Run_TheBytesInTheAddressAreEscaped_AreRead()
    {
        Egress.On(NativeCall.Poll, new Reply(200, Clip("data:video/mp4," + string.Concat(_clip.Select(b => b is (byte)'f' ? "f" : $"%{b:X2}")))));

        var state = await Engine.RunAsync(await AcceptedAsync("veo"));

        Assert.Equal((GenerationPhase.Succeeded, _clip.Length), (state.Phase, state.Result?.Media.Single().Bytes));
    }

    [Theory]
    [InlineData("s3://bucket/1.mp4")]
    [InlineData("ftp://files.example/1.mp4")]
    [InlineData("data:video/mp4;base64,AAAA")]
    [InlineData("data:video/mp4,!")]
    public async Task Run_TheAddressCannotBeFetched_IsPaidAndTold(string uri)
    {
        Egress.On(NativeCall.Poll, new Reply(200, Clip(uri)));

        var state = await Engine.RunAsync(await AcceptedAsync("veo"));

        Assert.Equal((GenerationPhase.Failed, Failures.ResultNotFetched, false), (state.Phase, state.Error!.Details!.Reason, state.Error.Retryable));
        Assert.Equal(Billed.Yes, state.Attempts.Single().Billed);
        Assert.Equal(0, Egress.Count(NativeCall.Submit));
    }

    /// <remarks>What the provider has answered is known to nobody else: without it the paid job is one whose submit was lost.</remarks>
    [Fact]
    public async Task Run_TheBytesInTheAnswerAreCutWhileTheStoreFails_IsNoLostSubmit()
    {
        Egress.On(NativeCall.Submit, new Reply(200, "data:image/png;base64," + Convert.ToBase64String(_image[..40])));
        var (storing, ending) = (3, 7);
        Engine.Store.Rejects = s => (s.Phase == GenerationPhase.Storing && storing-- > 0) || (s.Phase == GenerationPhase.Failed && ending-- > 0) ? new InvalidOperationException("Nobody has named this.") : null;

        var state = await RunAsync("alpha");

        Assert.Equal((GenerationPhase.Failed, Failures.ResultNotFetched), (state.Phase, state.Error!.Details!.Reason));
        Assert.Equal((AttemptOutcome.Accepted, Billed.Yes), (state.Attempts.Single().Outcome, state.Attempts[0].Billed));
        Assert.Equal((-1, -1), (storing, ending));
        Assert.Equal(1, Egress.Count(NativeCall.Submit));
    }

    [Fact]
    public async Task Run_TheBytesInTheAnswerAreCut_TheJobIsAskedForThemAgain()
    {
        var uri = "data:video/mp4;base64," + Convert.ToBase64String(_clip);
        Egress.On(NativeCall.Poll, new Reply(200, Clip("data:video/mp4;base64," + Convert.ToBase64String(_clip[..3000]))), new Reply(200, Clip(uri)));

        var state = await Engine.RunAsync(await AcceptedAsync("veo"));

        Assert.Equal((GenerationPhase.Succeeded, _clip.Length), (state.Phase, state.Result!.Media.Single().Bytes));
        Assert.DoesNotContain("data:", System.Text.Json.JsonSerializer.Serialize(Engine.Store.Stored(state.Id)!.Sources), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_TheBytesAreInTheAnswerToAPoll_NeverLieInMemory(bool firstIsCut)
    {
        // A box that players skip.
        byte[] large = [.. _clip, 0, 3, 0, 0, .. "free"u8, .. new byte[(3 * 65536) - 8]];
        var whole = new Reply(200, Clip("data:video/mp4;base64," + Convert.ToBase64String(large)));
        Egress.On(NativeCall.Poll, firstIsCut ? [new Reply(200, Clip("data:video/mp4;base64," + Convert.ToBase64String(large[..150_000]))), whole] : [whole]);

        var state = await Engine.RunAsync(await AcceptedAsync("veo"));

        Assert.Equal((GenerationPhase.Succeeded, large.Length), (state.Phase, state.Result!.Media.Single().Bytes));
        Assert.Equal(large, File.ReadAllBytes(Engine.Get<Proxy.Media.MediaStore>().PathOf(state.Result.Media[0].Id)));
        Assert.InRange(Egress.LargestAnswer, 1, 4096);
        Assert.Equal(0, Engine.Get<Proxy.Media.InputFolder>().Bytes);
    }

    [Fact]
    public async Task Run_TheClientCancels_Ends()
    {
        Generation? generation = null;
        Egress.On(NativeCall.Download, new Reply(404) with
        {
            Meanwhile = () =>
            {
                generation!.Update(s => s with { CancelRequested = true });
                return generation.Cancelled.CancelAsync();
            },
        });
        generation = Engine.New("alpha");

        Assert.Equal((GenerationPhase.Cancelled, 1), ((await Engine.RunAsync(generation)).Phase, Egress.Count(NativeCall.Download)));
    }

    private static Reply Named(string urls) => new(200, $$"""{"id":"job-1","status":"SUCCEEDED","output":[{{urls}}]}""");

    private static string Clip(string uri) => $$$"""{"name":"p/operations/1","done":true,"response":{"videos":[{"uri":"{{{uri}}}"}]}}""";

    private Task<Generation> AcceptedAsync(string provider, Func<GenerationState, GenerationState>? change = null)
    {
        var adapter = JobWords.Adapters.Single(a => a.Name == provider);
        return Engine.StoredAsync(provider, s => (change ?? (same => same))(s with
        {
            Phase = GenerationPhase.Running,
            Model = JobWords.ModelOf(adapter),
            Attempts = [new AttemptReport(s.Provider, "only", AttemptOutcome.Accepted, null, Billed.Unknown, 1)],
            JobLocation = new JobLocation(s.Provider, "only", $"https://only.{s.Provider}.example/v1/", null),
            Job = new JobHandle(provider == "veo" ? "p/operations/1" : "job-1", JobWords.ModelOf(adapter)),
        }));
    }
}
