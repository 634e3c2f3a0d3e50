using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Generations;

/// <summary>Success and each failure at every provider: the unified code, what each attempt cost, and what the provider counts.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class EveryProviderTests(EveryProvider every) : IClassFixture<EveryProvider>
{
    public static TheoryData<string> Names => [.. EveryProvider.Providers.Keys];

    public static TheoryData<string, string, int, string?, string, int> Outcomes
    {
        get
        {
            var data = new TheoryData<string, string, int, string?, string, int>();
            foreach (var provider in EveryProvider.Providers.Keys)
            {
                var searchable = provider is "sora" or "pika";

                // Google and fal do not charge for what they did not make, Runway gives credits back unless it refused for safety; the others do not say.
                var moderated = provider switch { "veo" or "veo-gemini" => "no", "runway" => "yes", _ => "unknown" };
                var broken = provider is "flux" or "sora" ? "unknown" : "no";
                data.Add(provider, "ok", 200, null, "accepted/yes", 1);
                data.Add(provider, "moderated", 422, "CONTENT_POLICY_VIOLATION", "accepted/" + moderated, 1);
                data.Add(provider, "rate-limited", 429, "RATE_LIMIT_EXCEEDED", "refused/no refused/no refused/no", 0);
                data.Add(provider, "error", 424, "PROVIDER_ERROR", "accepted/" + broken, 1);
                data.Add(provider, "credits", 402, "INSUFFICIENT_CREDITS", "refused/no", 0);
                data.Add(provider, "drop", searchable ? 200 : 424, searchable ? null : "NETWORK_ERROR", searchable ? "accepted/yes" : "unknown/unknown", 1);
                data.Add(provider, "flaky=1", 200, null, "refused/no accepted/yes", 1);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Outcomes))]
    public void Post_MagicPrompt_TellsTheCodeAndTheBill(string provider, string magic, int status, string? code, string attempts, int paid)
    {
        var (answer, counted) = every.Of(provider, magic);

        Assert.Equal(
            (status, code, attempts, paid),
            (answer.Status, answer.Json.Find("error.code")?.GetString(), string.Join(' ', ChaosGateway.Attempts(answer.Json)), counted));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Post_Success_HasMediaThatCanBeDownloaded(string provider)
    {
        var item = every.Of(provider, "ok").Answer.Json.At("result.media[0]");

        var file = await every.Client.GetAsync(item.Text("url"));

        Assert.Equal(200, file.Status);
        Assert.Equal(EveryProvider.Providers[provider].MediaType, item.Text("type"));
        Assert.StartsWith(EveryProvider.Providers[provider].MediaType + "/", item.Text("content_type"), StringComparison.Ordinal);
        Assert.Equal(item.Text("content_type"), file.Header("Content-Type"));
        Assert.Equal(item.At("bytes").GetInt64(), file.Body.Length);
        Assert.Equal(item.Text("sha256"), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file.Body)));
        Assert.InRange(item.At("width").GetInt32(), 64, 8192);
    }
}
