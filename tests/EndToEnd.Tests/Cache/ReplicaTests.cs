using System.Diagnostics;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Cache;

/// <summary>Two replicas and one Redis.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class ReplicaTests : IAsyncLifetime
{
    private const string OnlyIfCached = "only-if-cached";
    private RedisProcess _redis = null!;
    private SandboxProcess _sandbox = null!;
    private FramegateProcess _a = null!;
    private FramegateProcess _b = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisProcess.StartAsync();
        _sandbox = await SandboxProcess.StartAsync();
        (_a, _b) = (await StartAsync(), await StartAsync());
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
        await _sandbox.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Post_AtTheOtherReplica_HitsWhatTheFirstPaidForAndServesItsMedia()
    {
        var body = Bodies.Of("sora", Bodies.Unique("shared"));
        var first = await _a.Client.PostAsync(body);

        // The files follow the answer: until they are there it is a miss.
        var other = await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);
        var again = await _b.Client.PostAsync(body);

        Assert.Single(await _sandbox.LedgerAsync());
        Assert.Equal("hit", other.Json.Text("metadata.cache"));
        Assert.Equal("hit", again.Json.Text("metadata.cache"));
        Assert.Equal(first.Json.Text("result.media[0].id"), other.Json.Text("result.media[0].id"));
        var here = await _a.Client.GetAsync(first.Json.Text("result.media[0].url"));
        var there = await _b.Client.GetAsync(other.Json.Text("result.media[0].url"));
        Assert.Equal(200, there.Status);
        Assert.Equal(here.Body, there.Body);
        Assert.Equal(here.Header("Content-Type"), there.Header("Content-Type"));
        foreach (var hit in new[] { other, again, await _b.Client.PostAsync(body) })
        {
            Assert.Equal(200, (await _b.Client.FindAsync(hit.Json.Text("request_id"))).Status);
        }
    }

    [Fact]
    public async Task Post_AtAReplicaThatCameLater_HitsWhatWasMadeBeforeItsStart()
    {
        var body = Bodies.Of("flux", Bodies.Unique("before"));
        await _a.Client.PostAsync(body);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);

        await using var late = await StartAsync();

        Assert.Equal("hit", (await Eventually.GetAsync(() => CachedAsync(late, body), a => a.Status == 200)).Json.Text("metadata.cache"));
    }

    [Theory]
    [InlineData("""{"provider":"flux"}""")]
    [InlineData("""{"pattern":"flux:*"}""")]
    public async Task Invalidate_AtOne_IsTrueAtTheOther(string what)
    {
        var body = Bodies.Of("flux", Bodies.Unique("invalidated"));
        await _a.Client.PostAsync(body);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);

        var counted = await _a.Client.PostToAsync("/admin/cache/invalidate", what.Replace("}", ",\"dry_run\":true}", StringComparison.Ordinal));
        Assert.Equal(200, (await CachedAsync(_b, body)).Status);
        Assert.Equal(200, (await CachedAsync(_a, body)).Status);

        var answer = await _a.Client.PostToAsync("/admin/cache/invalidate", what);

        Assert.Equal(counted.Json.At("removed").GetInt32(), answer.Json.At("removed").GetInt32());
        Assert.True(answer.Json.At("reached_all").GetBoolean());
        Assert.True(answer.Json.At("removed").GetInt32() >= 1);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 504, seconds: 2);
        Assert.Equal(504, (await CachedAsync(_a, body)).Status);
    }

    [Fact]
    public async Task Invalidate_TheMessageIsLost_HealsWithinSeconds()
    {
        var body = Bodies.Of("flux", Bodies.Unique("lost"));
        await _a.Client.PostAsync(body);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);

        // Subscriptions are cut, and whoever publishes meanwhile reaches nobody.
        await _redis.TellAsync("CLIENT KILL TYPE pubsub");
        await _a.Client.PostToAsync("/admin/cache/invalidate", """{"all":true}""");

        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 504, seconds: 5);
    }

    /// <remarks>More than the stream keeps may be published while a replica is cut off: what it has not read may mean anything.</remarks>
    [Fact]
    public async Task Invalidate_TheLineIsTrimmedBeforeItIsRead_IsTrueAllTheSame()
    {
        var body = Bodies.Of("flux", Bodies.Unique("trimmed"));
        await _a.Client.PostAsync(body);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);
        var earlier = Bodies.Of("sora", Bodies.Unique("earlier"));
        await _a.Client.PostAsync(earlier);
        await Eventually.GetAsync(() => CachedAsync(_b, earlier), a => a.Status == 200);
        await _a.Client.PostToAsync("/admin/cache/invalidate", """{"provider":"sora"}""");
        await Eventually.GetAsync(() => CachedAsync(_b, earlier), a => a.Status == 504, seconds: 5);

        await InStreamAsync($"{{\"from\":\"{Guid.NewGuid()}\",\"replaced\":\"c\",\"by\":\"d\"}}", trimmed: true);

        // The shared entry went with the line that nobody has read.
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 504, seconds: 5);
    }

    /// <remarks>As a later build may write it.</remarks>
    [Fact]
    public async Task Invalidate_BehindALineThatCannotBeRead_IsTrueAtTheOther()
    {
        await InStreamAsync("not of this build");
        var body = Bodies.Of("flux", Bodies.Unique("behind"));
        await _a.Client.PostAsync(body);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);

        await _a.Client.PostToAsync("/admin/cache/invalidate", """{"provider":"flux"}""");

        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 504, seconds: 5);
    }

    /// <remarks>Finding the shared entries takes a while among many: who asks meanwhile still gets one from there.</remarks>
    [Fact]
    public async Task Invalidate_WhileOthersAsk_IsTrueOnceItIsAnswered()
    {
        Assert.StartsWith(":", await _redis.TellAsync("""EVAL "for i=1,300000 do redis.call('SET','other:'..i,'x') end return 1" 0"""), StringComparison.Ordinal);
        var body = Bodies.Of("flux", Bodies.Unique("asked for"));
        await _a.Client.PostAsync(body);
        using var end = new CancellationTokenSource();
        var asking = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                await CachedAsync(_a, body);
            }
        })).ToList();

        await _a.Client.PostToAsync("/admin/cache/invalidate", """{"provider":"flux"}""");

        Assert.Equal(504, (await CachedAsync(_a, body)).Status);
        await end.CancelAsync();
        await Task.WhenAll(asking);
        Assert.Equal(504, (await CachedAsync(_a, body)).Status);
    }

    [Fact]
    public async Task Refresh_AtOne_ReplacesTheEntryAtTheOther()
    {
        var body = Bodies.Of("flux", Bodies.Unique("refreshed"));
        await _a.Client.PostAsync(body);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);

        var fresh = await _a.Client.PostAsync(body, ("Cache-Control", "no-cache"));

        await Eventually.GetAsync(
            () => CachedAsync(_b, body), a => a.Status == 200 && a.Json.Text("result.media[0].id") == fresh.Json.Text("result.media[0].id"), seconds: 5);
    }

    [Fact]
    public async Task Redis_GoesAwayAndComesBack_RequestsGoOnAndInvalidationsCatchUp()
    {
        var body = Bodies.Of("flux", Bodies.Unique("away"));
        await _a.Client.PostAsync(body);
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 200);
        await _redis.LeaveAsync();

        var watch = Stopwatch.StartNew();
        Assert.Equal(200, (await CachedAsync(_b, body)).Status);
        Assert.Equal(200, (await CachedAsync(_a, body)).Status);
        Assert.Equal(504, (await CachedAsync(_a, Bodies.Of("flux", Bodies.Unique("unknown")))).Status);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(3), watch.Elapsed.ToString());

        var paid = await _a.Client.PostAsync(Bodies.Of("flux", Bodies.Unique("new")));
        Assert.Equal(200, paid.Status);
        var answer = await _a.Client.PostToAsync("/admin/cache/invalidate", """{"all":true}""");
        Assert.False(answer.Json.At("reached_all").GetBoolean());
        Assert.Equal(504, (await CachedAsync(_a, body)).Status);

        await _redis.ReturnAsync();
        await Eventually.GetAsync(() => CachedAsync(_b, body), a => a.Status == 504, seconds: 20);
    }

    /// <summary>Writes a line of invalidations; trimmed, all before it are gone before anybody can read them.</summary>
    private async Task InStreamAsync(string line, bool trimmed = false)
    {
        const string Stream = "framegate:sandbox:cache:news";
        var quoted = line.Replace("\"", "\\\"", StringComparison.Ordinal);
        var entries = trimmed ? "for _,k in ipairs(redis.call('KEYS','framegate:sandbox:cache:entry*')) do redis.call('DEL',k) end redis.call('XADD',KEYS[1],'*','cache:news','{}') redis.call('XADD',KEYS[1],'*','cache:news',ARGV[1]) redis.call('XTRIM',KEYS[1],'MAXLEN',1)" : "redis.call('XADD',KEYS[1],'*','cache:news',ARGV[1])";
        Assert.StartsWith(":1", await _redis.TellAsync($"EVAL \"{entries} return 1\" 1 {Stream} \"{quoted}\""), StringComparison.Ordinal);
    }

    private static Task<HttpAnswer> CachedAsync(FramegateProcess framegate, string body) => framegate.Client.PostAsync(body, ("Cache-Control", OnlyIfCached));

    private Task<FramegateProcess> StartAsync() => FramegateProcess.StartAsync(new FramegateSettings
    {
        Sandbox = _sandbox.Address,
        Variables = new Dictionary<string, string> { ["Framegate__Cache__Redis"] = _redis.Address },
    });
}
