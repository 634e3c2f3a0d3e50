using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Providers whose answer is the file itself, so that all that is said beside it is in the status and the headers.</summary>
public sealed class WholeBodyTests
{
    private const string File = """
        {
          "name": "files", "address": "https://api.files.example/", "auth": { "keys": ["FILES_API_KEY"] }, "probe": { "path": "/v1" },
          "models": [
            { "id": "picture-1", "type": "image", "capabilities": ["text-to-image"], "limits": { "max_results": 1 }, "defaults": { "width": 2000, "height": 1000 }, "price": [{ "per_megapixel": 0.1 }] },
            { "id": "later-1", "type": "image", "capabilities": ["text-to-image"] },
            { "id": "sound-1", "type": "audio", "capabilities": ["text-to-audio"] }
          ],
          "operations": [
            { "name": "later", "when": "model=later-1", "submit": { "path": "/later", "body": { "text": "{prompt}" } }, "read": { "job": "/id", "without_status": "running" },
              "job": { "poll": { "path": "/later/{job}", "read": { "running_http": [202], "failed_if": [{ "header": "Finish-Reason", "not": "SUCCESS", "code": "CONTENT_POLICY_VIOLATION" }], "results": [{ "at": "*" }] } } } },
            { "name": "sound", "when": "media_type=audio", "submit": { "path": "/sound", "body": { "text": "{prompt}" } }, "read": { "results": [{ "at": "*", "content_type": "audio/pcm" }] } },
            { "name": "picture", "submit": { "path": "/picture", "body": { "text": "{prompt}", "width": "{width}", "height": "{height}", "shape": "{aspect_ratio}" }, "facts": { "width": "/width", "height": "/height" } },
              "read": { "failed_if": [{ "header": "finish-reason", "is": "CONTENT_FILTERED", "code": "CONTENT_POLICY_VIOLATION", "billed": "yes" }], "results": [{ "at": "*" }] } }
          ],
          "errors": {}
        }
        """;

    private static readonly byte[] s_picture = [0x89, .. "PNG"u8, 0, 1, 2];

    [Theory]
    [InlineData("finish-reason", "SUCCESS", true)]
    [InlineData("other", "CONTENT_FILTERED", true)]
    [InlineData("Finish-Reason", "content_filtered", false)]
    public void APictureThatAHeaderCallsFiltered_IsNone(string header, string value, bool isOne)
    {
        var adapter = Adapter(File);

        var outcome = adapter.ReadSubmit(Answer(200, s_picture, (header, value)), adapter.FindModel("picture-1")!, "picture");

        if (isOne)
        {
            Assert.IsType<JobOutcome.Succeeded>(outcome);
            return;
        }

        var failure = Assert.IsType<JobOutcome.Failed>(outcome).Failure;
        Assert.Equal((ErrorCode.ContentPolicyViolation, Billed.Yes), (failure.Code, failure.Billed));
    }

    [Fact]
    public void APoll_RunsByItsStatus_AndEndsByItsHeader()
    {
        var adapter = Adapter(File);
        var job = Assert.IsType<JobOutcome.Running>(adapter.ReadSubmit(Answer(200, "{\"id\":\"1\"}"u8.ToArray()), adapter.FindModel("later-1")!, "later")).Job;

        Assert.IsType<JobOutcome.Running>(adapter.ReadPoll(Answer(202, "{\"id\":\"1\",\"status\":\"in-progress\"}"u8.ToArray()), job));
        Assert.IsType<JobOutcome.Succeeded>(adapter.ReadPoll(Answer(200, s_picture, ("finish-reason", "SUCCESS")), job));
        Assert.IsType<JobOutcome.Succeeded>(adapter.ReadPoll(Answer(200, s_picture), job));
        Assert.Equal(ErrorCode.ContentPolicyViolation, Assert.IsType<JobOutcome.Failed>(adapter.ReadPoll(Answer(200, s_picture, ("finish-reason", "CONTENT_FILTERED")), job)).Failure.Code);
    }

    /// <summary>Raw sound has no sign of its own; it was paid for and thrown away.</summary>
    [Theory]
    [InlineData("application/octet-stream", "audio/pcm")]
    [InlineData(null, "audio/pcm")]
    [InlineData("audio/l16;rate=24000", "audio/l16")]
    public void ATypeThatSaysNothing_LeavesTheWordToTheFile(string? told, string type)
    {
        var adapter = Adapter(File);
        var outcome = adapter.ReadSubmit(Answer(200, [1, 0, 2, 0, 255], told is null ? [] : [("Content-Type", told)]), adapter.FindModel("sound-1")!, "sound");

        Assert.Equal(type, Assert.Single(Assert.IsType<JobOutcome.Succeeded>(outcome).Media).ContentType);
    }

    [Theory]
    [InlineData("\"header\": \"finish-reason\", \"is\"", "\"is\"", "Must have 'at' or 'header', and not both.")]
    [InlineData("\"header\": \"finish-reason\"", "\"at\": \"/reason\"", "Is never looked at, since the whole body is the result; 'header' looks at a header.")]
    [InlineData("\"is\": \"CONTENT_FILTERED\", \"code\": \"CONTENT_POLICY_VIOLATION\"", "\"is\": \"CONTENT_FILTERED\"", "Must be there with 'header'")]
    [InlineData("\"results\": [{ \"at\": \"*\" }] } }\n", "\"results\": [{ \"at\": \"/url\", \"skip_if\": [{ \"header\": \"finish-reason\" }] }] } }\n", "a 'header' can be looked at in failed_if alone")]
    public void ASignThatCannotBeSeen_IsAFault(string part, string other, string reason)
    {
        Assert.Contains(part, File, StringComparison.Ordinal);

        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(File.Replace(part, other, StringComparison.Ordinal)), out var faults));

        Assert.Contains(faults, f => f.Reason.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>What the provider does without a size has a price too, unless the request says something of the size that the body does not.</summary>
    [Theory]
    [InlineData("{}", 0.2)]
    [InlineData("""{"width":1000,"height":1000}""", 0.1)]
    [InlineData("""{"aspect_ratio":"1:1"}""", null)]
    [InlineData("""{"native":{"width":4000}}""", null)]
    public void ASizeThatIsNotGiven_IsTheModelsOwn(string parameters, double? price)
    {
        var adapter = Adapter(File);
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, "picture-1", parameters), adapter.FindModel("picture-1")!, issues);

        Assert.Equal((decimal?)price, issues.EstimatedCost);
    }

    private static ProviderAdapter Adapter(string text)
    {
        var provider = ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults);
        Assert.True(provider is not null, string.Join("; ", faults));
        return provider!.Value.Adapter;
    }

    private static NativeResponse Answer(int status, byte[] body, params (string Name, string Value)[] headers) =>
        new(status, headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase), body);
}
