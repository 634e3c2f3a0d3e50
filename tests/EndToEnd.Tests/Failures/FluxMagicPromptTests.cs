using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Failures;

public sealed class FluxMagicPromptTests(Gateway gateway) : MagicPromptTests(gateway, "flux")
{
    private readonly Gateway _gateway = gateway;

    /// <summary>Flux cannot be searched: what it may have accepted stays unknown, and is never sent again.</summary>
    [Fact]
    public async Task Post_AnswerIsLost_EndsUnknownAndIsNeverSentAgain()
    {
        var prompt = Bodies.Unique("sandbox:drop");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("flux", prompt));

        Assert.Equal(424, answer.Status);
        Assert.False(answer.Json.At("error.retryable").GetBoolean());
        Assert.Equal("NETWORK_ERROR", answer.Json.Text("error.code"));
        Assert.Equal("submit_outcome_unknown", answer.Json.Text("error.details.reason"));
        Assert.Equal("unknown", answer.Json.Text("metadata.phase"));
        Assert.Equal(["unknown/unknown"], Attempts(answer.Json));
        Assert.Equal(1, await _gateway.Sandbox.PaidAsync(prompt));
    }
}
