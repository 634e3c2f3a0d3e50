using System.Text;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>What reaches a provider over a native route, and what comes back.</summary>
public sealed class NativeRouteTests : IClassFixture<NativeGateway>
{
    private const string ClientKey = "the-clients-own-key";
    private readonly NativeGateway _gateway;

    public NativeRouteTests(NativeGateway gateway)
    {
        _gateway = gateway;
        _gateway.Behave();
    }

    public static TheoryData<string, string, string> Ours => new()
    {
        { "one", "x-key", NativeGateway.FluxKeyA },
        { "sora", "Authorization", "Bearer " + NativeGateway.SoraKey },
        { "pika", "Authorization", "Key " + NativeGateway.FalKey },
        { "veo-gemini", "x-goog-api-key", NativeGateway.GeminiKey },
    };

    [Theory]
    [MemberData(nameof(Ours))]
    public async Task Send_ClientBringsKeysInEveryWay_OnlyOursReachesTheProvider(string route, string header, string ours)
    {
        await _gateway.Client.SendAsync(
            HttpMethod.Get,
            $"/{route}/v1/things?before=a+b&key={ClientKey}&after=c%20d",
            null,
            ("Authorization", "Bearer " + ClientKey),
            ("Proxy-Authorization", "Basic " + ClientKey),
            ("x-key", ClientKey),
            ("x-api-key", ClientKey),
            ("x-goog-api-key", ClientKey),
            ("api-key", ClientKey),
            ("Cookie", "session=" + ClientKey));

        var sent = Assert.Single(_gateway.Provider.Requests);
        Assert.Equal(ours, sent.Headers[header]);
        Assert.Equal("/v1/things?before=a+b&after=c%20d", sent.Target);
        Assert.DoesNotContain(sent.Headers, h => h.Value.Contains(ClientKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Send_AnyRequest_AddsNothingAboutTheClient()
    {
        await _gateway.Client.SendAsync(HttpMethod.Get, "/one/v1/things", null, ("Keep-Alive", "timeout=5"), ("X-Trace", "ours"), ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
            ("X-Stainless-Lang", "kept"));

        var sent = Assert.Single(_gateway.Provider.Requests);
        Assert.Equal(new Uri(_gateway.Provider.Address).Authority, sent.Headers["Host"]);
        Assert.Equal("kept", sent.Headers["X-Stainless-Lang"]);
        Assert.Equal(["Host", "x-key", "X-Stainless-Lang"], sent.Headers.Keys.Order(StringComparer.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("GET", "/brand-new/endpoint", "?b=x%20y+z&a=1&a=2&path=%2Fa%2Fb&empty=&flag&utf=%C3%A9", null)]
    [InlineData("POST", "/v9/unheard/of", "?dry=1", "{\"anything\": [1,  2], \"n\": 1e3}")]
    [InlineData("PUT", "/v1/files/a%2Fb%20c", "", "raw \u00e9 text")]
    [InlineData("PATCH", "/v1/x:verb", "", "{}")]
    [InlineData("GET", "/v1/100%25/a%252Fb/%C3%A9", "", null)]
    [InlineData("DELETE", "/v1/things/7", "", null)]
    [InlineData("GET", "/users/~someone/things", "", null)]
    public async Task Send_UnknownPathOrMethod_PassesAsItIs(string method, string path, string query, string? body)
    {
        using var content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/vnd.acme+json");

        var answer = await _gateway.Client.SendAsync(new HttpMethod(method), "/one" + path + query, content);

        Assert.Equal(200, answer.Status);
        var sent = Assert.Single(_gateway.Provider.Requests);
        Assert.Equal((method, path + query, body ?? ""), (sent.Method, sent.Target, sent.Text));
        Assert.Equal(content?.Headers.ContentType?.ToString(), sent.Headers.GetValueOrDefault("Content-Type"));
    }

    [Theory]
    [InlineData(400, "application/json", "{ \"detail\":  \"spaced\" }")]
    [InlineData(402, "application/json", "{\"detail\":\"Insufficient credits\"}")]
    [InlineData(404, "text/plain", "nothing here")]
    [InlineData(422, "application/json", "{\"detail\":[{\"loc\":[\"body\",\"prompt\"]}]}")]
    [InlineData(429, "application/json", "not json at all")]
    [InlineData(500, "application/json", "")]
    [InlineData(500, "application/json", "{\"detail\":\"we broke\"}")]
    [InlineData(503, "text/html", "<html>busy</html>")]
    public async Task Send_ProviderRefuses_ItsAnswerComesBackAsItIs(int status, string contentType, string body)
    {
        _gateway.Provider.React = _ => Reaction.Answer(status, body, contentType, "Retry-After: 17", "x-request-id: abc", "x-ratelimit-remaining: 0");

        // A body of its own: the same one would get the uncertain answer of another case again.
        var answer = await _gateway.Client.PostToAsync("/one/v1/flux-dev", $$"""{"n":"{{status}} {{body.Length}}"}""");

        // Whatever may have been accepted comes with a status that nobody repeats.
        Assert.Equal((status == 500 ? 424 : status, body), (answer.Status, answer.Text));
        Assert.Equal(
            (contentType, "17", "abc", "0"),
            (answer.Header("Content-Type"), answer.Header("Retry-After"), answer.Header("x-request-id"), answer.Header("x-ratelimit-remaining")));
        Assert.Equal(status == 500 ? "false" : null, answer.Header("x-should-retry"));
        Assert.Single(_gateway.Provider.Requests);
    }

    [Theory]
    [InlineData("one", "detail")]
    [InlineData("sora", "error.message")]
    [InlineData("pika", "detail")]
    [InlineData("veo-gemini", "error.message")]
    public async Task Post_ConnectionIsReset_FailsInTheProvidersShapeAndIsNotSentAgain(string route, string message)
    {
        _gateway.Provider.React = _ => Reaction.Reset;

        var answer = await _gateway.Client.PostToAsync($"/{route}/v1/things", "{}");

        Assert.Equal((424, "false"), (answer.Status, answer.Header("x-should-retry")));
        Assert.NotEmpty(answer.Json.Text(message));
        Assert.Single(_gateway.Provider.Requests);
    }

    [Fact]
    public async Task Post_NothingListens_MayBeSentAgain()
    {
        var answer = await _gateway.Client.PostToAsync("/closed/v1/flux-dev", "{}");

        Assert.Equal((502, null), (answer.Status, answer.Header("x-should-retry")));
        Assert.NotEmpty(answer.Json.Text("detail"));
    }

    [Fact]
    public async Task Post_NoKeyIsConfigured_NamesTheVariable()
    {
        var answer = await _gateway.Client.PostToAsync("/runway/v1/text_to_video", "{}", ("Authorization", "Bearer " + ClientKey));

        Assert.Equal(502, answer.Status);
        Assert.Contains("RUNWAYML_API_SECRET", answer.Json.Text("error"), StringComparison.Ordinal);
        Assert.Empty(_gateway.Provider.Requests);
    }
}
