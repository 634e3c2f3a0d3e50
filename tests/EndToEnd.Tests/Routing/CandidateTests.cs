using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Routing;

/// <summary>Which candidates are considered, and what is said about the others.</summary>
public sealed class CandidateTests : IClassFixture<RoutingGateway>
{
    private readonly RoutingGateway _gateway;

    public CandidateTests(RoutingGateway gateway)
    {
        _gateway = gateway;
        _gateway.Behave();
    }

    [Fact]
    public async Task Post_SomeCandidatesCannot_SaysWhyTheyWereLeftOut()
    {
        var answer = await _gateway.Client.PostAsync(RoutingGateway.Body("picky", Bodies.Unique("picky")), ("Framegate-Max-Cost", "0.05"));

        Assert.Equal((200, "beta"), (answer.Status, answer.Json.Text("provider")));
        var skipped = answer.Json.At("metadata.skipped").EnumerateArray().ToDictionary(s => s.Text("provider"), s => s.Text("reason"));
        Assert.Contains("no key", skipped["keyless"], StringComparison.Ordinal);
        Assert.Contains("retired", skipped["sora"], StringComparison.Ordinal);
        Assert.Contains("Framegate-Max-Cost", skipped["alpha"], StringComparison.Ordinal);
        Assert.Equal(3, skipped.Count);
    }

    [Fact]
    public async Task Post_NoCandidateCan_NamesEveryReason()
    {
        var answer = await _gateway.Client.PostAsync(RoutingGateway.Body("hopeless", Bodies.Unique("hopeless")));

        Assert.Equal((502, "AUTHENTICATION_FAILED"), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal(["keyless", "sora"], answer.Json.At("error.details.skipped").EnumerateArray().Select(s => s.Text("provider")));
    }

    [Theory]
    [InlineData("0.01", 400)]
    [InlineData("0.04", 200)]
    [InlineData("cheap", 400)]
    [InlineData("-1", 400)]
    public async Task Post_MaxCost_IsKept(string most, int status)
    {
        var answer = await _gateway.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("cost")), ("Framegate-Max-Cost", most));

        Assert.Equal(status, answer.Status);
        Assert.Equal(status == 200 ? 1 : 0, _gateway.Alpha.Submits.Count);
        if (status != 200)
        {
            Assert.Equal("Framegate-Max-Cost", answer.Json.Text("error.details.fields[0].field"));
        }
    }

    [Fact]
    public async Task Quotes_Alias_ShowsTheOrderAndSubmitsNothing()
    {
        var answer = await _gateway.Client.PostToAsync("/quotes", RoutingGateway.Body("picky", Bodies.Unique("quote")), ("Framegate-Max-Cost", "0.05"));

        Assert.Equal(200, answer.Status);
        Assert.Equal(("picky", "Weighted"), (answer.Json.Text("alias"), answer.Json.Text("strategy")));
        Assert.Equal(
            ["beta able", "keyless unable", "sora unable", "alpha unable"],
            answer.Json.At("data").EnumerateArray().Select(c => $"{c.Text("provider")} {c.Text("verdict")}"));
        Assert.Equal(0.04m, answer.Json.At("data[0].cost").GetDecimal());
        Assert.Equal("AUTHENTICATION_FAILED", answer.Json.Text("data[1].refusal.code"));
        Assert.Empty(_gateway.Alpha.Submits);
        Assert.Empty(_gateway.Beta.Submits);
    }

    [Fact]
    public async Task Quotes_BadRequest_IsRefusedAsAGenerationIs()
    {
        var answer = await _gateway.Client.PostToAsync("/quotes", RoutingGateway.Body("no-such-alias", "x"));

        Assert.Equal((404, "INVALID_MODEL"), (answer.Status, answer.Json.Text("error.code")));
    }

    [Fact]
    public async Task Models_Aliases_AreListed()
    {
        var aliases = (await _gateway.Client.GetAsync("/models")).Json.At("aliases").EnumerateArray();

        var first = aliases.Single(a => a.Text("id") == "first");
        Assert.Equal(("auto", "Priority"), (first.Text("provider"), first.Text("strategy")));
        Assert.Equal(["alpha", "beta"], first.At("candidates").EnumerateArray().Select(c => c.Text("provider")));
    }

    [Fact]
    public async Task Post_ModelOfSeveralProviders_GoesToOneThatCan()
    {
        var answer = await _gateway.Client.PostAsync(RoutingGateway.Body("flux-pro-1.1", Bodies.Unique("implicit")));

        Assert.Equal((200, "alpha"), (answer.Status, answer.Json.Text("provider")));
        Assert.Equal(["keyless"], answer.Json.At("metadata.skipped").EnumerateArray().Select(s => s.Text("provider")));
    }

    [Fact]
    public async Task Providers_AfterJobs_ShowTheirHealth()
    {
        await _gateway.Client.PostAsync(Bodies.Of("alpha", Bodies.Unique("health")));

        var destination = await RoutingGateway.DestinationAsync(_gateway.Client, "alpha", "one");

        Assert.Equal(("healthy", "closed"), (destination.Text("state"), destination.Text("breaker")));
        Assert.Equal(0, destination.At("open_jobs").GetInt32());
        Assert.InRange(destination.At("score").GetDouble(), 0.5, 1);
        Assert.InRange(destination.At("latency_ms").GetDouble(), 1, 60_000);
        Assert.Equal(JsonValueKind.Null, destination.At("suspended").ValueKind);
    }
}
