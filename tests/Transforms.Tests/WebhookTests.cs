using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Flux;
using Framegate.Transforms.Providers.Pika;

namespace Framegate.Transforms.Tests;

/// <summary>How providers are asked to call back, and how their calls are read.</summary>
public sealed class WebhookTests
{
    private const string Body = """{"id":"task-1","status":"Ready"}""";
    private static readonly FluxAdapter _flux = new();
    private static readonly PikaAdapter _pika = new();
    private static readonly WebhookTarget _target = new(new Uri("https://framegate.example/provider-webhooks/gen_1/token"), new Secret("s3cret"));
    private static readonly NativeRequest _submit = NativeRequest.PostJson("/v1/flux-pro-1.1", Encoding.UTF8.GetBytes("""{"prompt":"A fox"}"""));

    [Fact]
    public void AddTo_Flux_PutsAddressAndSecretIntoTheBody()
    {
        var asking = _flux.Webhook!.AddTo(_submit, _flux.FindModel("flux-pro-1.1")!, new Uri("https://api.us1.bfl.ai/"), _target)!;

        using var body = JsonDocument.Parse(asking.Body!.Bytes);
        Assert.Equal(
            ["A fox", "https://framegate.example/provider-webhooks/gen_1/token", "s3cret"],
            ((string[])["prompt", "webhook_url", "webhook_secret"]).Select(n => body.RootElement.GetProperty(n).GetString()));
    }

    [Theory]
    [InlineData("flux-pro-1.1", "https://api.bfl.ai/")]
    [InlineData("flux-pro-1.1", "https://API.eu.bfl.ai/")]
    [InlineData("flux-pro-1.1", "https://api.us.bfl.ai/")]
    [InlineData("flux-3-video", "https://api.us1.bfl.ai/")]
    public void AddTo_FluxWouldNotSayWhereToPoll_IsNotAsked(string model, string destination) =>
        Assert.Null(_flux.Webhook!.AddTo(_submit, _flux.FindModel(model)!, new Uri(destination), _target));

    [Fact]
    public void Read_Flux_TakesEitherProofAndNothingElse()
    {
        var signature = "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData("s3cret"u8, Encoding.UTF8.GetBytes(Body)));

        Assert.Equal("task-1", Read(_flux, Body, ("X-Webhook-Secret", "s3cret"))?.NativeId);
        Assert.Equal("task-1", Read(_flux, Body, ("X-BFL-Signature", signature))?.NativeId);
        Assert.Null(Read(_flux, Body));
        Assert.Null(Read(_flux, Body, ("X-Webhook-Secret", "s3cret ")));
        Assert.Null(Read(_flux, Body + " ", ("X-BFL-Signature", signature)));
        Assert.Null(Read(_flux, "no JSON", ("X-Webhook-Secret", "s3cret")));
        Assert.Null(Read(_flux, """{"id":7}""", ("X-Webhook-Secret", "s3cret")));
    }

    [Fact]
    public void AddTo_Pika_PutsTheAddressIntoTheQuery()
    {
        var asking = _pika.Webhook!.AddTo(
            NativeRequest.PostJson("/fal-ai/pika/v2.2/text-to-video", "{}"u8.ToArray()), _pika.FindModel("v2.2/text-to-video")!, new Uri("https://queue.fal.run/"), _target)!;

        Assert.Equal(
            "/fal-ai/pika/v2.2/text-to-video?fal_webhook=https%3A%2F%2Fframegate.example%2Fprovider-webhooks%2Fgen_1%2Ftoken", asking.Target);
    }

    [Fact]
    public void Read_Pika_NamesTheRequest()
    {
        Assert.Equal("req-1", Read(_pika, """{"request_id":"req-1","gateway_request_id":"req-0","status":"OK"}""")?.NativeId);
        Assert.Null(Read(_pika, """{"status":"OK"}"""));
        Assert.Null(Read(_pika, "[]"));
    }

    private static JobHandle? Read(ProviderAdapter adapter, string body, params (string Name, string Value)[] headers) => adapter.Webhook!.Read(
        new WebhookCall(headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase), Encoding.UTF8.GetBytes(body)), adapter.Models[0], new Secret("s3cret"));
}
