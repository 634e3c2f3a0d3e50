using System.Text;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>An API that asks for headers with each question, and takes inputs in one form alone.</summary>
public sealed class QuestionHeadersTests
{
    private const string File = """
        {
          "name": "forms", "address": "https://api.forms.example/", "auth": { "keys": ["FORMS_API_KEY"], "headers": { "Accept": "application/json", "X-Version": "1" } }, "probe": { "path": "/v1" },
          "models": [{ "id": "clip-1", "type": "video", "capabilities": ["image-to-video", "video-to-video"] }],
          "any_model": [{ "pattern": "clip-.*", "type": "video", "capabilities": ["image-to-video"] }],
          "operations": [{
            "name": "clip",
            "submit": { "path": "/v1", "headers": { "accept": "video/*" }, "encoding": "multipart",
              "body": { "image": "{image|bytes}", "last": "{last_image|url}", "more": [{ "$each": "reference_images", "as": "{item|url}" }], "video": "{video|uri}" } },
            "read": { "job": "/id", "without_status": "running", "keep": { "region": "/region" } }
          }],
          "job": {
            "poll": { "path": "/v1/{job}", "headers": { "Accept": "video/*", "X-Region": "{job.region}" },
              "read": { "job": "/id", "status": "/status", "words": { "done": "succeeded" }, "results": [{ "at": "/url" }] } },
            "cancel": { "path": "/v1/{job}", "headers": { "X-Trace": "{job}" } }
          },
          "errors": {}
        }
        """;

    [Fact]
    public void ACall_HasItsOwnHeaders_BeforeThoseOfAll()
    {
        var adapter = Adapter(File);
        var job = new JobHandle("job-1", "clip-1") { State = new Dictionary<string, string> { ["region"] = "eu" } };

        Assert.Equal("accept: video/*; X-Version: 1", Said(adapter.BuildSubmit(RequestJson.Read(adapter, "clip-1", """{"prompt":""}"""), adapter.FindModel("clip-1")!, new MappingIssues())));
        Assert.Equal("Accept: video/*; X-Region: eu; X-Version: 1", Said(adapter.BuildPoll(job)));
        Assert.Equal("X-Trace: job-1; Accept: application/json; X-Version: 1", Said(adapter.BuildCancel(job)!));

        var odd = new JobHandle("job-1", "clip-1") { State = new Dictionary<string, string> { ["region"] = "eu\r\nX-Other: 1" } };
        Assert.Equal("Accept: video/*; X-Version: 1", Said(adapter.BuildPoll(odd)));
    }

    [Theory]
    [InlineData("\"X-Version\": \"1\"", "\"X-Version\": \"{uuid}\"", "/auth/headers/X-Version", "Is sent as it is")]
    [InlineData("\"X-Region\": \"{job.region}\"", "\"X-Region\": \"{prompt}\"", "/job/poll/headers/X-Region", "'prompt' has no value once there is a job;")]
    [InlineData("\"X-Region\": \"{job.region}\"", "\"X-Region\": \"{job.other}\"", "/job/poll/headers", "No 'keep' fills job.other.")]
    [InlineData("\"X-Version\": \"1\"", "\"X-Version\": \"Key {key}\"", "/auth/headers/X-Version", "Is sent as it is")]
    [InlineData("\"X-Trace\"", "\"host\"", "/job/cancel/headers/host", "Is a header of the connection")]
    [InlineData("\"X-Region\"", "\"Content-Length\"", "/job/poll/headers/Content-Length", "Is a header of the connection")]
    [InlineData("\"accept\": \"video/*\"", "\"Cookie\": \"a=1\"", "/operations/0/submit/headers/Cookie", "Is a header of the connection")]
    [InlineData("\"X-Trace\"", "\"Authorization\"", "/job/cancel/headers/Authorization", "Must be the name of a header other than the key's.")]
    public void AHeaderThatCannotBeSent_IsAFault(string part, string other, string path, string reason)
    {
        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(File.Replace(part, other, StringComparison.Ordinal)), out var faults));

        Assert.Contains(faults, f => f.Path == path && f.Reason.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>An input whose only place takes bytes is read before it is sent, whatever the file says of the model; else its place would be empty.</summary>
    [Theory]
    [InlineData("clip-1")]
    [InlineData("clip-2")]
    public void AnInputThatIsTakenAsBytesAlone_IsReadBefore(string model)
    {
        var info = Adapter(File).FindModel(model)!;

        Assert.Equal((true, true, "image"), (info.FetchesUrls, info.FetchesVideoUrls, Assert.Single(info.InputsRead)));
        Assert.Empty(Adapter(File.Replace("{image|bytes}", "{image|uri}", StringComparison.Ordinal)).FindModel(model)!.InputsRead);
        Assert.Empty(Adapter(File.Replace("{image|bytes}", "{image|bytes}{image|url}", StringComparison.Ordinal)).FindModel(model)!.InputsRead);
    }

    /// <summary>Of two operations one takes an address: which of them it is, the file decides by what it is given.</summary>
    [Fact]
    public void AnInputThatOneOperationTakesAsAnAddress_StaysOne()
    {
        var file = File.Replace(
            "\"operations\": [{", """
            "operations": [{ "name": "linked", "when": "image.is_url", "submit": { "path": "/v1", "body": { "image": "{image|url}" } }, "read": { "job": "/id", "without_status": "running", "keep": { "region": "/region" } } }, {
            """, StringComparison.Ordinal);

        Assert.Empty(Adapter(file).FindModel("clip-1")!.InputsRead);
    }

    /// <summary>JSON in a header, as some accounts need it, is no template.</summary>
    [Fact]
    public void AHeaderOfAllCalls_MayHoldJson()
    {
        var adapter = Adapter(File.Replace("\"X-Version\": \"1\"", "\"X-Version\": \"{\\\"a\\\":{\\\"b\\\":1}}\"", StringComparison.Ordinal));

        Assert.Contains("X-Version: {\"a\":{\"b\":1}}", Said(adapter.BuildCancel(new JobHandle("job-1", "clip-1"))!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("last_image", "PIXEL", true)]
    [InlineData("last_image", "https://a.example/1.png", false)]
    [InlineData("image", "PIXEL", false)]
    public void BytesThatHaveNoPlace_AreRefused(string name, string input, bool isRefused)
    {
        var adapter = Adapter(File);
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, "clip-1", $$"""{"prompt":"","{{name}}":"{{input}}"}"""), adapter.FindModel("clip-1")!, issues);

        Assert.Equal(isRefused, issues.Refusals.Any(r => r.Field == "parameters." + name && r.Message == "must be an https URL."));
    }

    [Fact]
    public void AListWithBytes_WhereAddressesAreTaken_IsRefused()
    {
        var adapter = Adapter(File);
        var issues = new MappingIssues();

        adapter.BuildSubmit(
            RequestJson.Read(adapter, "clip-1", """{"prompt":"","reference_images":["https://a.example/1.png","PIXEL"]}"""), adapter.FindModel("clip-1")!, issues);

        Assert.Equal("parameters.reference_images", Assert.Single(issues.Refusals).Field);
    }

    private static string Said(NativeRequest request) => string.Join("; ", request.Headers.Select(h => $"{h.Key}: {h.Value}"));

    private static ProviderAdapter Adapter(string text)
    {
        var provider = ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults);
        Assert.True(provider is not null, string.Join("; ", faults));
        return provider!.Value.Adapter;
    }
}
