using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Secrets;

/// <summary>Keys, prompts, media and signed URLs reach neither the log nor the metrics, whatever goes wrong.</summary>
public sealed class SecretsTests(ChaosGateway gateway) : IClassFixture<ChaosGateway>
{
    private const string Prompt = "PROMPT-e41b7c";
    private static readonly byte[] _input = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Fixtures", "still.png"));

    [Fact]
    public async Task Output_AfterEveryKindOfEnd_HoldsNoSecret()
    {
        var provider = gateway.Provider;
        var inline = Convert.ToBase64String(_input);
        string Body(string name, params (string, JsonNode?)[] more) => Bodies.Of(
            name, Prompt, [("parameters", new JsonObject { ["image"] = "data:image/png;base64," + inline, ["seed"] = Random.Shared.Next() }), ("request_id", Bodies.Unique("id").Replace(' ', '-')), .. more]);

        var good = await gateway.Client.PostAsync(Body("flux"));
        Assert.Equal(200, good.Status);
        Assert.Contains(inline[..40], provider.Submits[0].Text, StringComparison.Ordinal);
        await gateway.Client.PostAsync(Body("sora"));

        // Providers repeat what they were sent in their errors.
        foreach (var submit in new Func<ScriptedRequest, Reaction>[]
        {
            r => Reaction.Answer(400, new JsonObject { ["detail"] = r.Text }.ToJsonString()),
            r => Reaction.Answer(401, new JsonObject { ["detail"] = string.Join(' ', r.Headers) }.ToJsonString()),
            r => Reaction.Answer(500, new JsonObject { ["error"] = new JsonObject { ["message"] = r.Text } }.ToJsonString()),
            r => Reaction.Answer(200, r.Text),
            _ => Reaction.Reset,
            _ => Reaction.Cut(200, "{"u8.ToArray(), "application/json"),
        })
        {
            provider.Submit = submit;
            await Task.WhenAll(gateway.Client.PostAsync(Body("flux", ("timeout", 5))), gateway.Client.PostAsync(Body("sora", ("timeout", 5))));
        }

        foreach (var download in new Func<ScriptedRequest, Reaction>[]
        {
            _ => Reaction.Reset,
            _ => Reaction.Answer(403, "", "text/plain"),
            r => Reaction.Answer(302, "", "text/plain", $"Location: http://example.com{r.Target}"),
        })
        {
            provider.Behave();
            provider.Download = download;
            await gateway.Client.PostAsync(Body("flux", ("timeout", 5)));
        }

        provider.Behave();
        provider.Poll = _ => Reaction.Hang;
        await gateway.Client.PostAsync(Body("flux", ("timeout", 1)));
        provider.Poll = _ => Reaction.Answer(500, "{}");
        var id = await gateway.Client.StartAsync(Body("flux"));
        await gateway.Client.SendAsync(HttpMethod.Delete, "/generations/" + id);
        foreach (var refused in new[] { "{\"prompt\":\"" + Prompt, Body("nobody"), Body("flux", ("colour", Prompt)), Body("closed") })
        {
            await gateway.Client.PostAsync(refused);
        }

        var metrics = await gateway.Client.GetAsync("/metrics");
        Assert.Contains("framegate_attempts_total", metrics.Text, StringComparison.Ordinal);
        await gateway.Framegate.WroteAsync("warn");
        foreach (var secret in new[] { ChaosGateway.FluxKey, ChaosGateway.SoraKey, Prompt, inline[..40], "SIGNATURE", "sig=" })
        {
            Assert.DoesNotContain(secret, gateway.Framegate.Output, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, metrics.Text, StringComparison.Ordinal);
        }

        // Nor does any answer hold a key, or the address of a result at its provider.
        var all = string.Join('\n', await gateway.Client.ListAsync());
        foreach (var secret in new[] { ChaosGateway.FluxKey, ChaosGateway.SoraKey, "SIGNATURE" })
        {
            Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
        }
    }
}
