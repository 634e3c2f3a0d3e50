using System.Text;
using System.Text.Json;
using CsCheck;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Providers;

/// <summary>Whatever a provider answers and whatever a caller asks for, an adapter says something about it.</summary>
public class RobustnessTests
{
    private static readonly ProviderAdapter[] s_adapters = [.. AdapterRegistry.BuiltIn()];

    private static readonly byte[][] s_samples =
    [
        .. s_adapters.SelectMany(a => Directory.EnumerateFiles(Fixture.Folder(a.Name), "*.json"))
            .Where(f => Path.GetFileName(f) is not ("requests.json" or "manifest.json"))
            .Select(File.ReadAllBytes),
        "{\"id\":\"\\ud800\",\"status\":\"\\udc00\",\"error\":{\"code\":\"\\ud800\",\"\\ud800\":1}}"u8.ToArray(),
        "{\"\\ud800\":1,\"id\":\"a\",\"detail\":[{\"loc\":[\"\\ud800\"],\"msg\":5}]}"u8.ToArray(),
        [0x7B, 0x22, 0x69, 0x64, 0x22, 0x3A, 0x22, 0xFF, 0xC0, 0x22, 0x7D],
    ];

    private static readonly Dictionary<string, string> s_completed = new() { ["completed"] = "1" };

    private static readonly Gen<byte[]> s_garbled =
        from sample in Gen.OneOf(s_samples)
        from edits in Gen.Select(Gen.Int[0, 10_000], Gen.Byte).Array[0, 6]
        from cut in Gen.Int[0, 4]
        select Garble(sample, edits, cut);

    // JSON of the right names and the wrong kinds.
    private static readonly Gen<byte[]> s_mistyped =
        from fields in Gen.Select(
            Gen.OneOf("id", "status", "state", "result", "sample", "progress", "details", "cost", "polling_url", "error", "code", "type", "message", "detail", "data", "created_at", "expires_at", "has_more", "last_id",
                "request_id", "status_url", "response_url", "cancel_url", "video", "error_type", "name", "done", "response", "output", "failure", "failureCode", "estimatedCost", "issues", "creditBalance"),
            Gen.OneOf("null", "1e999", "-1", "\"Ready\"", "\"completed\"", "\"failed\"", "\"SUCCEEDED\"", "\"COMPLETED\"", "\"runner_disconnected\"", "{\"url\":\"https://a.example/v\"}", "\"FAILED\"", "{\"credits\":1e300}", "{\"videos\":[{\"gcsUri\":\"gs://a/b\"},7]}", "{\"generateVideoResponse\":{\"raiMediaFilteredCount\":1e9}}", "{\"details\":[{\"retryDelay\":\"9s\",\"violations\":[[]]}]}", "[{\"path\":[\"model\"]}]", "[\"https://a.example/1\"]", "[]", "[[],{}]", "{}", "{\"sample\":\"https://a.example/?se=x&rsct\"}", "\"\\ud800\"", "true", "99999999999999999999")).Array[0, 8]
        select Encoding.UTF8.GetBytes("{" + string.Join(',', fields.Select(f => $"\"{f.Item1}\":{f.Item2}")) + "}");

    private static readonly Gen<NativeResponse> s_responses =
        from body in Gen.OneOf<byte[]>(s_garbled, s_mistyped, Gen.Byte.Array[0, 200])
        from status in Gen.OneOf<int>(Gen.Const(200), Gen.Int[100, 599])
        from wait in Gen.OneOf<string>(Gen.OneOf("5", "-1", "1e300", "NaN", "Wed, 21 Oct 2026 07:28:00 GMT"), Gen.String[0, 10])
        select new NativeResponse(
            status,
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["retry-after"] = wait, ["openai-poll-after-ms"] = wait },
            body);

    private static readonly Gen<MediaInput?> s_media = Gen.OneOf("png", "webp", "gif", "mp4", "stored", "https://a.example/x.png", null).Select(Unified.Media);

    private static readonly Gen<string> s_text = Gen.OneOf<string>(Gen.String, Gen.OneOf("", " ", "16:9", "1:1", "720p", "auto", "png", "mp4", "\ud800", "a\udc00b"));

    private static readonly Gen<JsonElement> s_native =
        from fields in Gen.Select(
            Gen.OneOf("raw", "finetune_id", "top", "mode", "keyframes", "draft", "batch", "webhook_url", "width", "prompt", "seconds", "size", "characters", "input_reference", "remix_video_id", "extend_video_id", "\\ud800", "other",
                "transitions", "image_urls", "image_url", "pikaffect", "aspect_ratio", "image", "video", "referenceImages", "labels", "durationSeconds", "gcsOutputDirectory", "ratio", "duration", "promptImage", "promptVideo", "videoUri", "endpoint", "outputCount", "references", "edit", "proresProfile"),
            Gen.OneOf("null", "1", "-2.5", "1e999", "true", "\"x\"", "\"\\ud800\"", "[]", "[[1,\"a\"]]", "{\"id\":\"a\"}", "[{\"id\":\"\\ud800\"}]", "{\"\\udc00\":[{}]}")).Array[0, 5]
        select JsonElement.Parse("{" + string.Join(',', fields.Select(f => $"\"{f.Item1}\":{f.Item2}")) + "}");

    private static readonly Gen<double?> s_number = Gen.OneOf<double?>(Gen.Double.Select(d => (double?)d), Gen.OneOf<double?>(null, 4, 5, 0.5, double.NaN, double.PositiveInfinity));

    private static readonly Gen<int?> s_whole = Gen.OneOf<int?>(Gen.Int.Select(i => (int?)i), Gen.OneOf<int?>(null, 0, 1, 5, 512, 1024, 1280, 720));

    private static readonly Gen<GenerationParameters> s_parameters =
        from wholes in s_whole.Array[7]
        from numbers in s_number.Array[3]
        from texts in s_text.Array[5]
        from given in Gen.Bool.Array[8]
        from media in s_media.Array[5]
        from references in s_media.Where(m => m is not null).Array[0, 5]
        from native in Gen.OneOf<JsonElement>(s_native, Gen.Const(default(JsonElement)))
        select new GenerationParameters
        {
            Width = wholes[0], Height = wholes[1], Fps = wholes[2], N = wholes[3], Steps = wholes[4], Safety = wholes[5], Seed = wholes[6],
            Duration = numbers[0], Strength = numbers[1], Guidance = numbers[2],
            AspectRatio = given[0] ? texts[0] : null, Resolution = given[1] ? texts[1] : null, NegativePrompt = given[2] ? texts[2] : null,
            OutputFormat = given[3] ? texts[3] : null, Voice = given[4] ? texts[4] : null,
            Audio = given[5] ? given[6] : null, EnhancePrompt = given[6] ? given[7] : null,
            Image = media[0], LastImage = media[1], Mask = media[2], ControlImage = media[3], Video = media[4],
            ReferenceImages = references!,
            Native = s_adapters.Select(a => a.ExtrasKey).Distinct().ToDictionary(k => k, _ => native),
        };

    [Fact]
    public void ReadAnything_AnyAnswer_ThrowsNothingButJsonException() => s_responses.Sample(
        response =>
        {
            foreach (var adapter in s_adapters)
            {
                var model = adapter.Models[0];
                var job = new JobHandle("a", model.Id);
                Tolerate(() => adapter.ReadSubmit(response, model));
                Tolerate(() => adapter.ReadPoll(response, job));
                Tolerate(() => adapter.ReadPoll(response, job with { State = s_completed }));
                Assert.InRange((int)adapter.ReadCancel(response), 0, 2);
                Assert.Null(Record.Exception(() => adapter.ReadProbe(response)));
                foreach (var call in Enum.GetValues<NativeCall>())
                {
                    var failure = adapter.ReadError(response, call);
                    Assert.InRange(failure.Message.Length, 1, 300);
                    Assert.DoesNotContain(failure.Message, char.IsControl);
                }

                var request = new GenerationRequest { Provider = adapter.Name, Model = model.Id, MediaType = model.MediaType };
                var native = adapter.BuildSubmit(request, model, new MappingIssues());
                var submit = new LostSubmit(request, model, DateTimeOffset.UnixEpoch, new Uri("https://provider.example/")) { Native = native };
                if (adapter.Reconciliation.ExternalId is { } id)
                {
                    Tolerate(() => id.Read(response, submit));
                }

                if (adapter.Reconciliation.List is { } list)
                {
                    Tolerate(() => list.Read(response, submit));
                }
            }
        },
        iter: 3000);

    [Fact]
    public void BuildSubmit_AnyParameters_AnswersWithValidJsonOrARefusal() => Gen.Select(s_parameters, s_text, Gen.Int[0, 1000]).Sample(
        (parameters, prompt, pick) =>
        {
            foreach (var adapter in s_adapters)
            {
                var model = adapter.Models[pick % adapter.Models.Count];
                var request = new GenerationRequest { Provider = adapter.Name, Model = model.Id, Prompt = prompt, MediaType = model.MediaType, Parameters = parameters };
                var issues = new MappingIssues();
                var native = adapter.BuildSubmit(request, model, issues);
                Assert.NotNull(native.Body);
                if (native.Body.ContentType == "application/json")
                {
                    Assert.Equal(JsonValueKind.Object, JsonElement.Parse(native.Body.Bytes.Span).ValueKind);
                }
            }
        },
        iter: 3000);

    [Fact]
    public void BuildSubmit_PlainRequests_AreTakenByEveryModelThatMakesThemFromText()
    {
        foreach (var adapter in s_adapters)
        {
            foreach (var model in adapter.Models.Where(m => m.Capabilities.Any(c => c.StartsWith("text-to-", StringComparison.Ordinal)) && !m.Capabilities.Contains("lora")))
            {
                var issues = new MappingIssues();
                adapter.BuildSubmit(
                    new GenerationRequest { Provider = adapter.Name, Model = model.Id, Prompt = "A fox", MediaType = model.MediaType, Parameters = Plain(model) },
                    model,
                    issues);
                Assert.Empty(issues.Refusals);
            }
        }
    }

    // The one model whose shape cannot be chosen, and those that must be told who speaks.
    private static GenerationParameters Plain(ModelInfo model) => model switch
    {
        { Id: "h3_max" } => new(),
        { MediaType: MediaType.Audio } => new() { Voice = model.Id.StartsWith("eleven_text", StringComparison.Ordinal) || model.Id == "seed_audio" ? null : "Maya" },
        _ => new() { AspectRatio = "16:9" },
    };

    private static void Tolerate(Action read)
    {
        try
        {
            read();
        }
        catch (JsonException)
        {
        }
    }

    private static byte[] Garble(byte[] sample, (int At, byte Value)[] edits, int cut)
    {
        var copy = (byte[])sample.Clone();
        foreach (var (at, value) in edits)
        {
            copy[at % copy.Length] = value;
        }

        return cut == 0 ? copy[..(copy.Length / 2)] : copy;
    }
}
