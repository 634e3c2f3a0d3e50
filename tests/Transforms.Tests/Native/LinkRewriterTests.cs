using System.Text;
using System.Text.Json;
using CsCheck;
using Framegate.Transforms.Native;

namespace Framegate.Transforms.Tests.Native;

public class LinkRewriterTests
{
    [Theory]
    [InlineData("""{"id":"1","polling_url":"https://a/x"}""", """{"id":"1","polling_url":"HTTPS://A/X"}""")]
    [InlineData("""{ "deep": [ { "polling_url" : "a\/b" } ],  "n": 1.50 }""", """{ "deep": [ { "polling_url" : "A/B" } ],  "n": 1.50 }""")]
    [InlineData("""{"polling\u005furl":"x"}""", """{"polling\u005furl":"X"}""")]
    public void Rewrite_NamedProperty_ReplacesItsValueAndNoOtherByte(string json, string expected) =>
        Assert.Equal(expected, Rewrite(json));

    [Theory]
    [InlineData("""{"url":"https://a/x"}""")]
    [InlineData("""{"polling_url":7}""")]
    [InlineData("""{"note":"polling_url"}""")]
    [InlineData("""{"polling_url":"x" """)]
    [InlineData("not json with polling_url")]
    [InlineData("")]
    public void Rewrite_NothingToReplace_IsNull(string json) => Assert.Null(Rewrite(json));

    [Fact]
    public void Rewrite_AnyText_NeverThrowsAndStaysJson() => Gen.String.Sample(text =>
    {
        var json = JsonSerializer.Serialize(new Dictionary<string, string> { ["polling_url"] = text, ["other"] = text });
        var rewritten = LinkRewriter.Rewrite(Encoding.UTF8.GetBytes(json), ["polling_url"], _ => "\"new\\");
        using var document = JsonDocument.Parse(rewritten!);
        Assert.Equal("\"new\\", document.RootElement.GetProperty("polling_url").GetString());
    });

    private static string? Rewrite(string json) =>
        LinkRewriter.Rewrite(Encoding.UTF8.GetBytes(json), ["polling_url"], url => url.ToUpperInvariant()) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;
}
