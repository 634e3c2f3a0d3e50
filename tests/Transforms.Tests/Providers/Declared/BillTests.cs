using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>A bill of which a part is missing, or stands in something else than dollars, is no bill.</summary>
public sealed class BillTests
{
    [Theory]
    [InlineData("""[{"charge_type":"cash","amount":"0.42","currency":"USD"}]""", 0.42)]
    [InlineData("""[{"charge_type":"cash","amount":"0.40","currency":"USD"},{"charge_type":"cash","amount":"0.02","currency":"USD"}]""", 0.42)]
    [InlineData("""[{"charge_type":"cash","amount":"0","currency":"USD"},{"charge_type":"unit","amount":"3","package_type":"video"}]""", null)]
    [InlineData("""[{"charge_type":"unit","amount":"3"}]""", null)]
    [InlineData("""[{"charge_type":"cash","amount":"0.42","currency":"USD"},{"charge_type":"cash","amount":"3","currency":"CNY"}]""", null)]
    [InlineData("""[{"charge_type":"cash","amount":"0.42","currency":"USD"},{"charge_type":"cash","currency":"USD"}]""", null)]
    [InlineData("""[{"charge_type":"cash","amount":"0.42","currency":"USD"},{"charge_type":"cash","amount":null,"currency":"USD"}]""", null)]
    [InlineData("""[{"charge_type":"cash","amount":"0.42"}]""", null)]
    [InlineData("[]", null)]
    public void KlingBills_OnlyAWholeBillInDollarsCounts(string billing, double? cost)
    {
        var answer = $$"""{"code":0,"data":[{"id":"j","status":"succeeded","outputs":[{"type":"video","url":"https://x.example/v.mp4"}],"billing":{{billing}}}]}""";

        var outcome = ShippedProviders.Of("kling").ReadPoll(Fixture.Answer(answer), new JobHandle("j", "kling-3.0") { State = new Dictionary<string, string> { ["operation"] = "text-to-video" } });

        Assert.Equal((decimal?)cost, Assert.IsType<JobOutcome.Succeeded>(outcome).Cost);
    }

    [Theory]
    [InlineData("openai", "gpt-image-2.6-sunburst", "generate", """{"data":[{"b64_json":"AAAA"}],"usage":{"output_tokens":1000,"input_tokens":10,"input_tokens_details":{"text_tokens":10,"image_tokens":0}}}""", 0.03005)]
    [InlineData("openai", "gpt-image-2.6-sunburst", "generate", """{"data":[{"b64_json":"AAAA"}],"usage":{"output_tokens":1000,"input_tokens":10,"input_tokens_details":{"text_tokens":10}}}""", null)]
    [InlineData("openai", "gpt-image-2.6-sunburst", "generate", """{"data":[{"b64_json":"AAAA"}],"usage":{"output_tokens":1000,"input_tokens":10}}""", null)]
    [InlineData("google", "gemini-3.8-flash", "text", """{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"promptTokenCount":1000,"candidatesTokenCount":1000}}""", 0.0045)]
    [InlineData("google", "gemini-3.8-flash", "text", """{"candidates":[{"content":{"parts":[{"text":"a"}]}}],"usageMetadata":{"candidatesTokenCount":1000}}""", null)]
    public void APartOfTheSumIsMissing_ThereIsNoBill(string provider, string model, string operation, string answer, double? cost)
    {
        var adapter = ShippedProviders.Of(provider);

        var outcome = adapter.ReadSubmit(Fixture.Answer(answer), adapter.FindModel(model)!, operation);

        Assert.Equal((decimal?)cost, Assert.IsType<JobOutcome.Succeeded>(outcome).Cost);
    }

    /// <summary>A refusal bills the picture where one was made, else what went in. What is not known is not reported as nothing.</summary>
    [Theory]
    [InlineData("""{"promptTokenCount":1000,"totalTokenCount":1000}""", 0.0015)]
    [InlineData("""{"promptTokenCount":1000,"thoughtsTokenCount":1000,"totalTokenCount":2000}""", 0.009)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokenCount":1120,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1120}],"totalTokenCount":2120}""", 0.0336)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokenCount":1120,"candidatesTokensDetails":[{"modality":"IMAGE"}],"totalTokenCount":2120}""", null)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokenCount":1120,"totalTokenCount":2120}""", null)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokenCount":100,"candidatesTokensDetails":[{"modality":"TEXT","tokenCount":100}],"totalTokenCount":1100}""", null)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokensDetails":[{"modality":"IMAGE"}],"totalTokenCount":2120}""", null)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokenCount":0,"thoughtsTokenCount":1000,"totalTokenCount":2000}""", 0.009)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokenCount":1220,"thoughtsTokenCount":1000,"candidatesTokensDetails":[{"modality":"TEXT","tokenCount":100},{"modality":"IMAGE","tokenCount":1120}],"totalTokenCount":3220}""", 0.0336)]
    [InlineData("""{"totalTokenCount":2120}""", null)]
    public void GoogleRefusesAPicture_ItsTokensAreTheBill(string usage, double? cost)
    {
        var adapter = ShippedProviders.Of("google");

        var outcome = adapter.ReadSubmit(
            Fixture.Answer($$"""{"candidates":[{"finishReason":"IMAGE_SAFETY"}],"usageMetadata":{{usage}}}"""), adapter.FindModel("gemini-nano-banana-2.1")!, "image");

        var failure = Assert.IsType<JobOutcome.Failed>(outcome).Failure;
        Assert.Equal((ErrorCode.ContentPolicyViolation, Billed.Yes, (decimal?)cost), (failure.Code, failure.Billed, failure.Cost));
    }

    /// <summary>The texts of the same provider have rates of their own.</summary>
    [Theory]
    [InlineData("""{"promptTokenCount":1000,"totalTokenCount":1000}""", 0.00075)]
    [InlineData("""{"promptTokenCount":1000,"thoughtsTokenCount":1000,"totalTokenCount":2000}""", 0.0045)]
    [InlineData("""{"promptTokenCount":1000,"candidatesTokenCount":100,"candidatesTokensDetails":[{"modality":"TEXT","tokenCount":100}],"totalTokenCount":1100}""", 0.001125)]
    public void GoogleRefusesAText_ItsTokensAreTheBill(string usage, double cost)
    {
        var adapter = ShippedProviders.Of("google");

        var outcome = adapter.ReadSubmit(Fixture.Answer($$"""{"candidates":[{"finishReason":"SAFETY"}],"usageMetadata":{{usage}}}"""), adapter.FindModel("gemini-3.8-flash")!, "text");

        Assert.Equal((decimal)cost, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Cost);
    }

    /// <summary>Who is asked to end a job that is over takes its record away, and answers alike: only a provider that refuses that has ended one that costs nothing.</summary>
    [Theory]
    [InlineData("alibaba", CancelOutcome.Cancelled)]
    [InlineData("byteplus", CancelOutcome.Requested)]
    [InlineData("minimax", CancelOutcome.Requested)]
    public void ACancelIsTaken_ItIsFreeWhereNoFinishedJobIsTakenToo(string provider, CancelOutcome outcome) =>
        Assert.Equal(outcome, ShippedProviders.Of(provider).ReadCancel(Fixture.Answer("{}")));

    /// <summary>An answer without a picture bills what it says, and not what a picture would have cost.</summary>
    [Theory]
    [InlineData("openai", "gpt-image-2.6-sunburst", "generate", """{"data":[],"usage":{"output_tokens":1000,"input_tokens":10,"input_tokens_details":{"text_tokens":10,"image_tokens":0}}}""", 0.03005, Billed.Yes)]
    [InlineData("openai", "gpt-image-2.6-sunburst", "generate", """{"data":[{"b64_json":""}]}""", null, Billed.Yes)]
    [InlineData("xai", "grok-imagine-image", "image", """{"data":[],"usage":{"cost_in_usd_ticks":200000000}}""", 0.02, Billed.Yes)]
    [InlineData("xai", "grok-imagine-image", "image", """{"data":[],"usage":{"cost_in_usd_ticks":0}}""", null, Billed.No)]
    [InlineData("google", "gemini-nano-banana-2.1", "image", """{"candidates":[{"content":{"parts":[{"text":"no"}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":10,"candidatesTokenCount":9,"totalTokenCount":19}}""", null, Billed.Yes)]
    public void AnAnswerHasNoResult_ItsBillIsWhatItSays(string provider, string model, string operation, string answer, double? cost, Billed billed)
    {
        var adapter = ShippedProviders.Of(provider);

        var failure = Assert.IsType<JobOutcome.Failed>(adapter.ReadSubmit(Fixture.Answer(answer), adapter.FindModel(model)!, operation)).Failure;

        Assert.Equal((ErrorCode.ProviderError, (decimal?)cost, billed), (failure.Code, failure.Cost, failure.Billed));
    }
}
