using System.Text;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Answers in forms that are not documented and mean the same.</summary>
public sealed class DeclaredFormTests
{
    [Theory]
    [InlineData("alibaba", "wan3.0-video", """[{"output":{"task_status":"PENDING","task_id":"job-1"}}]""")]
    [InlineData("replicate", "google/veo-3.1", """ [ {"id":"job-1","status":"starting"} ] """)]
    [InlineData("fal", "fal-ai/flux/dev", """[{"request_id":"job-1","status":"IN_QUEUE"}]""")]
    public void ASubmit_InAListOfOne_NamesTheJob(string provider, string model, string answer)
    {
        var adapter = ShippedProviders.Of(provider);

        var outcome = adapter.ReadSubmit(Answer(answer), adapter.FindModel(model)!);

        Assert.Equal("job-1", Assert.IsType<JobOutcome.Running>(outcome).Job.NativeId);
    }

    [Theory]
    [InlineData("""{"candidates":[{"content":{"parts":[{"inline_data":{"mime_type":"image/jpeg","data":"AAAA"}}]},"finish_reason":"STOP"}],"usage_metadata":{"total_token_count":1130}}""")]
    [InlineData("""[{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/jpeg","data":"AAAA"}}]},"finishReason":"STOP"}],"usageMetadata":{"totalTokenCount":1130}}]""")]
    public void GooglesAnswer_InSnakeCaseOrAList_IsThePicture(string answer)
    {
        var adapter = ShippedProviders.Of("google");

        var done = Assert.IsType<JobOutcome.Succeeded>(adapter.ReadSubmit(Answer(answer), adapter.FindModel("gemini-nano-banana-2.1")!));

        Assert.Equal(("data:image/jpeg;base64,AAAA", 1130L), (Assert.Single(done.Media).Url, done.TokensUsed));
    }

    /// <summary>A job that has a word of its own is one, whatever unknown error stands beside it: the next question settles what became of it.</summary>
    [Theory]
    [InlineData("kling", "kling-3.0", """{"code":-1,"message":"SUCCEED","data":{"id":"job-1","status":"submitted"}}""", true)]
    [InlineData("kling", "kling-3.0", """{"code":-1,"message":"SUCCEED","data":{"id":"job-1","status":"queueing"}}""", true)]
    [InlineData("kling", "kling-3.0", """{"code":-1,"message":"SUCCEED","data":{"id":"job-1","status":"succeeded"}}""", true)]
    [InlineData("kling", "kling-3.0", """{"code":-1,"message":"SUCCEED","data":{"id":"job-1"}}""", false)]
    [InlineData("kling", "kling-3.0", """{"code":-1,"message":"SUCCEED","data":{"status":"submitted"}}""", false)]
    [InlineData("kling", "kling-3.0", """{"code":1102,"message":"Account balance not enough","data":{"id":"job-1","status":"submitted"}}""", false)]
    public void ASubmit_WithAnUnknownErrorBesideItsJob_NamesTheJob(string provider, string model, string answer, bool isJob)
    {
        var adapter = ShippedProviders.Of(provider);

        var outcome = adapter.ReadSubmit(Answer(answer), adapter.FindModel(model)!, "text-to-video");

        Assert.Equal(isJob, outcome is JobOutcome.Running { Job.NativeId: "job-1" });
    }

    /// <summary>Raw sound has no header that could say what it is: the type that is told must be the one that was ordered.</summary>
    [Theory]
    [InlineData("eleven_v4", "pcm", "audio/pcm")]
    [InlineData("eleven_v3", "pcm", "audio/pcm")]
    [InlineData("eleven_v4", "mp3", "audio/mpeg")]
    public void ElevenLabsSpeech_IsOfTheTypeThatWasOrdered(string model, string format, string type)
    {
        var adapter = ShippedProviders.Of("elevenlabs");
        var submit = adapter.BuildSubmit(RequestJson.Read(adapter, model, $$"""{"prompt":"hello","output_format":"{{format}}"}"""), adapter.FindModel(model)!, new MappingIssues());

        var outcome = adapter.ReadSubmit(Answer("""{"audio_base64":"AAEC"}"""), adapter.FindModel(model)!, submit.Operation);

        Assert.Equal(type, Assert.Single(Assert.IsType<JobOutcome.Succeeded>(outcome).Media).ContentType);
    }

    /// <summary>Where the file's id is missing, nothing can be asked of the file: the job is asked again.</summary>
    [Theory]
    [InlineData("""{"task_id":"1","status":"Success","base_resp":{"status_code":-1}}""")]
    [InlineData("""{"task_id":"1","status":"Success","file_id":"","base_resp":{"status_code":0}}""")]
    public void HailuosSuccess_WithoutAFile_IsAskedAgain(string answer)
    {
        var adapter = ShippedProviders.Of("minimax");
        var job = Assert.IsType<JobOutcome.Running>(
            adapter.ReadSubmit(Answer("""{"task_id":"1","base_resp":{"status_code":0}}"""), adapter.FindModel("MiniMax-Hailuo-02")!, "hailuo")).Job;

        var running = Assert.IsType<JobOutcome.Running>(adapter.ReadPoll(Answer(answer), job));
        Assert.Equal("/v1/query/video_generation?task_id=1", adapter.BuildPoll(running.Job).Target);
        Assert.Null(running.PollAfter);

        var next = Assert.IsType<JobOutcome.Running>(adapter.ReadPoll(Answer("""{"task_id":"1","status":"Success","file_id":"7","base_resp":{"status_code":0}}"""), running.Job));
        Assert.Equal(("/v1/files/retrieve?file_id=7", TimeSpan.Zero), (adapter.BuildPoll(next.Job).Target, next.PollAfter));
    }

    /// <summary>What such an answer says of the job is kept, as without the error.</summary>
    [Fact]
    public void ASubmit_WithAnUnknownErrorBesideItsJob_KeepsItsProgressAndItsBill()
    {
        var provider = ProviderFileReader.Read(
            """
            {
              "name": "acme", "address": "https://api.acme.example/", "auth": { "keys": ["ACME_KEY"] }, "probe": { "path": "/v1" }, "models": [{ "id": "clip-1", "type": "video" }],
              "operations": [{
                "name": "clip", "submit": { "path": "/v1", "body": { "prompt": "{prompt}" } },
                "read": { "job": "/id", "status": "/status", "words": { "working": "running" }, "failed_if": [{ "at": "/error" }], "progress": "/percent", "progress_of": 100, "cost": [{ "at": "/price" }] }
              }],
              "job": { "poll": { "path": "/v1/{job}", "read": { "job": "/id", "status": "/status", "words": { "working": "running", "done": "succeeded" }, "results": [{ "at": "/url" }] } } },
              "errors": { "text": ["/error"] }
            }
            """u8.ToArray(), out var faults);
        Assert.Empty(faults);
        var adapter = provider!.Value.Adapter;

        var outcome = adapter.ReadSubmit(Answer("""{"id":"job-1","status":"working","error":"hm","percent":50,"price":0.25}"""), adapter.FindModel("clip-1")!, "clip");

        var running = Assert.IsType<JobOutcome.Running>(outcome);
        Assert.Equal((0.5, 0.25m), (running.Progress, running.Cost));
    }

    /// <summary>A refusal is one in this spelling too.</summary>
    [Fact]
    public void GooglesRefusal_InSnakeCase_IsOne()
    {
        var adapter = ShippedProviders.Of("google");

        var outcome = adapter.ReadSubmit(Answer("""{"prompt_feedback":{"block_reason":"PROHIBITED_CONTENT"}}"""), adapter.FindModel("gemini-nano-banana-2.1")!);

        Assert.Equal(Framegate.Plugins.Contract.ErrorCode.ContentPolicyViolation, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Code);
    }

    [Theory]
    [InlineData("\"out/1.png\"", "out/1.png")]
    [InlineData("""["1.PNG","out/2.webp"]""", "1.PNG out/2.webp")]
    [InlineData("""{"image":"1.png","caption":"a boat.png or so","mask":"a"}""", "1.png")]
    [InlineData("""["https://a.example/1.png","name.png"]""", "https://a.example/1.png")]
    [InlineData("\"a boat\"", null)]
    [InlineData("\"v1.2\"", null)]
    public void ReplicatesOutput_WithoutAnAddress_IsTheFileItNames(string output, string? found)
    {
        var adapter = ShippedProviders.Of("replicate");

        var outcome = adapter.ReadPoll(Answer($$"""{"id":"job-1","status":"succeeded","output":{{output}}}"""), new JobHandle("job-1", "black-forest-labs/flux-1.1-pro"));

        Assert.Equal(found, outcome is JobOutcome.Succeeded done ? string.Join(' ', done.Media.Select(m => m.Url)) : null);
    }

    /// <summary>Frames and references exclude each other, in the sheet, for the models that take both.</summary>
    [Theory]
    [InlineData("wan3.0-video")]
    [InlineData("wan3.0-video-prime")]
    [InlineData("wan2.7-r2v-2026-06-12")]
    public void WansFrames_BesideReferences_AreRefused(string model)
    {
        var adapter = ShippedProviders.Of("alibaba");
        foreach (var frame in new[] { "image", "last_image" })
        {
            foreach (var other in new[] { "\"reference_images\":[\"https://a.example/1.png\"]", "\"video\":\"https://a.example/1.mp4\"" })
            {
                var issues = new MappingIssues();
                var request = RequestJson.Read(adapter, model, $$"""{"prompt":"a boat","{{frame}}":"https://a.example/0.png",{{other}}}""");
                adapter.BuildSubmit(request, adapter.FindModel(model)!, issues);
                Assert.Contains(issues.Refusals, r => r.Message.Contains("frames", StringComparison.Ordinal));
            }
        }
    }

    private static NativeResponse Answer(string json) => new(200, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(json));
}
