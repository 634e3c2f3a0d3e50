using System.Text;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Fleet;

/// <summary>Clients behind a load balancer that lose their answer at one replica, and ask another one again without saying so in a header. The ledger counts.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class AskedElsewhereTests : IAsyncLifetime
{
    private readonly PostgresProcess _postgres = PostgresProcess.Start();
    private SandboxProcess _sandbox = null!;
    private FramegateProcess _first = null!;
    private FramegateProcess _second = null!;

    public async Task InitializeAsync()
    {
        _sandbox = await SandboxProcess.StartAsync();
        var settings = new FramegateSettings
        {
            Sandbox = _sandbox.Address,
            Routes = Repository.RoutesWith("Limits", "{}"),
            Variables = new Dictionary<string, string> { ["Framegate__Store__Postgres"] = _postgres.Address, ["Framegate__Store__Lease"] = "00:00:03" },
        };
        (_first, _second) = (await FramegateProcess.StartAsync(settings), await FramegateProcess.StartAsync(settings));
    }

    public async Task DisposeAsync()
    {
        await _first.DisposeAsync();
        await _second.DisposeAsync();
        await _sandbox.DisposeAsync();
        _postgres.Dispose();
    }

    [Theory]
    [InlineData("/generations", "no-store")]
    [InlineData("/v1/images/generations", null)]
    [InlineData("/flux/v1/flux-dev", null)]
    public async Task Post_HangsUpAndAsksAnotherReplica_IsPaidOnce(string path, string? cache)
    {
        var (prompt, body) = Of(path, "sandbox:slow=2");
        (string, string)[] headers = cache is null ? [] : [("Cache-Control", cache)];
        using (var gone = new CancellationTokenSource())
        {
            var lost = PostAndLeaveAsync(path, body, headers, gone.Token);
            await Eventually.GetAsync(() => _sandbox.PaidAsync(prompt), paid => paid == 1);
            await gone.CancelAsync();
            await lost;
        }

        var again = await _second.Client.PostToAsync(path, body, headers);
        Assert.True(again.Status == 200, again.ToString());
        Assert.Equal(1, await _sandbox.PaidAsync(prompt));

        // Now it has its answer, wherever it asks; and who is still waiting has an order of its own.
        var others = await Task.WhenAll(_first.Client.PostToAsync(path, body, headers), _second.Client.PostToAsync(path, body, headers));
        Assert.All(others, o => Assert.Equal(200, o.Status));
        Assert.Equal(3, await _sandbox.PaidAsync(prompt));
    }

    [Theory]
    [InlineData("/generations")]
    [InlineData("/v1/images/generations")]
    public async Task Post_ItsReplicaIsKilledAndAnotherIsAskedAtOnce_IsPaidOnce(string path)
    {
        var (prompt, body) = Of(path, "sandbox:slow=3");
        var lost = Record.ExceptionAsync(() => _first.Client.PostToAsync(path, body, ("Cache-Control", "no-store")));

        // Flux could not say whether it has a job that nobody knows the id of.
        await Eventually.GetAsync(() => _second.Client.ListAsync(), all => all.Any(g => g.Text("metadata.phase") == "running"));
        await _first.KillAsync();
        Assert.NotNull(await lost);

        var again = await _second.Client.PostToAsync(path, body, ("Cache-Control", "no-store"));

        Assert.True(again.Status == 200, again.ToString());
        Assert.Equal(1, await _sandbox.PaidAsync(prompt));
    }

    private static (string Prompt, string Body) Of(string path, string words)
    {
        var prompt = Bodies.Unique(path.StartsWith("/flux", StringComparison.Ordinal) ? "sandbox:late=2" : words);
        return (prompt, path switch
        {
            "/generations" => Bodies.Of("flux", prompt),
            "/flux/v1/flux-dev" => $$"""{"prompt":"{{prompt}}"}""",
            _ => $$"""{"model":"flux/flux-pro-1.1","prompt":"{{prompt}}","response_format":"url"}""",
        });
    }

    private async Task PostAndLeaveAsync(string path, string body, (string Name, string Value)[] headers, CancellationToken gone)
    {
        using var client = new HttpClient { BaseAddress = _first.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(request, gone));
    }
}
