using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Providers that want a picture before the submit that names it.</summary>
public sealed class UploadTests
{
    private const string Uploads = """[{ "of": "image", "path": "/upload", "encoding": "multipart", "headers": { "Trace": "{uuid}" }, "body": { "file": "{item|bytes}" }, "keep": { "id": "/data/img_id" } }]""";

    private const string File = """
        {
          "name": "clips", "address": "https://api.clips.example/", "auth": { "keys": ["CLIPS_API_KEY"] }, "probe": { "path": "/v1" }, "key_hosts": ["up.clips.example"],
          "models": [{ "id": "clip-1", "type": "video", "capabilities": ["text-to-video", "image-to-video"], "limits": { "max_results": 1 }, "price": [{ "when": "inputs>0", "per_request": 2 }, { "per_request": 1 }] }],
          "operations": [{
            "name": "clip",
            "submit": { "path": "/clips", "uploads": UPLOADS, "body": { "text": "{prompt}", "img_id": "{upload.id}" }, "facts": { "inputs": "/img_id" } },
            "read": { "job": "/id", "without_status": "running" }
          }],
          "job": { "poll": { "path": "/clips/{job}", "read": { "job": "/id", "status": "/status", "words": { "done": "succeeded" }, "results": [{ "at": "/url" }] } } },
          "errors": {}
        }
        """;

    private const string Picture = "\"image\":\"PIXEL\"";

    [Fact]
    public void AnInput_IsUploadedFirst_AndNamedByWhatTheAnswerGives()
    {
        var submit = Build(File.Replace("UPLOADS", Uploads, StringComparison.Ordinal), "{\"prompt\":\"a boat\"," + Picture + "}", out var issues);

        Assert.Empty(issues.Refusals);
        Assert.Equal(2, issues.EstimatedCost);
        var upload = Assert.Single(submit.Preparation!.Uploads);
        var call = upload.Build(new Dictionary<string, JsonElement>());
        Assert.Equal(("POST", "/upload", true), (call.Method, call.Target, call.TakesAttemptId));
        Assert.Contains(call.Headers, h => h.Key == "Trace" && h.Value == NativeRequest.AttemptId);
        Assert.Contains("name=\"file\"; filename=\"file0.png\"\r\nContent-Type: image/png\r\n\r\n\u0089PNG\r\n", Encoding.Latin1.GetString(call.Body!.Bytes.Span), StringComparison.Ordinal);
        Assert.Null(upload.Read(Answer("""{"code":7,"data":null}""")));
        var given = upload.Read(Answer("""{"data":{"img_id":4711}}"""))!;
        var sent = submit.Preparation.Submit(given);
        Assert.Equal(("/clips", """{"text":"a boat","img_id":4711}""", "clip"), (sent.Target, Encoding.UTF8.GetString(sent.Body!.Bytes.Span), sent.Operation));
    }

    [Fact]
    public void WithoutTheInput_NothingIsUploaded()
    {
        var submit = Build(File.Replace("UPLOADS", Uploads, StringComparison.Ordinal), """{"prompt":"a boat"}""", out var issues);

        Assert.Null(submit.Preparation);
        Assert.Equal(("""{"text":"a boat"}""", 1), (Encoding.UTF8.GetString(submit.Body!.Bytes.Span), issues.EstimatedCost));
    }

    [Fact]
    public void ALaterUpload_TakesWhatAnEarlierOneGave_AndMayBeTheBytesAlone()
    {
        var submit = Build(
            File.Replace("UPLOADS", """
                [{ "of": "image", "path": "/assets", "body": { "name": "a.png", "type": "{item|content_type}" }, "keep": { "id": "/id" } },
                 { "of": "image", "path": "https://up.clips.example/assets/{upload.id}", "encoding": "raw" }]
                """, StringComparison.Ordinal),
            "{\"prompt\":\"a boat\"," + Picture + "}", out _);

        var (first, second) = (submit.Preparation!.Uploads[0], submit.Preparation.Uploads[1]);
        Assert.Equal("""{"name":"a.png","type":"image/png"}""", Encoding.UTF8.GetString(first.Build(new Dictionary<string, JsonElement>()).Body!.Bytes.Span));
        var given = first.Read(Answer("""{"id":"a/1"}"""))!;
        var call = second.Build(given);
        Assert.Equal(("https://up.clips.example/assets/a%2F1", "image/png", "\u0089PNG"), (call.Target, call.Body!.ContentType, Encoding.Latin1.GetString(call.Body.Bytes.Span[..4])));
        Assert.Empty(second.Read(Answer(""))!);
    }

    [Theory]
    [InlineData("\"of\": \"image\"", "\"of\": \"picture\"", "/operations/0/submit/uploads/0/of", "Must be one of image, last_image, mask, control_image, video.")]
    [InlineData("\"encoding\": \"multipart\"", "\"encoding\": \"form\"", "/operations/0/submit/uploads/0/encoding", "Must be one of json, multipart, raw.")]
    [InlineData("\"encoding\": \"multipart\"", "\"encoding\": \"raw\"", "/operations/0/submit/uploads/0/body", "Has no place where the encoding is raw")]
    [InlineData("{upload.id}", "{upload.other}", "/operations/0/submit", "No 'keep' of an upload fills upload.other.")]
    [InlineData("{upload.id}", "none", "/operations/0/submit/uploads", "Nothing takes upload.id, so that nothing would name what was uploaded.")]
    [InlineData("\"path\": \"/upload\"", "\"path\": \"/upload/{upload.id}\"", "/operations/0/submit/uploads/0", "No 'keep' of an earlier upload of image fills upload.id.")]
    [InlineData("\"path\": \"/upload\"", "\"path\": \"https://elsewhere.example/upload\"", "/operations/0/submit/uploads/0/path", "one of key_hosts")]
    [InlineData("\"path\": \"/upload\"", "\"path\": \"/upload/{job}\"", "/operations/0/submit", "'job' has no value before there is a job.")]
    [InlineData("\"Trace\"", "\"Authorization\"", "/operations/0/submit/uploads/0/headers/Authorization", "other than the key's")]
    [InlineData("\"job\": { \"poll\"", "\"job\": { \"idempotency\": { \"header\": \"Key\", \"kept_for\": 60 }, \"poll\"", "/operations/0/submit/uploads", "Cannot stand together with job.idempotency or job.find")]
    public void AnUploadThatCannotBe_IsAFault(string part, string other, string path, string reason)
    {
        var text = File.Replace("UPLOADS", Uploads, StringComparison.Ordinal);
        Assert.Contains(part, text, StringComparison.Ordinal);

        Assert.Null(ProviderFileReader.Read(Encoding.UTF8.GetBytes(text.Replace(part, other, StringComparison.Ordinal)), out var faults));

        Assert.Contains(faults, f => f.Path == path && f.Reason.Contains(reason, StringComparison.Ordinal));
    }

    /// <summary>A form that asks for the bytes of a picture sends it: it was left out, and a picture of something else was paid for.</summary>
    [Theory]
    [InlineData("{image}")]
    [InlineData("{image|bytes}")]
    [InlineData("{image|base64}")]
    public void AFormHasThePicture_HoweverItAsksForIt(string expression)
    {
        var text = File.Replace("\"uploads\": UPLOADS, \"body\": { \"text\": \"{prompt}\", \"img_id\": \"{upload.id}\" }", "\"encoding\": \"multipart\", \"body\": { \"img_id\": \"" + expression + "\" }", StringComparison.Ordinal);

        var submit = Build(text, "{\"prompt\":\"\"," + Picture + "}", out _);

        Assert.Contains("name=\"img_id\"; filename=\"img_id0.png\"\r\nContent-Type: image/png\r\n\r\n\u0089PNG\r\n", Encoding.Latin1.GetString(submit.Body!.Bytes.Span), StringComparison.Ordinal);
    }

    private static NativeRequest Build(string text, string parameters, out MappingIssues issues)
    {
        var provider = ProviderFileReader.Read(Encoding.UTF8.GetBytes(text), out var faults);
        Assert.True(provider is not null, string.Join("; ", faults));
        issues = new MappingIssues();
        var adapter = provider!.Value.Adapter;
        return adapter.BuildSubmit(RequestJson.Read(adapter, "clip-1", parameters), adapter.FindModel("clip-1")!, issues);
    }

    private static NativeResponse Answer(string json) => new(200, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(json));
}
