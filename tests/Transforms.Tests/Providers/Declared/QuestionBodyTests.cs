using System.Text;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>An API in which everything is a POST to one path, questions about jobs too, and a call that takes no prompt.</summary>
public sealed class QuestionBodyTests
{
    private const string File = """
        {
          "name": "tasks", "address": "https://api.tasks.example/", "auth": { "keys": ["TASKS_API_KEY"] }, "probe": { "path": "/v1" },
          "models": [{ "id": "clip-1", "type": "video", "capabilities": ["image-to-video"], "limits": { "aspect_ratios": ["1:1", "3:2"], "max_results": 1 } }],
          "operations": [{
            "name": "clip",
            "submit": { "path": "/v1", "body": [{ "type": "clip", "id": "{uuid}", "model": "{model}", "image": "{image|uri}", "shape": "{aspect_ratio}" }] },
            "read": { "job": "/data/0/id", "without_status": "running" }
          }],
          "job": { "poll": {
            "method": "POST", "path": "/v1", "body": [{ "type": "look", "id": "{job}", "of": "{model}" }],
            "read": { "job": "/data/0/id", "status": "/data/0/status", "words": { "working": "running", "done": "succeeded" }, "results": [{ "at": "/data/*/url" }] }
          } },
          "errors": {}
        }
        """;

    [Fact]
    public void APollWithABody_AsksForTheJobInIt()
    {
        var adapter = Adapter(File)!;
        var model = adapter.FindModel("clip-1")!;
        var job = Assert.IsType<JobOutcome.Running>(adapter.ReadSubmit(Answer("""{"data":[{"id":"job:1/2+3"}]}"""), model, "clip")).Job;

        var poll = adapter.BuildPoll(job);

        Assert.Equal(("POST", "/v1", """[{"type":"look","id":"job:1/2+3","of":"clip-1"}]"""), (poll.Method, poll.Target, Encoding.UTF8.GetString(poll.Body!.Bytes.Span)));
        Assert.IsType<JobOutcome.Succeeded>(adapter.ReadPoll(Answer("""{"data":[{"id":"job:1/2+3","status":"done","url":"https://a.example/1.mp4"}]}"""), job));
    }

    [Theory]
    [InlineData("\"{job}\"", "\"job-1\"", "/job/poll/path", "Names no job; {job} is its id.")]
    [InlineData("\"path\": \"/v1\", \"body\": [{ \"type\": \"look\"", "\"path\": \"/v1/{job.other}\", \"body\": [{ \"type\": \"look\"", "/job/poll/path", "No 'keep' fills job.other.")]
    [InlineData("\"{job}\"", "\"{job}{prompt}\"", "/job/poll/body", "'prompt' has no value once there is a job;")]
    [InlineData("\"{job}\"", "\"{job.other}\"", "/job/poll/body", "No 'keep' fills job.other.")]
    [InlineData("\"method\": \"POST\"", "\"method\": \"GET\"", "/job/poll/method", "Must be POST where there is a body.")]
    [InlineData("[{ \"type\": \"look\", \"id\": \"{job}\", \"of\": \"{model}\" }]", "\"{job}\"", "/job/poll/body", "Must be an object; in JSON also a list of one.")]
    public void ABodyThatCannotAsk_IsAFault(string part, string other, string path, string reason)
    {
        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(File.Replace(part, other, StringComparison.Ordinal)), out var faults));

        Assert.Contains(faults, f => f.Path == path && f.Reason.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>Vidu wants the id of the job to be ended in the body, too.</summary>
    [Fact]
    public void ACancel_MayHaveABody()
    {
        const string Poll = "\"job\": { \"poll\": {";
        var adapter = Adapter(File.Replace(Poll, "\"job\": { \"cancel\": { \"method\": \"POST\", \"path\": \"/v1/cancel\", \"body\": { \"id\": \"{job}\" } }, \"poll\": {", StringComparison.Ordinal))!;

        var cancel = adapter.BuildCancel(new JobHandle("j/1", "clip-1"))!;

        Assert.Equal(("POST", "/v1/cancel", """{"id":"j/1"}"""), (cancel.Method, cancel.Target, Encoding.UTF8.GetString(cancel.Body!.Bytes.Span)));
        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(File.Replace(Poll, "\"job\": { \"cancel\": { \"path\": \"/v1/{job}\", \"body\": { \"id\": 1 } }, \"poll\": {", StringComparison.Ordinal)), out var faults));
        Assert.Equal("/job/cancel/method: Must be POST or PUT or PATCH where there is a body.", string.Join(' ', faults.Select(f => $"{f.Path}: {f.Reason}")));
    }

    /// <summary>PixVerse wants another id with each call, polls too; the host puts it in.</summary>
    [Fact]
    public void AQuestion_MayAskForAnIdOfItsOwn()
    {
        var adapter = Adapter(File.Replace("\"method\": \"POST\", \"path\": \"/v1\", \"body\": [{ \"type\": \"look\"", "\"method\": \"POST\", \"path\": \"/v1\", \"headers\": { \"Trace\": \"{uuid}\" }, \"body\": [{ \"type\": \"look\"", StringComparison.Ordinal))!;

        var poll = adapter.BuildPoll(new JobHandle("j", "clip-1"));

        Assert.True(poll.TakesAttemptId);
        Assert.Contains(poll.Headers, h => h.Key == "Trace" && h.Value == NativeRequest.AttemptId);
        Assert.False(Adapter(File)!.BuildPoll(new JobHandle("j", "clip-1")).TakesAttemptId);
    }

    /// <summary>The second question is asked once all is there that it takes from the first one's answers, wherever it stands.</summary>
    [Theory]
    [InlineData("""{ "method": "POST", "path": "/v1/file", "body": [{ "file": { "id": "{job.file}" }, "of": "{job}" }], READ }""", "/v1/file")]
    [InlineData("""{ "method": "POST", "path": "/v1/file", "body": [{ "list": [{ "$if": "model=clip-1", "then": "{job.file}" }], "of": "{job}" }], READ }""", "/v1/file")]
    [InlineData("""{ "path": "/v1/{job}", "headers": { "X-File": "{job.file}" }, READ }""", "/v1/j")]
    [InlineData("""{ "path": "/v1/{job}/{job.file}", READ }""", "/v1/j/f")]
    public void TheSecondQuestion_WaitsForAllThatItNeeds(string result, string target)
    {
        const string Poll = "\"job\": { \"poll\": {";
        var adapter = Adapter(File
            .Replace("\"done\": \"succeeded\"", "\"done\": \"next\"", StringComparison.Ordinal)
            .Replace("\"read\": { \"job\": \"/data/0/id\", \"status\"", "\"read\": { \"keep\": { \"file\": \"/data/0/file\" }, \"job\": \"/data/0/id\", \"status\"", StringComparison.Ordinal)
            .Replace(Poll, $"\"job\": {{ \"result\": {result.Replace("READ", "\"read\": { \"without_status\": \"succeeded\", \"results\": [{ \"at\": \"/url\" }] }", StringComparison.Ordinal)}, \"poll\": {{", StringComparison.Ordinal))!;
        var job = Assert.IsType<JobOutcome.Running>(adapter.ReadSubmit(Answer("""{"data":[{"id":"j"}]}"""), adapter.FindModel("clip-1")!, "clip")).Job;

        var early = Assert.IsType<JobOutcome.Running>(adapter.ReadPoll(Answer("""{"data":[{"id":"j","status":"done"}]}"""), job));
        Assert.Equal(("/v1", null), (adapter.BuildPoll(early.Job).Target, early.PollAfter));

        var next = Assert.IsType<JobOutcome.Running>(adapter.ReadPoll(Answer("""{"data":[{"id":"j","status":"done","file":"f"}]}"""), early.Job));
        Assert.Equal((target, TimeSpan.Zero), (adapter.BuildPoll(next.Job).Target, next.PollAfter!.Value));
    }

    /// <summary>What is not sent is told, and so is a shape that is not quite the size that was asked for.</summary>
    [Theory]
    [InlineData("""{"prompt":"a boat"}""", "prompt: clip-1 takes none; it is not sent.")]
    [InlineData("""{"prompt":"","width":1000,"height":700}""", "parameters.width: clip-1 takes shapes, and makes 1000x700 in 3:2.")]
    [InlineData("""{"prompt":"","width":900,"height":600}""", null)]
    [InlineData("""{"prompt":"","width":910,"height":600}""", null)]
    [InlineData("""{"prompt":"","aspect_ratio":"3:2"}""", null)]
    public void WhatIsSentOtherwise_IsTold(string parameters, string? warning)
    {
        var adapter = Adapter(File)!;
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, "clip-1", parameters), adapter.FindModel("clip-1")!, issues);

        Assert.Equal(warning is null ? [] : [warning], issues.Warnings);
    }

    private static ProviderAdapter? Adapter(string text)
    {
        var provider = ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults);
        Assert.True(provider is not null, string.Join("; ", faults));
        return provider!.Value.Adapter;
    }

    private static NativeResponse Answer(string json) => new(200, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(json));
}
