using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.BadInput;

/// <summary>Mistakes that people make, and tricks that they try.</summary>
public sealed class NamedBodyTests(Gateway gateway) : IClassFixture<Gateway>
{
    private readonly GatewayClient _client = gateway.Client;

    [Theory]
    [InlineData("", "$")]
    [InlineData("hello", "$")]
    [InlineData("[]", "$")]
    [InlineData("null", "$")]
    [InlineData("""{"provider":"flux","model":"flux-pro-1.1","media_type":"image","colour":"red"}""", "colour")]
    [InlineData("""{"provider":"flux","model":"flux-pro-1.1","media_type":"image","prompt":5}""", "prompt")]
    [InlineData("""{"provider":"flux","model":"flux-pro-1.1","media_type":"image","prompt":"x","prompt":"y"}""", "prompt")]
    [InlineData("""{"model":"flux-pro-1.1","media_type":"image"}""", "provider")]
    [InlineData("""{"provider":"flux","media_type":"image"}""", "model")]
    [InlineData("""{"provider":"flux","model":"flux-pro-1.1"}""", "media_type")]
    [InlineData("""{"provider":"nobody","model":"flux-pro-1.1","media_type":"image"}""", "provider")]
    [InlineData("""{"provider":"framegate-egress","model":"flux-pro-1.1","media_type":"image"}""", "provider")]
    [InlineData("""{"provider":"flux","model":"flux-pro-1.1","media_type":"video","prompt":"x"}""", "media_type")]
    public async Task Post_Mistake_IsRefusedByItsField(string body, string field) => AssertRefused(await _client.PostAsync(body), 400, field);

    [Theory]
    [InlineData("width", "-512")]
    [InlineData("width", "\"512\"")]
    [InlineData("height", "0")]
    [InlineData("n", "4")]
    [InlineData("fps", "24")]
    [InlineData("duration", "5")]
    [InlineData("steps", "0")]
    [InlineData("mask", "\"data:image/png;base64,AAAA\"")]
    [InlineData("image", "\"data:image/png;base64,AAA\"")]
    [InlineData("image", "\"data:image/png,AAAA\"")]
    [InlineData("image", "\"data:text/plain;base64,AAAA\"")]
    [InlineData("image", "\"data:image/png;base64,\"")]
    [InlineData("image", "\"media:med_nothing\"")]
    [InlineData("image", "\"http://example.com/x.png\"")]
    [InlineData("image", "\"https://127.0.0.1/x.png\"")]
    [InlineData("image", "\"https://127.1/x.png\"")]
    [InlineData("image", "\"https://localhost/x.png\"")]
    [InlineData("image", "\"https://169.254.169.254/latest/meta-data\"")]
    [InlineData("image", "\"https://10.1.2.3/x.png\"")]
    [InlineData("image", "\"https://[::1]/x.png\"")]
    [InlineData("image", "\"https://[::ffff:10.0.0.1]/x.png\"")]
    [InlineData("image", "\"https://2130706433/x.png\"")]
    [InlineData("image", "\"https://0x7f000001/x.png\"")]
    [InlineData("image", "\"https://example.com@127.0.0.1/x.png\"")]
    [InlineData("image", "\"file:///etc/passwd\"")]
    public async Task Post_BadParameter_IsRefusedByItsName(string name, string value)
    {
        var answer = await _client.PostAsync(Bodies.Of("flux", "A lighthouse", ("parameters", JsonNode.Parse($"{{\"{name}\":{value}}}"))));

        AssertRefused(answer, 400, "parameters." + name);
    }

    /// <summary>A public name may lead to a private address: that is seen when the gateway connects, and not before.</summary>
    [Fact]
    public async Task Post_ImageUrlOfAHostThatDoesNotExist_IsRefused()
    {
        var image = new JsonObject { ["image"] = "https://no-such-host.framegate-test.example/x.png" };

        AssertRefused(await _client.PostAsync(Bodies.Of("flux", "A lighthouse", ("parameters", image))), 400, "parameters.image");
    }

    [Fact]
    public async Task Post_UnknownModel_Is404AndNamesTheModels()
    {
        var answer = await _client.PostAsync("""{"provider":"flux","model":"flux-99","media_type":"image","prompt":"x"}""");

        AssertRefused(answer, 404, "model", "INVALID_MODEL");
        Assert.Contains("flux-pro-1.1", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_UnknownModelOfAnyProvider_Is404() =>
        AssertRefused(await _client.PostAsync("""{"provider":"auto","model":"flux-99","media_type":"image","prompt":"x"}"""), 404, "model", "INVALID_MODEL");

    [Fact]
    public async Task Post_PromptOfTenMegabytes_IsRefusedWithoutRepeatingIt()
    {
        var answer = await _client.PostAsync(Bodies.Of("flux", new string('x', 10 * 1024 * 1024)));

        AssertRefused(answer, 400, "prompt");
        Assert.InRange(answer.Body.Length, 1, 4096);
    }

    [Fact]
    public async Task Post_BodyOverTheLimit_Is413()
    {
        // As curl does it: a client that sends all the same may find the connection closed before it has read the answer.
        var answer = await _client.PostAsync(new byte[(64 * 1024 * 1024) + 1], ("Expect", "100-continue"));

        AssertRefused(answer, 413, "$");
    }

    [Fact]
    public async Task Post_LongIdempotencyKey_IsRefused() =>
        AssertRefused(await _client.PostAsync(Bodies.Of("flux", "x"), ("Idempotency-Key", new string('k', 256))), 400, "Idempotency-Key");

    [Fact]
    public async Task Post_BadBodyWithARequestId_AnswersWithIt()
    {
        var answer = await _client.PostAsync(Bodies.Of("flux", "x", ("request_id", "mine"), ("timeout", -1)));

        AssertRefused(answer, 400, "timeout");
        Assert.Equal("mine", answer.Json.Text("request_id"));
        Assert.Equal(404, (await _client.FindAsync("mine")).Status);
    }

    private static void AssertRefused(HttpAnswer answer, int status, string field, string code = "INVALID_REQUEST")
    {
        Assert.Equal((status, code), (answer.Status, answer.Json.Text("error.code")));
        Assert.Equal(field, answer.Json.Text("error.details.fields[0].field"));
        Assert.Equal("failed", answer.Json.Text("status"));
    }
}
