using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Cache;

/// <summary>Identical requests in flight share one paid job.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class SingleFlightTests
{
    [Fact]
    public async Task Post_FiveHundredAtOnce_OneIsPaidAndEachHasItsOwnAnswer()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = sandbox.Address });
        var body = Bodies.Of("flux", "sandbox:slow=2 five hundred");

        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => framegate.Client.PostAsync(body)));

        Assert.Single(await sandbox.LedgerAsync());
        Assert.All(answers, a => Assert.True(a.Status == 200, a.ToString()));
        Assert.Equal(500, answers.Select(a => a.Json.Text("request_id")).Distinct().Count());
        Assert.Single(answers.Select(a => a.Json.Text("result.media[0].sha256")).Distinct());
        Assert.Single(answers, a => a.Json.Text("metadata.cache") == "miss");
        Assert.True(answers.Count(a => a.Json.Text("metadata.cache") == "shared") > 400);
        Assert.Equal(answers.Single(a => a.Json.Text("metadata.cache") == "miss").Json.At("cost").GetDecimal(), answers.Sum(a => a.Json.At("cost").GetDecimal()));
    }

    [Fact]
    public async Task Cancel_TheFirstLeaves_TheOthersGetTheirResult()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = sandbox.Address });
        var body = Bodies.Of("flux", "sandbox:slow=4 the first leaves");
        var ids = new[] { await framegate.Client.StartAsync(body), await framegate.Client.StartAsync(body), await framegate.Client.StartAsync(body) };

        var left = await framegate.Client.SendAsync(HttpMethod.Delete, "/generations/" + ids[0]);
        var second = await framegate.Client.SendAsync(HttpMethod.Delete, "/generations/" + ids[1]);

        Assert.Equal("cancelled", left.Json.Text("metadata.phase"));
        Assert.Equal("cancelled", second.Json.Text("metadata.phase"));
        Assert.Equal("success", (await framegate.Client.EndOfAsync(ids[2])).Text("status"));
        Assert.Equal("cancelled", (await framegate.Client.FindAsync(ids[0])).Json.Text("metadata.phase"));
        Assert.Equal("hit", (await framegate.Client.PostAsync(body)).Json.Text("metadata.cache"));
        Assert.Single(await sandbox.LedgerAsync());
    }

    [Fact]
    public async Task Cancel_AllLeave_TheJobIsCancelledAndTheNextPaysAnew()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = sandbox.Address });
        var body = Bodies.Of("flux", "sandbox:slow=5 all leave");
        var ids = new[] { await framegate.Client.StartAsync(body), await framegate.Client.StartAsync(body) };
        foreach (var id in ids)
        {
            await framegate.Client.SendAsync(HttpMethod.Delete, "/generations/" + id);
        }

        Assert.All(
            await Task.WhenAll(ids.Select(id => framegate.Client.EndOfAsync(id))), g => Assert.Equal("cancelled", g.Text("metadata.phase")));
        var next = await framegate.Client.StartAsync(body);

        Assert.Equal("success", (await framegate.Client.EndOfAsync(next)).Text("status"));
        Assert.Equal(2, (await sandbox.LedgerAsync()).Count);
    }

    [Fact]
    public async Task Post_TheSharedJobFails_EveryoneHearsTheSame()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = sandbox.Address });
        var body = Bodies.Of("sora", "sandbox:moderated together");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => framegate.Client.PostAsync(body)));

        Assert.All(answers, a => Assert.Equal(422, a.Status));
        Assert.Contains(answers, a => a.Json.Text("metadata.cache") == "shared");
    }

    [Fact]
    public async Task Post_NoStore_HasAJobOfItsOwn()
    {
        await using var sandbox = await SandboxProcess.StartAsync();
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = sandbox.Address });
        var body = Bodies.Of("flux", "sandbox:slow=2 on its own");

        await Task.WhenAll(framegate.Client.PostAsync(body), framegate.Client.PostAsync(body, ("Cache-Control", "no-store")));

        Assert.Equal(2, (await sandbox.LedgerAsync()).Count);
    }

    [Fact]
    public async Task Restart_KilledWhileShared_AllOfThemSucceedAndOneIsPaid()
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data.Path };
        var body = Bodies.Of("sora", "sandbox:slow=6 killed while shared");
        string[] ids;
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            ids = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => first.Client.StartAsync(body)));
            await Eventually.GetAsync(first.Client.ListAsync, all => all.Any(g => g.Text("metadata.phase") == "running"));
            await first.KillAsync();
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var late = await second.Client.StartAsync(body);
        var ended = await Task.WhenAll(ids.Append(late).Select(id => second.Client.EndOfAsync(id, seconds: 60)));

        Assert.All(ended, g => Assert.True(g.Text("status") == "success", g.ToString()));
        Assert.Single(ended.Select(g => g.Text("result.media[0].id")).Distinct());
        Assert.Single(await sandbox.LedgerAsync());
    }
}
