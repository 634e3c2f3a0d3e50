using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Failures;

public sealed class SoraMagicPromptTests(Gateway gateway) : MagicPromptTests(gateway, "sora")
{
    private readonly Gateway _gateway = gateway;

    /// <summary>Sora lists its videos: a submit whose answer was lost is found again.</summary>
    [Fact]
    public async Task Post_AnswerIsLost_FindsTheVideoAndPaysOnce()
    {
        var prompt = Bodies.Unique("sandbox:drop");

        var answer = await _gateway.Client.PostAsync(Bodies.Of("sora", prompt));

        Assert.Equal(200, answer.Status);
        Assert.Equal(["accepted/yes"], Attempts(answer.Json));
        Assert.Equal(1, await _gateway.Sandbox.PaidAsync(prompt));
    }

    [Fact]
    public async Task Post_TwoLostAnswersOfTheSameRequest_FindsAVideoForEach()
    {
        var body = Bodies.Of("sora", Bodies.Unique("sandbox:drop"));

        var answers = await Task.WhenAll(
            _gateway.Client.PostAsync(body, ("Cache-Control", "no-store")), _gateway.Client.PostAsync(body, ("Cache-Control", "no-store")));

        Assert.All(answers, a => Assert.Equal(200, a.Status));
        Assert.NotEqual(answers[0].Json.Text("result.media[0].sha256"), answers[1].Json.Text("result.media[0].sha256"));
    }
}
