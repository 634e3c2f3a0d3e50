using System.Globalization;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Reads the calls of the dialect strictly: what OpenAI's own API would refuse, or nobody could honour, is refused by name.</summary>
internal sealed partial class OpenAiRequestReader(ProviderTable providers, ModelCatalogue catalogue, AliasTable aliases, IOptions<OpenAiOptions> options)
{
    /// <summary>The most images of one call.</summary>
    public const int MaxImages = 10;

    private const int MaxSeconds = 3600;
    private const string DefaultVideoModel = "sora-2";
    private const string OpenAi = "openai";

    private static readonly HashSet<string> s_image = new(StringComparer.Ordinal)
    {
        "model", "prompt", "n", "size", "quality", "output_format", "output_compression", "background", "moderation", "stream", "partial_images",
        "response_format", "style", "user", "safety_identifier", "callback_url", "complexity", "frame_count", "frame_duration_ms", "svg",
    };

    private static readonly HashSet<string> s_edit = new(s_image, StringComparer.Ordinal) { "image", "images", "mask", "input_fidelity", "markup" };

    private static readonly HashSet<string> s_clip = new(StringComparer.Ordinal) { "prompt", "model", "video", "seconds", "callback_url", "user", "safety_identifier" };

    private static readonly HashSet<string> s_video = new(StringComparer.Ordinal)
    {
        "model", "prompt", "seconds", "size", "input_reference", "user", "safety_identifier", "callback_url", "n",
    };

    private static readonly string[] s_urls = ["dall-e-2", "dall-e-3"];

    private static readonly HashSet<string> s_remix = new(StringComparer.Ordinal) { "prompt", "model", "callback_url" };

    /// <summary><c>POST /v1/images/generations</c> and <c>/edits</c>.</summary>
    public (ImageCall? Call, OpenAiError? Problem) ReadImage(OpenAiBody body, bool edit)
    {
        var fields = new OpenAiFields(body);
        var (name, model) = ReadModel(fields, edit ? s_edit : s_image);
        List<string> warnings = [];
        var quality = fields.OneOf("quality", "auto", "low", "medium", "high", "xhigh", "max", "standard", "hd");
        var isOpenAi = IsOpenAi(model);
        NotHonoured(fields, warnings, isOpenAi || quality is null or "auto" ? null : "quality", "this model has no quality levels");

        // A word of dall-e-3 alone: whoever sends it reads links, where it does not ask for anything else.
        var style = fields.OneOf("style", "vivid", "natural");
        NotHonoured(fields, warnings, style is null ? null : "style", "models here have no such switch");
        NotHonoured(fields, warnings, fields.OneOf("moderation", "auto", "low") is "low" && !isOpenAi ? "moderation" : null, "use safety");
        NotHonoured(fields, warnings, fields.OneOf("input_fidelity", "high", "low") is "high" && !isOpenAi ? "input_fidelity" : null, "this model has no such switch");
        NotHonoured(fields, warnings, fields.Whole("output_compression", 0, 100) is not (null or 100) && !isOpenAi ? "output_compression" : null, "the provider's own is used");
        NotHonoured(fields, warnings, fields.OneOf("complexity", "low", "medium", "high") is not null && !isOpenAi ? "complexity" : null, "this model has no such switch");

        // Only OpenAI's models draw on a see-through ground, or pictures that move; another picture is not what was asked for.
        var (background, inBackground) = ReadBackground(fields, isOpenAi);
        foreach (var own in (ReadOnlySpan<string>)["frame_count", "frame_duration_ms", "svg"])
        {
            if (fields.Has(own) && !isOpenAi)
            {
                fields.Refuse(own, "Only OpenAI's own models take it.");
            }
        }

        if (fields.Has("markup"))
        {
            fields.Refuse("markup", "It is not passed on; draw what you mean into the image, or mark it with mask.");
        }

        // OpenAI streams previews, but not of what moves or is drawn in lines.
        var (stream, format) = (fields.Flag("stream") ?? false, fields.OneOf("output_format", "png", "jpeg", "webp", "gif", "svg"));
        var previews = fields.Whole("partial_images", 0, 3) ?? 0;
        if (previews > 0 && (!isOpenAi || !stream || format is "gif" or "svg"))
        {
            warnings.Add($"partial_images: {(!isOpenAi ? "this model shows nothing before it is done" : stream ? "there are none of gif and svg" : "they come with stream alone")}; the whole images come alone.");
            previews = 0;
        }

        var parameters = MoreParameters.Read(fields, providers.ExtrasKeys) with
        {
            N = fields.Whole("n", 1, MaxImages) is > 1 and var n ? n : null,
            OutputFormat = format,
            Mask = edit ? InputImages.ReadMask(fields) : null,
        };
        if (isOpenAi)
        {
            parameters = WithNative(parameters, fields, quality, previews);
        }

        if (edit)
        {
            parameters = InputImages.Add(parameters, model.Known, fields, "image", "images");
            if (parameters is { Image: null, ReferenceImages.Count: 0 })
            {
                fields.Refuse("image", "It is required.", OpenAiErrors.Missing);
            }
        }

        var request = Build(DialectCall.Image, fields, model, parameters, ReadSize(fields), warnings);
        var call = new ImageCall(request, edit, (fields.OneOf("response_format", "b64_json", "url") ?? (IsUrlByDefault(name) || (style is not null && !name.Contains("gpt-image", StringComparison.Ordinal)) ? "url" : null)) is "url", stream, quality ?? "auto", background is "transparent" ? background : "opaque")
        {
            InBackground = inBackground,
            Previews = previews,
        };
        if (call is { InBackground: true, Stream: true })
        {
            fields.Refuse("stream", "It does not go with background: true.");
        }

        return fields.Problem is { } problem ? (null, problem) : (call, null);
    }

    /// <summary><c>POST /v1/videos</c>.</summary>
    public (DialectRequest? Request, OpenAiError? Problem) ReadVideo(OpenAiBody body)
    {
        var fields = new OpenAiFields(body);
        var (name, model) = ReadModel(fields, s_video, DefaultVideoModel);
        var (size, seconds) = (ReadSize(fields), fields.Seconds("seconds", MaxSeconds));
        _ = fields.Whole("n", 1, 1);

        // The dialect's own defaults, for models that take exactly these, and for OpenAI's own names, whatever stands for them.
        if ((model.Known is null && name.StartsWith(DefaultVideoModel, StringComparison.Ordinal))
            || (model.Known?.Limits is { } limits && limits.Sizes.Contains("720x1280") && limits.Durations is [4, ..]))
        {
            size ??= fields.Has("size") || fields.Has("aspect_ratio") || fields.Has("resolution") ? null : new PixelCount(720, 1280);
            seconds ??= 4;
        }

        var parameters = MoreParameters.Read(fields, providers.ExtrasKeys) with { Duration = seconds };
        parameters = InputImages.Add(parameters, model.Known, fields, "input_reference");
        var request = Build(DialectCall.Video, fields, model, parameters, size, []);
        return fields.Problem is { } problem
            ? (null, problem)
            : (request with { Video = new VideoFacts(request.Request.Prompt, name, size?.ToString(), seconds?.ToString(CultureInfo.InvariantCulture), null) }, null);
    }

    /// <summary><c>POST /v1/videos/edits</c> and <c>/extensions</c>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="call">Which of the two.</param>
    /// <param name="source">The video of Framegate to start from; null for one that was uploaded, or named by a URL.</param>
    /// <param name="facts">What that video's job shows; null as well.</param>
    public (DialectRequest? Request, OpenAiError? Problem) ReadClip(OpenAiBody body, DialectCall call, RemixSource? source, VideoJob? facts)
    {
        var fields = new OpenAiFields(body);
        var (name, model) = ReadModel(fields, s_clip, source is null ? null : NameOf(source));
        var seconds = fields.Seconds("seconds", MaxSeconds);
        if (call == DialectCall.Extend && seconds is null)
        {
            fields.Refuse("seconds", "It is required.", OpenAiErrors.Missing);
        }
        else if (call == DialectCall.Edit && fields.Has("seconds"))
        {
            fields.Refuse("seconds", "It is no parameter of this call.", OpenAiErrors.UnknownParameter);
        }

        var parameters = MoreParameters.Read(fields, providers.ExtrasKeys) with { Duration = seconds };
        parameters = source?.Native is { } native && name == source.Model
            ? parameters with { Native = new Dictionary<string, JsonElement>(parameters.Native, StringComparer.Ordinal) { [native.Key] = native.Value } }
            : parameters with { Video = source?.Clip ?? InputImages.ReadClip(fields, "video") };
        if (parameters.Video is null && source is null)
        {
            fields.Refuse("video", "It is required: an upload, or the id of a completed video.", OpenAiErrors.Missing);
        }

        var request = Build(call, fields, model, parameters, null, []);
        return fields.Problem is { } problem
            ? (null, problem)
            : (request with { Video = new VideoFacts(request.Request.Prompt, name, facts?.Size, seconds?.ToString(CultureInfo.InvariantCulture) ?? facts?.Seconds, facts?.Id) }, null);
    }

    /// <summary><c>POST /v1/videos/{id}/remix</c>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="source">The video to start from.</param>
    /// <param name="facts">What that video's job shows.</param>
    public (DialectRequest? Request, OpenAiError? Problem) ReadRemix(OpenAiBody body, RemixSource source, VideoJob facts)
    {
        var fields = new OpenAiFields(body);
        var (name, model) = ReadModel(fields, s_remix, NameOf(source));
        var parameters = MoreParameters.Read(fields, providers.ExtrasKeys);
        parameters = source.Native is { } native && name == source.Model
            ? parameters with { Native = new Dictionary<string, JsonElement>(parameters.Native, StringComparer.Ordinal) { [native.Key] = native.Value } }
            : parameters with { Video = source.Clip };
        var request = Build(DialectCall.Remix, fields, model, parameters, null, []);
        return fields.Problem is { } problem
            ? (null, problem)
            : (request with { Video = new VideoFacts(request.Request.Prompt, name, facts.Size, facts.Seconds, facts.Id) }, null);
    }

    /// <summary><c>background</c>: the ground of the picture as a word, or true for a call that does not wait, as on <c>/v1/responses</c>.</summary>
    private static (string? Ground, bool InBackground) ReadBackground(OpenAiFields fields, bool isOpenAi) => fields.Parts("background") switch
    {
        [{ Json.ValueKind: JsonValueKind.True } or { Text: "true" or "True" }] => (null, true),
        [{ Json.ValueKind: JsonValueKind.False } or { Text: "false" or "False" }] => (null, false),
        _ => (isOpenAi ? fields.OneOf("background", "auto", "opaque", "transparent") : fields.OneOf("background", "auto", "opaque"), false),
    };

    /// <summary>Whether images of a model are answered as links where a call sets no format.</summary>
    private bool IsUrlByDefault(string model) => (options.Value.UrlByDefault ?? s_urls) is var names && (names.Contains(model, StringComparer.Ordinal) || names.Contains("*"));

    /// <summary>Whether a name leads to OpenAI's own API, which takes all fields of the dialect itself; an alias may, where one of its candidates is there.</summary>
    private bool IsOpenAi(ModelName model) => model.Provider == OpenAi
        || (model.Provider == GenerationRequest.AnyProvider
            && (model.Known is null ? aliases.Find(model.Model)?.Candidates.Any(c => c.Provider == OpenAi) == true : catalogue.Find(OpenAi, model.Model) is not null));

    /// <summary>The fields that have no neutral name, in the provider's own words.</summary>
    private static GenerationParameters WithNative(GenerationParameters parameters, OpenAiFields fields, string? quality, int previews)
    {
        var members = new System.Text.Json.Nodes.JsonObject();
        if (quality is not null and not "auto")
        {
            // Words of older models, which clients still send.
            members["quality"] = quality switch { "standard" => "medium", "hd" => "high", _ => quality };
        }

        foreach (var name in (ReadOnlySpan<string>)["background", "moderation", "input_fidelity", "complexity"])
        {
            if (fields.Has(name) && (name == "background" ? ReadBackground(fields, isOpenAi: true).Ground : fields.Text(name, 64)) is { } word and not "auto")
            {
                members[name] = word;
            }
        }

        // 100 is what is done without a word, and apps send it with formats that cannot be compressed.
        if (fields.Has("output_compression") && fields.Whole("output_compression", 0, 100) is { } compression and not 100)
        {
            members["output_compression"] = compression;
        }

        foreach (var name in (ReadOnlySpan<string>)["frame_count", "frame_duration_ms"])
        {
            if (fields.Has(name) && fields.Whole(name, 1, 1_000_000) is { } number)
            {
                members[name] = number;
            }
        }

        if (previews > 0)
        {
            (members["stream"], members["partial_images"]) = (true, previews);
        }

        if (fields.Object("svg") is { } svg)
        {
            members["svg"] = svg;
        }

        return members.Count == 0 ? parameters : WithOpenAi(parameters, members);
    }

    private static GenerationParameters WithOpenAi(GenerationParameters parameters, System.Text.Json.Nodes.JsonObject members)
    {
        if (parameters.Native.GetValueOrDefault(OpenAi) is { ValueKind: JsonValueKind.Object } own)
        {
            foreach (var member in own.EnumerateObject())
            {
                members[member.Name] = System.Text.Json.Nodes.JsonNode.Parse(member.Value.GetRawText());
            }
        }

        return parameters with
        {
            Native = new Dictionary<string, JsonElement>(parameters.Native, StringComparer.Ordinal) { [OpenAi] = JsonElement.Parse(members.ToJsonString()) },
        };
    }

    private string NameOf(RemixSource source) => source.Alias is { } alias && aliases.Find(alias) is not null ? alias : source.Model;

    private (string Name, ModelName Model) ReadModel(OpenAiFields fields, HashSet<string> names, string? whenAbsent = null)
    {
        var extrasKeys = providers.ExtrasKeys;
        fields.CheckNames(name => names.Contains(name) || MoreParameters.Has(name, extrasKeys));
        var name = fields.Text("model", GenerationRequestReader.MaxNameLength) ?? whenAbsent ?? "";
        if (name.Length == 0)
        {
            fields.Refuse("model", "It is required: an alias, provider/model, or a model of GET /v1/models.", OpenAiErrors.Missing);
        }

        return (name, ModelName.Read(name, providers, catalogue, aliases));
    }

    private DialectRequest Build(
        DialectCall call, OpenAiFields fields, ModelName model, GenerationParameters parameters, PixelCount? size, List<string> warnings)
    {
        fields.CheckKind("user", JsonValueKind.String);
        fields.CheckKind("safety_identifier", JsonValueKind.String);
        var prompt = call == DialectCall.Speech ? "input" : "prompt";
        if (!fields.Has(prompt))
        {
            fields.Refuse(prompt, "It is required.", OpenAiErrors.Missing);
        }

        if (size is { } asked && model.Known is null && aliases.Find(model.Model) is { } alias)
        {
            SizeWording.CheckAlias(asked, model.Model, [.. alias.Candidates.Select(c => catalogue.Find(c.Provider, c.Model)).OfType<Framegate.Plugins.ModelInfo>()], fields);
        }

        var request = new GenerationRequest
        {
            Provider = model.Provider,
            Model = model.Model,
            MediaType = call.MediaType,
            Prompt = PromptText.Normal(fields.Text(prompt, GenerationRequestReader.MaxPromptLength) ?? ""),
            Parameters = size is { } wanted ? SizeWording.Add(parameters, wanted, model.Known, fields, warnings) : parameters,
            Timeout = call.MediaType != MediaType.Video ? options.Value.ImageTimeout : options.Value.VideoTimeout,
            CallbackUrl = ReadCallback(fields),
            Held = [.. fields.Held.All],
        };
        if (fields.Held.Misplaced(request.Parameters) is { } misplaced)
        {
            fields.Refuse(OpenAiErrors.Invalid(null, misplaced));
        }

        return new DialectRequest(call with { Shapes = [.. DialectCall.ShapeNames.Where(fields.Has)] }, request with { Held = InputReader.HeldBy(request) }) { Known = model.Known, Warnings = warnings };
    }

    private static Uri? ReadCallback(OpenAiFields fields)
    {
        if (fields.Text("callback_url", PublicUrl.MaxLength) is not { } text)
        {
            return null;
        }

        if (PublicUrl.TryParseHttp(text, out var url))
        {
            return url;
        }

        fields.Refuse("callback_url", "It must be an absolute http or https URL without user info.");
        return null;
    }

    private static PixelCount? ReadSize(OpenAiFields fields)
    {
        if (fields.Text("size", 32) is not { } text || text == "auto")
        {
            return null;
        }

        if (PixelCount.TryParse(text, out var size))
        {
            return size;
        }

        fields.Refuse("size", "It must be WIDTHxHEIGHT, as in 1024x1024, or auto.");
        return null;
    }

    private static void NotHonoured(OpenAiFields fields, List<string> warnings, string? name, string why)
    {
        if (name is not null && fields.Problem is null)
        {
            warnings.Add($"{name}: it was left out; {why}.");
        }
    }
}
