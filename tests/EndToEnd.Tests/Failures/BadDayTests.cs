using System.Security.Cryptography;
using Framegate.EndToEnd.Tests.Harness;
using BadDay = Framegate.Sandbox.Core.BadDay;

namespace Framegate.EndToEnd.Tests.Failures;

/// <summary>What goes wrong after a submit was accepted, by the words of the stand-ins: one submit is paid, the media are right, and so is the code.</summary>
public sealed class BadDayTests(Gateway gateway) : IClassFixture<Gateway>
{
    public static TheoryData<string> Providers => ["flux", "sora"];

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Post_PollsGoWrongForAWhile_IsDoneAndPaidOnce(string provider) => await Task.WhenAll(BadDay.PollWords.Select(async word =>
    {
        // What is asked for in an hour is asked for at the deadline.
        var isLate = word == "retry-after-3600";
        var prompt = Bodies.Unique($"sandbox:poll={word} sandbox:times={(isLate ? 1 : 2)}");

        var answer = await gateway.Client.PostAsync(Bodies.Of(provider, prompt, ("timeout", isLate ? 6 : 60)));
        if (isLate)
        {
            // On a slow machine the copy takes longer than the moment that is left for it.
            answer = await Eventually.GetAsync(() => gateway.Client.FindAsync(answer.Json.Text("request_id")), a => a.Json.Text("status") == "success");
        }

        await AssertDoneAsync(provider, word, prompt, answer);
    }));

    [Theory]
    [MemberData(nameof(Providers))]
    public async Task Post_DownloadsGoWrongForAWhile_AreRepeatedUntilTheFileIsWhole(string provider) => await Task.WhenAll(BadDay.ResultWords.Select(async word =>
    {
        var prompt = Bodies.Unique($"sandbox:result={word} sandbox:times=2");

        var answer = await gateway.Client.PostAsync(Bodies.Of(provider, prompt, ("timeout", 60)));

        await AssertDoneAsync(provider, word, prompt, answer);
    }));

    [Theory]
    [InlineData("flux", "poll=401", "AUTHENTICATION_FAILED", "401")]
    [InlineData("sora", "poll=401", "AUTHENTICATION_FAILED", "401")]
    [InlineData("flux", "poll=402", "INSUFFICIENT_CREDITS", "402")]
    [InlineData("sora", "poll=402", "INSUFFICIENT_CREDITS", "402")]
    [InlineData("flux", "poll=429", "RATE_LIMIT_EXCEEDED", "429")]
    [InlineData("sora", "poll=429", "RATE_LIMIT_EXCEEDED", "429")]
    [InlineData("flux", "poll=500", "TIMEOUT", "500")]
    [InlineData("sora", "poll=html", "TIMEOUT", "cannot be read")]
    [InlineData("flux", "result=404", "PROVIDER_ERROR", "404")]
    [InlineData("sora", "result=html", "PROVIDER_ERROR", "no video")]
    [InlineData("sora", "result=cut", "PROVIDER_ERROR", "part of a file")]
    public async Task Post_ItStaysWrong_EndsWithTheCauseAndIsNotToBeRepeated(string provider, string words, string code, string cause)
    {
        var prompt = Bodies.Unique($"sandbox:{words} sandbox:times=100000");

        var answer = await gateway.Client.PostAsync(Bodies.Of(provider, prompt, ("timeout", 12)));

        Assert.Equal(code, answer.Json.Text("error.code"));
        Assert.Contains(cause, answer.Json.Text("error.message"), StringComparison.Ordinal);
        Assert.Contains("late result is still kept", answer.Json.Text("error.message"), StringComparison.Ordinal);
        Assert.False(answer.Json.At("error.retryable").GetBoolean());
        Assert.Equal(words.StartsWith("poll", StringComparison.Ordinal) ? "unknown" : "yes", answer.Json.Text("metadata.attempts[0].billed"));
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }

    private async Task AssertDoneAsync(string provider, string word, string prompt, HttpAnswer answer)
    {
        Assert.True(answer.Status == 200, $"{word}: {answer}");
        Assert.Equal(1, answer.Json.At("metadata.attempts").GetArrayLength());
        var media = await gateway.Client.GetAsync(answer.Json.Text("result.media[0].url"));
        Assert.Equal(provider == "flux" ? "image/png" : "video/mp4", answer.Json.Text("result.media[0].content_type"));
        Assert.Equal(answer.Json.Text("result.media[0].sha256"), Convert.ToHexStringLower(SHA256.HashData(media.Body)));
        Assert.True(answer.Json.At("result.media[0].width").GetInt32() > 0, word);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
    }
}
