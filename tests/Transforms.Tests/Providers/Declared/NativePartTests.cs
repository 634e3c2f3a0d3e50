using System.Text.Json.Nodes;
using Framegate.Transforms.Providers.Declared;

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
