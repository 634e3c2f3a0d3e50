using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>A job's URLs lead back through the gateway to the account that has the job, and never anywhere else with our key.</summary>
public sealed class NativeLinkTests : IClassFixture<NativeGateway>
{
    private readonly NativeGateway _gateway;

    public NativeLinkTests(NativeGateway gateway)
    {
        _gateway = gateway;
        _gateway.Behave();
    }

    [Fact]
    public async Task Poll_ThroughTheUrlOfTheAnswer_ReachesTheAccountThatHasTheJob()
    {
        _gateway.Provider.React = _ => Reaction.Answer(200, $$"""{"id":"1", "polling_url":"{{_gateway.Provider.Address}}/v1/get_result?id=at-a"}""");
        _gateway.FluxB.React = _ => Reaction.Answer(200, $$"""{"id":"1", "polling_url":"{{_gateway.FluxB.Address}}/v1/get_result?id=at-b"}""");
        var urls = new List<string>();
        for (var n = 0; n < 6; n++)
        {
            urls.Add((await _gateway.Client.PostToAsync("/flux/v1/flux-dev", "{}")).Json.Text("polling_url"));
        }

        Assert.Equal(
            [new Uri(_gateway.Framegate.Address, "/flux/~a/v1/get_result?id=at-a").AbsoluteUri, new Uri(_gateway.Framegate.Address, "/flux/~b/v1/get_result?id=at-b").AbsoluteUri],
            urls.Distinct().Order(StringComparer.Ordinal));
        _gateway.Behave();
        foreach (var url in urls)
        {
            Assert.Equal(200, (await _gateway.Client.GetAsync(url, ("x-key", "the client's"))).Status);
        }

        Assert.Equal(urls.Count, _gateway.Provider.Requests.Count + _gateway.FluxB.Requests.Count);
        Assert.All(_gateway.Provider.Requests, r => Assert.Equal(("/v1/get_result?id=at-a", NativeGateway.FluxKeyA), (r.Target, r.Headers["x-key"])));
        Assert.All(_gateway.FluxB.Requests, r => Assert.Equal(("/v1/get_result?id=at-b", NativeGateway.FluxKeyB), (r.Target, r.Headers["x-key"])));
    }

    [Theory]
    [InlineData("https://api.us1.bfl.ai/v1/get_result?id=1", "/one/~only~api.us1.bfl.ai/v1/get_result?id=1")]
    [InlineData("http://10.0.0.7/v1/get_result?id=1", null)]
    public async Task Post_AnswerNamesAnotherHost_IsRewrittenOnlyForTheProviders(string url, string? rewritten)
    {
        _gateway.Provider.React = _ => Reaction.Answer(200, $$"""{ "polling_url" : "{{url}}",  "id":"é" }""");

        var answer = await _gateway.Client.PostToAsync("/one/v1/flux-dev", "{}");

        var expected = rewritten is null ? url : new Uri(_gateway.Framegate.Address, rewritten).AbsoluteUri;
        Assert.Equal($$"""{ "polling_url" : "{{expected}}",  "id":"é" }""", answer.Text);
    }

    [Fact]
    public async Task Post_AnswerNamesAStrangersHost_ComesBackToUsSealedAndWithoutAKey()
    {
        _gateway.Provider.React = _ => Reaction.Answer(200, """{ "polling_url" : "https://bfl.ai.evil.example/v1/get_result?id=1",  "id":"é" }""");

        var answer = await _gateway.Client.PostToAsync("/one/v1/flux-dev", "{}");

        // No SDK sends its Framegate key to a stranger, and the gateway sends no key there either.
        Assert.StartsWith($$"""{ "polling_url" : "{{new Uri(_gateway.Framegate.Address, "/one/~").AbsoluteUri}}""", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("~a~evil.example")]
    [InlineData("~a~bfl.ai.evil.example")]
    [InlineData("~a~api.bfl.ai@evil.example")]
    [InlineData("~a~evil.example%3F.bfl.ai")]
    [InlineData("~a~evil.example%23.bfl.ai")]
    [InlineData("~a~127.0.0.1:22")]
    [InlineData("~a~")]
    public async Task Get_PinNamesAForeignHost_IsRefused(string pin)
    {
        var answer = await _gateway.Client.GetAsync($"/flux/{pin}/v1/get_result?id=1");

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Json.Text("detail"));
        Assert.Empty(_gateway.Provider.Requests);
    }

    [Fact]
    public async Task Get_PinNamesAnUnknownDestination_IsNotFound()
    {
        var answer = await _gateway.Client.GetAsync("/flux/~gone/v1/get_result?id=1");

        Assert.Equal(404, answer.Status);
        Assert.NotEmpty(answer.Json.Text("detail"));
        Assert.Empty(_gateway.Provider.Requests);
    }

    [Fact]
    public async Task Post_FalClientNamesTheQueue_IsSentThere()
    {
        var answer = await _gateway.Client.PostToAsync("/pika/", "{}", ("x-fal-target-url", "https://queue.fal.run/fal-ai/pika/v2.2/text-to-video?a=%2F1"));

        Assert.Equal(200, answer.Status);
        var sent = Assert.Single(_gateway.Provider.Requests);
        Assert.Equal(("/fal-ai/pika/v2.2/text-to-video?a=%2F1", "Key " + NativeGateway.FalKey), (sent.Target, sent.Headers["Authorization"]));
        Assert.Equal("1", sent.Headers["x-fal-no-retry"]);
    }

    [Theory]
    [InlineData("https://evil.example/fal-ai/pika")]
    [InlineData("http://queue.fal.run/fal-ai/pika")]
    [InlineData("https://queue.fal.run:8443/fal-ai/pika")]
    [InlineData("https://queue.fal.run.evil.example/fal-ai/pika")]
    [InlineData("https://fal.run/fal-ai/pika")]
    [InlineData("not a url")]
    public async Task Post_FalClientNamesAnotherHost_IsRefused(string target)
    {
        var answer = await _gateway.Client.PostToAsync("/pika/", "{}", ("x-fal-target-url", target));

        Assert.Equal(400, answer.Status);
        Assert.NotEmpty(answer.Json.Text("detail"));
        Assert.Empty(_gateway.Provider.Requests);
    }
}
