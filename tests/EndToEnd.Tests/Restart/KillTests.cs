using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Restart;

/// <summary><c>kill -9</c> loses no generation and pays for none twice.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class KillTests
{
    private const int EachProvider = 100;

    [Fact]
    public async Task Restart_AllJobsWereAccepted_EveryOneSucceedsAndIsPaidOnce()
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data.Path, Routes = Repository.RoutesWith("Limits", "{}") };
        string[] ids;
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            ids = await Task.WhenAll(Requests().Select(first.Client.StartAsync));
            var seen = await Eventually.GetAsync(first.Client.ListAsync, all => all.All(IsAccepted));
            Assert.Equal(ids.Length, seen.Count);
            Assert.Contains(seen, g => g.Text("metadata.phase") == "running");
            await first.KillAsync();
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var ended = await Task.WhenAll(ids.Select(id => second.Client.EndOfAsync(id, seconds: 90)));

        Assert.All(ended, g => Assert.True(g.Text("status") == "success", g.ToString()));
        var ledger = await sandbox.LedgerAsync();
        Assert.Equal(ids.Length, ledger.Count);
        Assert.Equal(ids.Length, ledger.Distinct().Count());
        foreach (var generation in new[] { ended[0], ended[^1] })
        {
            // The stored URL names the address it was asked for at; the file is the same at the new one.
            var media = await second.Client.GetAsync(new Uri(generation.Text("result.media[0].url")).AbsolutePath);
            Assert.Equal(200, media.Status);
            Assert.Equal(generation.At("result.media[0].bytes").GetInt64(), media.Body.Length);
        }
    }

    [Fact]
    public async Task Restart_SubmitsWereStillOnTheirWay_EveryOneEndsAndNoneIsPaidTwice()
    {
        using var data = new TempFolder();
        await using var sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings { Sandbox = sandbox.Address, Data = data.Path, Routes = Repository.RoutesWith("Limits", "{}") };
        await using (var first = await FramegateProcess.StartAsync(settings))
        {
            var sending = Requests().Select(first.Client.StartAsync).ToList();
            await Eventually.GetAsync(sandbox.LedgerAsync, ledger => ledger.Count >= EachProvider / 2);
            await first.KillAsync();
            await Task.WhenAny(Task.WhenAll(sending)); // those that had no answer yet have failed
        }

        await using var second = await FramegateProcess.StartAsync(settings);
        var ended = await Eventually.GetAsync(second.Client.ListAsync, all => all.All(g => g.Text("status") != "processing"), seconds: 90);

        var ledger = await sandbox.LedgerAsync();
        Assert.NotEmpty(ended);
        Assert.Equal(ledger.Count, ledger.Distinct().Count());
        Assert.All(ended, g => Assert.True(IsSuccessOrHonestlyUnknown(g), g.ToString()));

        // What was paid for at a provider that can be searched is never lost.
        var paidVideos = ledger.Count(e => e.Provider == "sora");
        Assert.Equal(paidVideos, ended.Count(g => g.Text("provider") == "sora" && g.Text("status") == "success"));
    }

    private static IEnumerable<string> Requests() =>
        from n in Enumerable.Range(0, EachProvider)
        from provider in new[] { "flux", "sora" }
        select Bodies.Of(provider, $"sandbox:slow=6 number {n}");

    private static bool IsAccepted(JsonElement generation) => generation.Text("metadata.phase") is "running" or "storing" or "succeeded";

    private static bool IsSuccessOrHonestlyUnknown(JsonElement generation) =>
        generation.Text("status") == "success"
        || (generation.Text("metadata.phase") == "unknown"
            && generation.Text("metadata.attempts[0].billed") == "unknown"
            && generation.Text("error.details.reason") == "submit_outcome_unknown");
}
