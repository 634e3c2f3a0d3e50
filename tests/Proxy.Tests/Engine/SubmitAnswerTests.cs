using System.Text;
using System.Text.Json.Nodes;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Engine.Submit;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers.Declared.Compiling;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What is made of an answer of which the end is missing.</summary>
public sealed class SubmitAnswerTests
{
    private const string Picture = """{"inlineData":{"mimeType":"image/png","data":"aGk="}}""";

    /// <summary>That a result is a draft stands behind it: one that was not closed is none. What was closed is one, wherever the answer breaks after it.</summary>
    [Theory]
    [InlineData("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"aGk="}""", -1)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"aGk="},"tho""", -1)]
    [InlineData("""{"candidates":[{"content":{"parts":[PICTURE""", 1)]
    [InlineData("""{"candidates":[{"content":{"parts":[PICTURE,{"inlineData":{"mimeType":"image/png","data":"aGk="}""", 1)]
    [InlineData("""{"candidates":[{"content":{"parts":[{"inlineData":{"data":"aGk="},"thought":true},{"inlineData":{"mimeType":"image/png","data":"aGk="},"tho""", -1)]
    [InlineData("""{"candidates":[{"content":{"parts":[PICTURE]},"safetyRatings":["a",""", 1)]
    [InlineData("""{"candidates":[{"content":{"parts":[PICTURE]},"safetyRatings":[{"a":1},{"b":""", 1)]
    [InlineData("""{"candidates":[{"content":{"parts":[PICTURE,PICTURE]},"index":0}],"usage""", 2)]
    public void AnItemThatWasNotClosed_IsNoResult(string arrived, int results)
    {
        var outcome = Read("google", "gemini-nano-banana-2.1", "image", Encoding.UTF8.GetBytes(arrived.Replace("PICTURE", Picture, StringComparison.Ordinal)), "application/json; charset=utf-8");

        Assert.Equal(results, outcome is JobOutcome.Succeeded done ? done.Media.Count : -1);
    }

    /// <summary>The same for an object that is no item of a list, and for a document that is the result itself.</summary>
    [Theory]
    [InlineData("/image/url", "{\"skip_if\":[{\"at\":\"/moderated\",\"is\":\"true\"}]}", "{\"credits\":1,\"image\":{\"url\":\"https://api.acme.example/1.png\",\"wid", false)]
    [InlineData("/image/url", "{}", "{\"credits\":1,\"image\":{\"url\":\"https://api.acme.example/1.png\",\"meta\":{\"a\":1},\"wid", false)]
    [InlineData("/image/url", "{}", "{\"image\":{\"size\":[1,2],\"url\":\"https://api.acme.example/1.png\",\"wid", false)]
    [InlineData("/image/url", "{}", "{\"image\":{\"url\":\"https://api.acme.example/1.png\",\"width\":1},\"cre", true)]
    [InlineData("/data/urls/*", "{}", "{\"data\":{\"urls\":[\"https://api.acme.example/1.png\",\"https://api.acme", true)]
    [InlineData("/image", "{\"skip_if\":[{\"at\":\"/finish_reason\",\"is\":\"CONTENT_FILTERED\"}]}", "{\"image\":\"https://api.acme.example/1.png\",\"finish_rea", false)]
    [InlineData("/image", "{}", "{\"image\":\"https://api.acme.example/1.png\",\"finish_rea", true)]
    [InlineData("/images/*", "{\"flags\":\"/nsfw\"}", "{\"images\":[\"https://api.acme.example/1.png\"],\"nsf", false)]
    [InlineData("/images/*", "{\"flags\":\"/nsfw\"}", "{\"images\":[\"https://api.acme.example/1.png\"],\"nsfw\":[false],\"see", true)]
    public void AResultOfWhichMoreWasToCome_IsNone(string at, string more, string arrived, bool isResult)
    {
        var place = JsonNode.Parse(more)!.AsObject();
        place["at"] = at;
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "config", "providers", "recraft.json")))!;
        file["read"] = new JsonObject { ["without_status"] = "succeeded", ["results"] = new JsonArray(place) };
        var adapter = ProviderFileReader.Read(Encoding.UTF8.GetBytes(file.ToJsonString()), out var faults) is var (read, _) ? read : throw new InvalidOperationException(string.Join(' ', faults));

        var outcome = Read(adapter, "recraftv4_1", "generate", Encoding.UTF8.GetBytes(arrived), "application/json");

        Assert.Equal(isResult, outcome is JobOutcome.Succeeded);
    }

    /// <summary>An id that arrived is an id, whatever a server calls its JSON.</summary>
    [Theory]
    [InlineData("application/octet-stream")]
    [InlineData("application/javascript")]
    [InlineData("text/plain")]
    [InlineData(null)]
    public void AnIdThatArrived_CountsUnderAnyLabel(string? type)
    {
        var outcome = Read("kling", "kling-2.6", "old-text-to-video", """{"code":0,"message":"SUCCEED","data":{"task_id":"job-1","task_status":"submitted","created_at":17"""u8.ToArray(), type);

        Assert.Equal("job-1", Assert.IsType<JobOutcome.Running>(outcome).Job.NativeId);
    }

    /// <summary>A job that can be asked for has what was still to come: a part of its results is not the end of it.</summary>
    [Fact]
    public void ACutAnswerOfAJobThatCanBeFound_IsNoResult()
    {
        var outcome = Read(
            "replicate", "black-forest-labs/flux-1.1-pro", "official", """{"id":"p1","status":"succeeded","output":["https://replicate.delivery/1.png","https://replicate.delivery/2.png","""u8.ToArray(), "application/json");

        Assert.Equal(Acceptance.Unknown, Assert.IsType<JobOutcome.Failed>(outcome).Failure.Acceptance);
    }

    /// <summary>Sound may begin with a bracket: it is no JSON that somebody has cut.</summary>
    [Theory]
    [InlineData("audio/pcm", '[')]
    [InlineData("application/octet-stream", '{')]
    [InlineData(null, '[')]
    public void SoundThatBeginsAsJsonDoes_IsNotMended(string? type, char first)
    {
        byte[] sound = [(byte)first, .. Enumerable.Repeat((byte)1, 300), .. "\"x\":\"y\",\"z\""u8, .. Enumerable.Repeat((byte)2, 300)];

        var outcome = Read("openai", "gpt-4o-mini-tts", "speech", sound, type);

        Assert.Equal(sound, Convert.FromBase64String(Assert.IsType<JobOutcome.Succeeded>(outcome).Media.Single().Url.Split(',')[1]));
    }

    /// <summary>A file that is the whole answer: a picture shows where it ends, raw sound does not, so that one of which the connection took the end is no result.</summary>
    [Theory]
    [InlineData("image/png", "recraft", "recraftv4_1", "generate", true)]
    [InlineData("audio/pcm", "elevenlabs", "eleven_text_to_sound_v2", "sound", false)]
    [InlineData("audio/ogg; codecs=opus", "elevenlabs", "eleven_text_to_sound_v2", "sound", true)]
    [InlineData("video/mp4", "recraft", "recraftv4_1", "generate", false)]
    [InlineData("image/png", "recraft", "recraftv4_1", "generate", false, true)]
    public void AFileThatBrokeOff_IsAResultOnlyWhereItsEndCanBeToldAndItCannotBeAskedForAgain(
        string type, string provider, string model, string operation, bool isResult, bool hasKey = false)
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(Repository.Root, "config", "providers", provider + ".json")))!;
        file["read"] = JsonNode.Parse("""{"results":[{"at":"*"}]}""");
        if (hasKey)
        {
            file["read"] = JsonNode.Parse("""{"job":"/id","without_status":"succeeded","results":[{"at":"*"}]}""");
            file["operations"]!.AsArray().Single(o => (string?)o!["name"] == operation)!["job"] = JsonNode.Parse("""{"poll":{"path":"/jobs/{job}","read":{"status":"/status","words":{"pending":"running","done":"succeeded"},"results":[{"at":"/url"}]}},"idempotency":{"header":"Idempotency-Key","kept_for":60}}""");
        }

        var adapter = ProviderFileReader.Read(Encoding.UTF8.GetBytes(file.ToJsonString()), out var faults) is var (read, _) ? read : throw new InvalidOperationException(string.Join(' ', faults));
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Type"] = type };
        var request = NativeRequest.PostJson("/", "{}"u8.ToArray()) with { Operation = operation };
        var exchange = new ProviderExchange(adapter, NativeCall.Submit, request, [adapter.Name])
        {
            CutResponse = new NativeResponse(200, headers, Enumerable.Range(0, 900).Select(i => (byte)i).ToArray()), Exception = new IOException("It broke."), Sent = true,
        };

        var info = adapter.FindModel(model)!;
        var outcome = SubmitAnswer.Read(exchange, type.StartsWith("video/", StringComparison.Ordinal) ? info with { MediaType = MediaType.Video } : info, DateTimeOffset.UnixEpoch);

        Assert.Equal((isResult, isResult), (outcome is JobOutcome.Succeeded, exchange.BrokeOff));
        Assert.True(isResult || outcome is JobOutcome.Failed { Failure.Acceptance: Acceptance.Unknown });
    }

    private static JobOutcome Read(string provider, string model, string operation, byte[] body, string? type) =>
        Read(ProviderFileReader.Read(File.ReadAllBytes(Path.Combine(Repository.Root, "config", "providers", provider + ".json")), out _)!.Value.Adapter, model, operation, body, type);

    private static JobOutcome Read(ProviderAdapter adapter, string model, string operation, byte[] body, string? type)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        if (type is not null)
        {
            headers["Content-Type"] = type;
        }

        var request = NativeRequest.PostJson("/", "{}"u8.ToArray()) with { Operation = operation };
        var exchange = new ProviderExchange(adapter, NativeCall.Submit, request, [adapter.Name]) { Response = new NativeResponse(200, headers, body) };
        return SubmitAnswer.Read(exchange, adapter.FindModel(model)!, DateTimeOffset.UnixEpoch);
    }
}
