using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Every answer of the fact sheets' samples is read as their manifest says.</summary>
public sealed partial class SampleTests
{
    /// <summary>Answers that no adapter asks for: prices, accounts, lists, and the calls of older interfaces.</summary>
    private static readonly Regex s_other = Other();

    public static TheoryData<string, string> Answers()
    {
        var data = new TheoryData<string, string>();
        foreach (var provider in ShippedProviders.Names.Where(p => p != "openai"))
        {
            foreach (var sample in Fixture.Json(provider, "manifest.json").Member("samples").Items())
            {
                if (sample.Member("kind").Text() == "response" && !s_other.IsMatch(sample.Member("file").Text()!))
                {
                    data.Add(provider, sample.Member("file").Text()!);
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public void AnAnswerMeansWhatTheManifestSays(string provider, string file)
    {
        var sample = Fixture.Json(provider, "manifest.json").Member("samples").Items().First(s => s.Member("file").Text() == file);
        var adapter = ShippedProviders.Of(provider);
        var (path, status) = (sample.Member("path").Text()!, (int)sample.Member("status").Whole()!.Value);
        var response = Fixture.Answer(Fixture.Text(provider, file), status, [.. Headers(sample)]);
        var expected = sample.Member("unifiedCode").Text();

        var outcome = sample.Member("method").Text() == "POST" ? Submitted(adapter, response, path) : Polled(adapter, response, path);

        var failure = outcome switch
        {
            JobOutcome.Failed failed => failed.Failure,
            JobOutcome.Unreadable unreadable => unreadable.Failure,
            JobOutcome.NotFound missing => missing.Failure,
            _ => null,
        };
        Assert.True(expected == (failure is null ? null : Wire(failure.Code)) || (expected is null && outcome is JobOutcome.NotFound), $"{outcome} where {expected ?? "no failure"} is right.");
        if (outcome is JobOutcome.Succeeded succeeded)
        {
            Assert.NotEmpty(succeeded.Media);
        }
    }

    private static JobOutcome Submitted(ProviderAdapter adapter, NativeResponse response, string path)
    {
        var (model, operation) = adapter.Name == "recraft" ? ("recraftv4_1", "generate") : Submit(path);
        return response.IsSuccess
            ? adapter.ReadSubmit(response, adapter.FindModel(model)!, operation)
            : new JobOutcome.Failed(adapter.ReadError(response, NativeCall.Submit));
    }

    private static JobOutcome Polled(ProviderAdapter adapter, NativeResponse response, string path)
    {
        var body = JsonReading.Parse(response.Json.Span);
        var id = body.Member("request_id").IdText() is { } named && adapter.Name == "fal" ? named : IdInPath().Match(path).Value;
        var state = new Dictionary<string, string> { ["operation"] = Submit(path).Operation ?? "" };
        if ((adapter.Name == "fal" && !path.Contains("/status", StringComparison.Ordinal)) || path.StartsWith("/v1/files/", StringComparison.Ordinal))
        {
            (state["step"], state["file"]) = ("result", "1");
        }

        return adapter.InTheEnd(response, new JobHandle(id, Submit(path).Model) { State = state });
    }

    /// <summary>A model and an operation that are called at a path.</summary>
    private static (string Model, string? Operation) Submit(string path) => path switch
    {
        _ when path.StartsWith("/text-to-video/", StringComparison.Ordinal) => ("kling-3.0", "text-to-video"),
        _ when path.StartsWith("/tasks", StringComparison.Ordinal) => ("kling-3.0", "text-to-video"),
        _ when path.StartsWith("/v2/", StringComparison.Ordinal) => ("MiniMax-H3", "h3"),
        "/v1/image_generation" => ("image-01", "image"),
        _ when path.StartsWith("/generations/", StringComparison.Ordinal) => ("ray-2", "video"),
        _ when path.StartsWith("/v1/video_generation", StringComparison.Ordinal) || path.StartsWith("/v1/query", StringComparison.Ordinal) || path.StartsWith("/v1/files", StringComparison.Ordinal) => ("MiniMax-Hailuo-2.3", "hailuo"),
        _ when path.Contains("contents/generations", StringComparison.Ordinal) => ("dreamina-seedance-2-0-260128", "video"),
        "/api/v3/images/generations" => ("seedream-4-5-251128", "image"),
        _ when path.StartsWith("/api/v1/tasks", StringComparison.Ordinal) || path.Contains("/aigc/video", StringComparison.Ordinal) => ("wan3.0-video", "video"),
        _ when path.Contains("/aigc/", StringComparison.Ordinal) => ("wan2.6-image", "image"),
        _ when path.StartsWith("/v1/videos", StringComparison.Ordinal) => ("grok-imagine-video-1.5", "video"),
        _ when path.StartsWith("/v1/images/generations", StringComparison.Ordinal) || path.StartsWith("/v1/images/edits", StringComparison.Ordinal) => ("grok-imagine-image", "image"),
        _ when path.StartsWith("/v1/flows", StringComparison.Ordinal) => ("eleven_v3", "flows"),
        _ when path.Contains("/with-timestamps", StringComparison.Ordinal) || path.StartsWith("/v1/text-to-speech", StringComparison.Ordinal) => ("eleven_v4", "speech"),
        _ when path.StartsWith("/v1/media", StringComparison.Ordinal) => ("pika-2.5", "text-to-video"),
        _ when path.StartsWith("/v1/generations", StringComparison.Ordinal) => ("ray-3.2", "video"),
        _ when path.Contains(":generateContent", StringComparison.Ordinal) => ("gemini-nano-banana-2.1", "image"),
        _ when path.StartsWith("/v1/models/", StringComparison.Ordinal) || path.StartsWith("/v1/predictions", StringComparison.Ordinal) => ("black-forest-labs/flux-1.1-pro", "official"),
        _ when path.Contains("wan-3.0", StringComparison.Ordinal) => ("alibaba/wan-3.0/text-to-video", "video"),
        _ when path.Contains("elevenlabs", StringComparison.Ordinal) => ("fal-ai/elevenlabs/tts/multilingual-v2", "audio"),
        _ when path.StartsWith("/fal-ai/", StringComparison.Ordinal) || path.StartsWith("/bria/", StringComparison.Ordinal) => ("fal-ai/flux/dev", "shape"),
        _ => ("recraftv4_1", "generate"),
    };

    private static IEnumerable<(string Name, string Value)> Headers(JsonElement sample)
    {
        if (sample.Member("contentType").Text() is { } type)
        {
            yield return ("Content-Type", type);
        }

        if (sample.Member("responseHeaders") is { ValueKind: JsonValueKind.Object } headers)
        {
            foreach (var header in headers.EnumerateObject())
            {
                yield return (header.Name, header.Value.Text() ?? header.Value.GetRawText());
            }
        }
    }

    private static string Wire(ErrorCode code)
    {
        var text = new StringBuilder();
        foreach (var letter in code.ToString())
        {
            text.Append(char.IsUpper(letter) && text.Length > 0 ? "_" : "").Append(char.ToUpperInvariant(letter));
        }

        return text.ToString();
    }

    [GeneratedRegex("^(legacy|ideogram|find|list|health|price|billing|history|platform|models|quote|catalog|account|files|upload|balance|user|poll\\.data-removed|webhook|deliver|cancel|flows\\.list|v1\\.files\\.list)|base64\\.txt$|interactions")]
    private static partial Regex Other();

    [GeneratedRegex("(?<=^/generations/|task_ids=|task_id=|requests/|generations/tasks/|/predictions/|/tasks/|video_generation/|/videos/|v1/generations/|text-to-speech/|/jobs/|/video/)[^&/?]+")]
    private static partial Regex IdInPath();
}
