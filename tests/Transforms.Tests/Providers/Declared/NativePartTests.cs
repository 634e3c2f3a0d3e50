using System.Text.Json.Nodes;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>What a file says of its native route.</summary>
public sealed class NativePartTests
{
    [Theory]
    [InlineData("https://queue.fal.run/fal-ai/flux/dev?a=1", "https://queue.fal.run/", "https://queue.fal.run/fal-ai/flux/dev?a=1")]
    [InlineData("https://queue.fal.run/fal-ai/flux/dev", "http://127.0.0.1:9090/fal/", "http://127.0.0.1:9090/fal/fal-ai/flux/dev")]
    [InlineData("https://queue.fal.run//evil.example.com/x", "http://127.0.0.1:9090/", "http://127.0.0.1:9090//evil.example.com/x")]
    [InlineData("http://127.0.0.1:9090/fal/a", "http://127.0.0.1:9090/fal/", "http://127.0.0.1:9090/fal/a")]
    [InlineData("http://127.0.0.1:9090/veo/a", "http://127.0.0.1:9090/fal/", null)]
    [InlineData("https://api.fal.ai/v1/keys", "https://queue.fal.run/", null)]
    [InlineData("https://api.fal.ai//evil.example.com/x", "https://queue.fal.run/", null)]
    [InlineData("http://queue.fal.run/x", "https://queue.fal.run/", null)]
    [InlineData("https://queue.fal.run:8443/x", "https://queue.fal.run/", null)]
    public void ANamedTargetStaysAtTheAddress(string target, string destination, string? resolved) =>
        Assert.Equal(resolved, ShippedProviders.Of("fal").NativeTargetHeader!.Resolve(new Uri(target), new Uri(destination))?.AbsoluteUri);

    [Fact]
    public void HeadersOfTheVendorsClientAreNamed()
    {
        Assert.Equal(["X-DashScope-*"], ShippedProviders.Of("alibaba").NativeRequestHeaders);
        Assert.Equal(["character-cost", "history-item-id"], ShippedProviders.Of("elevenlabs").NativeAnswerHeaders);
    }

    /// <summary>A call that may be paid for is protected as one, unless the file says what it is for.</summary>
    [Theory]
    [InlineData("""{ "methods": "POST", "path": "/v1/pictures" }""", "POST Submit")]
    [InlineData("""{ "methods": "POST", "path": "/v1/pictures", "id_member": "from.id", "id_is_optional": true }""", "POST Submit")]
    [InlineData("""{ "methods": "GET, POST", "path": "/v1/pictures" }""", "POST Submit; GET Open")]
    [InlineData("""{ "methods": "POST", "path": "/v1/pictures", "use": "open" }""", "POST Open")]
    [InlineData("""{ "methods": "POST", "path": "/v1/pictures/{id}/stop" }""", "POST Open")]
    [InlineData("""{ "methods": "POST", "path": "/v1/stop", "id_member": "id" }""", "POST Open")]
    [InlineData("""{ "methods": "PUT,DELETE", "path": "/v1/pictures" }""", "PUT,DELETE Open")]
    public void APostWithoutAUse_MayBePaid(string endpoint, string calls)
    {
        var file = JsonNode.Parse(File.ReadAllBytes(Path.Combine(ShippedProviders.Folder, "alibaba.json")))!;
        file["native"]!["endpoints"] = new JsonArray(JsonNode.Parse(endpoint));

        var provider = ProviderFileReader.Read(System.Text.Encoding.UTF8.GetBytes(file.ToJsonString()), out var faults);

        Assert.Empty(faults);
        Assert.Equal(calls, string.Join("; ", provider!.Value.Adapter.NativeEndpoints.Select(e => $"{e.Methods} {e.Use}")));
    }

    [Theory]
    [InlineData("X-DashScope-*", true)]
    [InlineData("Cancel-After", true)]
    [InlineData("*", false)]
    [InlineData("X-*", false)]
    [InlineData("X Y", false)]
    public void APatternOfHeadersIsNotForAll(string name, bool isGood)
    {
        var file = JsonNode.Parse(File.ReadAllBytes(Path.Combine(ShippedProviders.Folder, "alibaba.json")))!;
        file["native"]!["request_headers"] = new JsonArray(name);

        ProviderFileReader.Read(System.Text.Encoding.UTF8.GetBytes(file.ToJsonString()), out var faults);

        Assert.Equal(isGood, faults.Count == 0);
    }
}
