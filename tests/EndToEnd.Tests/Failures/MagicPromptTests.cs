using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Failures;

/// <summary>Every way a provider can end a request, told by both of them: what the caller hears, and what has been paid.</summary>
public abstract class MagicPromptTests(Gateway gateway, string provider) : IClassFixture<Gateway>
{
    [Theory]
    [InlineData("sandbox:moderated", 422, "CONTENT_POLICY_VIOLATION", false, "failed", new[] { "accepted/unknown" }, 1)]
    [InlineData("sandbox:error", 424, "PROVIDER_ERROR", false, "failed", new[] { "accepted/unknown" }, 1)]
    [InlineData("sandbox:credits", 402, "INSUFFICIENT_CREDITS", false, "failed", new[] { "refused/no" }, 0)]
    [InlineData("sandbox:rate-limited", 429, "RATE_LIMIT_EXCEEDED", true, "failed", new[] { "refused/no", "refused/no", "refused/no" }, 0)]
    public async Task Post_ProviderSaysNo_TellsTheCodeAndTheBill(
        string magic, int status, string code, bool retryable, string phase, string[] attempts, int paid)
    {
        var prompt = Bodies.Unique(magic);

        var answer = await gateway.Client.PostAsync(Bodies.Of(provider, prompt));

        Assert.Equal(status, answer.Status);
        Assert.Equal("failed", answer.Json.Text("status"));
        Assert.Equal(code, answer.Json.Text("error.code"));
        Assert.Equal(retryable, answer.Json.At("error.retryable").GetBoolean());
        Assert.Equal(provider, answer.Json.Text("error.provider"));
        Assert.Equal(phase, answer.Json.Text("metadata.phase"));
        Assert.Equal(attempts, Attempts(answer.Json));
        Assert.Equal(status == 429, answer.Header("Retry-After") is not null);
        Assert.Equal(paid, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_ProviderIsFlaky_SucceedsAtTheThirdAttemptAndPaysOnce()
    {
        var prompt = Bodies.Unique("sandbox:flaky=2");

        var answer = await gateway.Client.PostAsync(Bodies.Of(provider, prompt));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["refused/no", "refused/no", "accepted/yes"], Attempts(answer.Json));
        Assert.Equal("PROVIDER_ERROR", answer.Json.Text("metadata.attempts[0].code"));
        Assert.Equal("3", answer.Header("Framegate-Attempts"));
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_RetriesForbidden_GivesUpAfterOne()
    {
        var prompt = Bodies.Unique("sandbox:flaky=1");

        var answer = await gateway.Client.PostAsync(Bodies.Of(provider, prompt, ("retry_config", new JsonObject { ["max_attempts"] = 1 })));

        Assert.Equal(502, answer.Status);
        Assert.Equal(["refused/no"], Attempts(answer.Json));
        Assert.Equal(0, await gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_ProviderHangs_TimesOutWithAnUnknownBill()
    {
        var answer = await gateway.Client.PostAsync(Bodies.Of(provider, Bodies.Unique("sandbox:hang"), ("timeout", 8)));

        Assert.Equal(424, answer.Status);
        Assert.Equal("TIMEOUT", answer.Json.Text("error.code"));
        Assert.False(answer.Json.At("error.retryable").GetBoolean());
        Assert.Equal(["pending/unknown"], Attempts(answer.Json));
    }

    protected static string[] Attempts(JsonElement generation) =>
        [.. generation.At("metadata.attempts").EnumerateArray().Select(a => $"{a.Text("outcome")}/{a.Text("billed")}")];
}
