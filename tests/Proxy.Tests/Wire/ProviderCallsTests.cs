using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Proxy.Common;
using Framegate.Proxy.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using WireMock.RequestBuilders;
using WireMock.ResponseBuilders;
using WireMock.Server;

namespace Framegate.Proxy.Tests.Wire;

/// <summary>What a provider sees of Framegate, header by header.</summary>
public sealed class ProviderCallsTests : IAsyncLifetime, IDisposable
{
    private static readonly byte[] _image = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "media", "still.png"));
    private readonly TempFolder _folder = new();
    private readonly WireMockServer _provider = WireMockServer.Start();
    private WebApplication _app = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var config = Path.Combine(_folder.Path, "routes.json");
        await File.WriteAllTextAsync(config, """{"ReverseProxy":{"Clusters":{"flux":{"Destinations":{"only":{"Address":"https://api.example/"}}}}}}""");
        _app = FramegateHost.Build(
            new HostArguments(true, null, "http://127.0.0.1:0", config, _folder.Path),
            new HostSettings(new Dictionary<string, Uri> { ["flux"] = new(_provider.Url + "/") }, null),
            new DataFolder(_folder.Path));
        await _app.StartAsync();
        _client = new HttpClient
        {
            BaseAddress = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()),
        };
        _client.DefaultRequestHeaders.Add("Cookie", "session=of-the-client");
        _client.DefaultRequestHeaders.Add("X-Client-Header", "of-the-client");

        _provider.Given(Request.Create().WithPath("/v1/flux-pro-1.1").UsingPost())
            .RespondWith(Response.Create().WithStatusCode(200).WithBody($$"""{"id":"job-1","polling_url":"{{_provider.Url}}/v1/get_result?id=job-1","cost":4}"""));
        _provider.Given(Request.Create().WithPath("/v1/get_result").WithParam("id", "job-1").UsingGet())
            .RespondWith(Response.Create().WithStatusCode(200).WithBody(new JsonObject
            {
                ["status"] = "Ready",
                ["result"] = new JsonObject { ["sample"] = $"{_provider.Url}/delivery/x.png", ["seed"] = 7 },
            }.ToJsonString()));
        _provider.Given(Request.Create().WithPath("/delivery/x.png").UsingGet())
            .RespondWith(Response.Create().WithStatusCode(200).WithHeader("Content-Type", "image/png").WithBody(_image));
    }

    public async Task DisposeAsync() => await _app.DisposeAsync();

    public void Dispose()
    {
        _client.Dispose();
        _provider.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Post_OneImage_IsOneSubmitOnePollAndOneDownload()
    {
        using var body = JsonContent.Create(JsonNode.Parse(
            """{"provider":"flux","model":"flux-pro-1.1","media_type":"image","prompt":"A lighthouse","parameters":{"seed":7,"width":512,"height":256}}"""));
        using var response = await _client.PostAsync(new Uri("/generations", UriKind.Relative), body);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal(7, answer.RootElement.GetProperty("result").GetProperty("seed").GetInt64());
        Assert.Equal(0.04m, answer.RootElement.GetProperty("cost").GetDecimal());
        var calls = _provider.LogEntries.Select(e => e.RequestMessage!).ToList();
        Assert.Equal(["/v1/flux-pro-1.1", "/v1/get_result", "/delivery/x.png"], calls.Select(c => c.Path));
        Assert.Equal(
            """{"height":256,"prompt":"A lighthouse","seed":7,"width":512}""",
            new JsonObject(JsonNode.Parse(calls[0].Body!)!.AsObject().Where(p => p.Key is "prompt" or "seed" or "width" or "height").OrderBy(p => p.Key)
                .Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone()))).ToJsonString());
        Assert.All(calls, call =>
        {
            Assert.DoesNotContain("Cookie", call.Headers!.Keys);
            Assert.DoesNotContain("X-Client-Header", call.Headers.Keys);
            Assert.DoesNotContain("traceparent", call.Headers.Keys);
        });
        Assert.Equal(["sandbox", "sandbox", null], calls.Select(c => c.Headers!.TryGetValue("x-key", out var key) ? key.First() : null));
    }
}
