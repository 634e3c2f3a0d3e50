using System.Text;
using Framegate.Transforms.Native;
using Framegate.Transforms.Providers.Flux;

namespace Framegate.Transforms.Tests.Native;

public class LinkOriginTests
{
    private const string Gateway = "http://gw:8080/flux";

    [Theory]
    [InlineData("https://api.bfl.ai/v1/get_result?id=1&x=%2F", "http://gw:8080/flux/~eu%2Fwest/v1/get_result?id=1&x=%2F")]
    [InlineData("HTTPS://API.bfl.ai/v1/x", "http://gw:8080/flux/~eu%2Fwest/v1/x")]
    [InlineData("https://api.bfl.ai:443/v1/x", "http://gw:8080/flux/~eu%2Fwest/v1/x")]
    [InlineData(@"https:\/\/api.bfl.ai\/v1\/x", "http://gw:8080/flux/~eu%2Fwest/v1/x")]
    [InlineData(@"https://api.bfl.ai/v1\/x", @"http://gw:8080/flux/~eu%2Fwest/v1\/x")]
    [InlineData("https://api.eu2.bfl.ai/v1/x?id=1", "http://gw:8080/flux/~eu%2Fwest~api.eu2.bfl.ai/v1/x?id=1")]
    public void TryWrite_LinkOfTheProvider_LeadsBackHerePinned(string link, string expected) => Assert.Equal($"\"{expected}\"", Write(link));

    [Theory]
    [InlineData("https://api.bfl.ai.evil.example/v1/x")]
    [InlineData("https://api.bfl.ai@evil.example/v1/x")]
    [InlineData("http://api.bfl.ai/v1/x")]
    [InlineData("/v1/x")]
    [InlineData("")]
    [InlineData(@"\ud800")]
    public void TryWrite_AnythingElse_StaysAsItIs(string link) => Assert.Null(Write(link));

    [Fact]
    public void TryWrite_DestinationBelowAPath_TakesThePathOff() =>
        Assert.Equal("\"http://gw:8080/flux/~eu%2Fwest/v1/x\"", Write("http://127.0.0.1:9090/flux/v1/x", "http://127.0.0.1:9090/flux"));

    private static string? Write(string link, string address = "https://api.bfl.ai/")
    {
        using var output = new LinkBuffer();
        return new LinkOrigin(new FluxAdapter(), "eu/west", new Uri(address)).TryWrite(Encoding.UTF8.GetBytes($"\"{link}\""), Gateway, output)
            ? Encoding.UTF8.GetString(output.Written.Span)
            : null;
    }
}
