using System.Net;
using Framegate.Sandbox.Hosting;

namespace Framegate.Sandbox.Tests;

public class SandboxServerTests
{
    private static readonly Uri FreePort = new("http://127.0.0.1:0");

    [Fact]
    public async Task StartAsync_NoUrl_GivesEachProviderItsOwnLoopbackPortAndOneLedger()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        Assert.Equal(StandIns.All.Select(s => s.Name).Order(), sandbox.Server.Providers.Keys.Order());
        Assert.Equal(sandbox.Server.Providers.Count, sandbox.Server.Providers.Values.Select(u => u.Port).Distinct().Count());
        Assert.All(sandbox.Server.Providers.Values, u => Assert.True(u.IsLoopback));

        await sandbox.Flux.PostJsonAsync("v1/flux-dev", """{"prompt":"one"}""");
        await sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"two"}""");

        foreach (var client in new[] { sandbox.Flux, sandbox.Sora })
        {
            var ledger = await client.GetJsonAsync("/sandbox/ledger");
            Assert.Equal(["one", "two"], ledger.GetProperty("data").EnumerateArray().Select(e => e.Text("prompt")));
        }
    }

    [Fact]
    public async Task StartAsync_WithUrl_PutsEachProviderUnderItsPathOnOnePort()
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Url = FreePort });
        Assert.Single(sandbox.Server.Providers.Values.Select(u => u.Port).Distinct());
        Assert.Equal("/flux/", sandbox.Server.Providers["flux"].AbsolutePath);

        var submitted = await (await sandbox.Flux.PostJsonAsync("v1/flux-dev", """{"prompt":"one","seed":1}""")).JsonAsync();
        Assert.StartsWith(sandbox.Server.Providers["flux"].ToString(), submitted.Text("polling_url"), StringComparison.Ordinal);
        sandbox.Time.Advance(TimeSpan.FromSeconds(1));
        var polled = await sandbox.Flux.GetJsonAsync(submitted.Text("polling_url"));
        var sample = await sandbox.Flux.GetAsync(polled.Text("result", "sample"));
        Assert.Equal(HttpStatusCode.OK, sample.StatusCode);

        var ledger = await sandbox.Flux.GetJsonAsync(sandbox.Server.LedgerAddress.ToString());
        Assert.Equal(submitted.Text("id"), ledger.GetProperty("data")[0].Text("native_id"));
    }

    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://192.168.1.4:9090")]
    [InlineData("http://example.com:9090")]
    [InlineData("https://127.0.0.1:0")]
    [InlineData("http://127.0.0.1:0/under/path")]
    public async Task StartAsync_AddressNotPlainLoopback_IsRefused(string url) =>
        await Assert.ThrowsAsync<ArgumentException>(() =>
            SandboxServer.StartAsync(new SandboxOptions { Url = new Uri(url) }, CancellationToken.None));

    [Fact]
    public async Task StartAsync_KeyForUnknownProvider_IsRefused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => SandboxServer.StartAsync(
            new SandboxOptions { Keys = new Dictionary<string, string> { ["fluxx"] = "k" } }, CancellationToken.None));

    [Fact]
    public async Task StartAsync_PortTaken_ThrowsIOException()
    {
        await using var first = await SandboxServer.StartAsync(new SandboxOptions { Url = FreePort }, CancellationToken.None);
        var taken = new Uri(first.LedgerAddress.GetLeftPart(UriPartial.Authority));
        await Assert.ThrowsAsync<IOException>(() => SandboxServer.StartAsync(new SandboxOptions { Url = taken }, CancellationToken.None));
    }

    [Fact]
    public async Task Ledger_FilteredByProviderAndPrompt_ListsOnlyMatches()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await sandbox.Flux.PostJsonAsync("v1/flux-dev", """{"prompt":"a cat & a dog"}""");
        await sandbox.Flux.PostJsonAsync("v1/flux-dev", """{"prompt":"other"}""");
        await sandbox.Sora.PostJsonAsync("v1/videos", """{"prompt":"a cat & a dog"}""");

        var both = await sandbox.Flux.GetJsonAsync("/sandbox/ledger?prompt=" + Uri.EscapeDataString("a cat & a dog"));
        var one = await sandbox.Flux.GetJsonAsync("/sandbox/ledger?provider=sora&prompt=" + Uri.EscapeDataString("a cat & a dog"));

        Assert.Equal(["flux", "sora"], both.GetProperty("data").EnumerateArray().Select(e => e.Text("provider")));
        Assert.Equal("sora-2", Assert.Single(one.GetProperty("data").EnumerateArray()).Text("model"));
    }

    [Fact]
    public async Task Ledger_ManySubmitsAtOnce_CountsEachExactlyOnce()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), async (i, _) =>
            await sandbox.Sora.PostJsonAsync("v1/videos", $$"""{"prompt":"job {{i}}"}"""));

        Assert.Equal(400, sandbox.Server.Ledger.Total);
        Assert.Equal(400, sandbox.Server.Ledger.Read().Select(e => e.NativeId).Distinct().Count());
        Assert.Equal(400, sandbox.Server.Ledger.Read().Select(e => e.Prompt).Distinct().Count());
    }

    [Fact]
    public async Task Submit_BodyOver64Megabytes_Answers413()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/flux-dev") { Content = new ByteArrayContent(new byte[64 * 1024 * 1024 + 1]) };
        request.Headers.ExpectContinue = true; // the refusal comes before the bytes are sent
        request.Content.Headers.ContentType = new("application/json");
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await sandbox.Flux.SendAsync(request)).StatusCode);
    }
}
