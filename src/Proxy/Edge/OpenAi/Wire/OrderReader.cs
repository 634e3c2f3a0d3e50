using System.Globalization;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Reads the calls of the dialect strictly: what OpenAI's own API would refuse, or nobody could honour, is refused by name.</summary>
internal sealed class OrderReader(ProviderTable providers, ModelCatalogue catalogue, AliasTable aliases, IOptions<OpenAiOptions> options)
{
    private const int MaxImages = 10;
    private const int MaxSeconds = 3600;
    private const string DefaultVideoModel = "sora-2";

    private static readonly HashSet<string> s_image = new(StringComparer.Ordinal)
    {
        "model", "prompt", "n", "size", "quality", "output_format", "output_compression", "background", "moderation", "stream", "partial_images",
        "response_format", "style", "user", "safety_identifier", "callback_url",
    };

    private static readonly HashSet<string> s_edit = new(s_image, StringComparer.Ordinal) { "image", "images", "mask", "input_fidelity" };

    private static readonly HashSet<string> s_video = new(StringComparer.Ordinal)
    {
        "model", "prompt", "seconds", "size", "input_reference", "user", "safety_identifier", "callback_url", "n",
    };

    private static readonly HashSet<string> s_remix = new(StringComparer.Ordinal) { "prompt", "model", "callback_url" };

    /// <summary><c>POST /v1/images/generations</c> and <c>/edits</c>.</summary>
    public (ImageCall? Call, OpenAiError? Problem) ReadImage(OpenAiBody body, bool edit)
    {
        var fields = new OpenAiFields(body);
        var extrasKeys = providers.ExtrasKeys;
        fields.CheckNames(name => (edit ? s_edit : s_image).Contains(name) || MoreParameters.Has(name, extrasKeys));
        var name = Model(fields);
        List<string> warnings = [];
        var quality = fields.OneOf("quality", "auto", "low", "medium", "high", "xhigh", "max", "standard", "hd");
        NotHonoured(fields, warnings, quality is null or "auto" ? null : "quality", "models here have no quality levels");
        NotHonoured(fields, warnings, fields.OneOf("style", "vivid", "natural") is null ? null : "style", "models here have no such switch");
        NotHonoured(fields, warnings, fields.OneOf("moderation", "auto", "low") is "low" ? "moderation" : null, "use safety");
        NotHonoured(fields, warnings, fields.OneOf("input_fidelity", "high", "low") is "high" ? "input_fidelity" : null, "models here have no such switch");
        NotHonoured(fields, warnings, fields.Whole("output_compression", 0, 100) is not (null or 100) ? "output_compression" : null, "the provider's own is used");

        // Nobody here draws on a see-through ground, and a picture without one is not what was asked for.
        _ = fields.OneOf("background", "auto", "opaque");
        _ = fields.Whole("partial_images", 0, 3);
        List<ReadOnlyMemory<byte>> images = [];
        if (edit)
        {
            InputImages.Read(fields, "image", images);
            InputImages.Read(fields, "images", images);
            if (images.Count == 0)
            {
                fields.Refuse("image", "It is required.", OpenAiErrors.Missing);
            }
        }

        var order = new UnifiedOrder
        {
            Call = DialectCall.Image,
            Model = ModelName.Read(name ?? "", providers, catalogue, aliases),
            MediaType = MediaType.Image,
            Prompt = Prompt(fields),
            Size = Size(fields),
            N = fields.Whole("n", 1, MaxImages) ?? 1,
            OutputFormat = fields.OneOf("output_format", "png", "jpeg", "webp"),
            Images = images,
            Mask = edit ? InputImages.ReadMask(fields) : default,
            More = MoreParameters.Read(fields, extrasKeys),
            CallbackUrl = fields.Text("callback_url", PublicUrl.MaxLength),
            Timeout = options.Value.ImageTimeout,
            Warnings = warnings,
        };
        var call = new ImageCall(order, edit, fields.OneOf("response_format", "b64_json", "url") is "url", fields.Flag("stream") ?? false, quality ?? "auto");
        return fields.Problem is { } problem ? (null, problem) : (call, null);
    }

    /// <summary><c>POST /v1/videos</c>.</summary>
    public (UnifiedOrder? Order, OpenAiError? Problem) ReadVideo(OpenAiBody body)
    {
        var fields = new OpenAiFields(body);
        var extrasKeys = providers.ExtrasKeys;
        fields.CheckNames(name => s_video.Contains(name) || MoreParameters.Has(name, extrasKeys));
        var name = Model(fields, DefaultVideoModel) ?? "";
        var model = ModelName.Read(name, providers, catalogue, aliases);
        List<ReadOnlyMemory<byte>> images = [];
        InputImages.Read(fields, "input_reference", images);
        var (size, seconds) = (Size(fields), fields.Seconds("seconds", MaxSeconds));
        _ = fields.Whole("n", 1, 1);

        // The dialect's own defaults, for models that take exactly these.
        if (model.Known?.Limits is { } limits && limits.Sizes.Contains("720x1280") && limits.Durations is [4, ..])
        {
            size ??= fields.Has("size") || fields.Has("aspect_ratio") || fields.Has("resolution") ? null : new PixelCount(720, 1280);
            seconds ??= 4;
        }

        var prompt = Prompt(fields);
        var order = new UnifiedOrder
        {
            Call = DialectCall.Video,
            Model = model,
            MediaType = MediaType.Video,
            Prompt = prompt,
            Size = size,
            Seconds = seconds,
            Images = images,
            More = MoreParameters.Read(fields, extrasKeys),
            CallbackUrl = fields.Text("callback_url", PublicUrl.MaxLength),
            Timeout = options.Value.VideoTimeout,
            Video = new VideoFacts(prompt, name, size?.ToString(), seconds?.ToString(CultureInfo.InvariantCulture), null),
        };
        return fields.Problem is { } problem ? (null, problem) : (order, null);
    }

    /// <summary><c>POST /v1/videos/{id}/remix</c>.</summary>
    /// <param name="body">The body.</param>
    /// <param name="source">The video to start from.</param>
    /// <param name="facts">What that video's job shows.</param>
    public (UnifiedOrder? Order, OpenAiError? Problem) ReadRemix(OpenAiBody body, RemixSource source, VideoJob facts)
    {
        var fields = new OpenAiFields(body);
        var extrasKeys = providers.ExtrasKeys;
        fields.CheckNames(name => s_remix.Contains(name) || MoreParameters.Has(name, extrasKeys));
        var name = Model(fields, source.Model)!;
        var prompt = Prompt(fields);
        var native = source.NativeParameters is not null && name == source.Model;
        var order = new UnifiedOrder
        {
            Call = DialectCall.Remix,
            Model = ModelName.Read(name, providers, catalogue, aliases),
            MediaType = MediaType.Video,
            Prompt = prompt,
            Clip = native ? null : source.Clip,
            More = native
                ? [.. MoreParameters.Read(fields, [.. extrasKeys.Where(k => k != source.NativeParameters!.Value.Key)]), source.NativeParameters!.Value]
                : MoreParameters.Read(fields, extrasKeys),
            CallbackUrl = fields.Text("callback_url", PublicUrl.MaxLength),
            Timeout = options.Value.VideoTimeout,
            Video = new VideoFacts(prompt, name, facts.Size, facts.Seconds, facts.Id),
        };
        return fields.Problem is { } problem ? (null, problem) : (order, null);
    }

    private static string? Model(OpenAiFields fields, string? whenAbsent = null)
    {
        if (!fields.Has("model") && whenAbsent is null)
        {
            fields.Refuse("model", "It is required: an alias, provider/model, or a model of GET /v1/models.", OpenAiErrors.Missing);
        }

        return fields.Text("model", GenerationRequestReader.MaxNameLength) ?? whenAbsent;
    }

    private static string Prompt(OpenAiFields fields)
    {
        if (!fields.Has("prompt"))
        {
            fields.Refuse("prompt", "It is required.", OpenAiErrors.Missing);
        }

        return fields.Text("prompt", GenerationRequestReader.MaxPromptLength) ?? "";
    }

    private static PixelCount? Size(OpenAiFields fields)
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

/// <summary>What a remix starts from.</summary>
/// <param name="Model">The model of the video, <c>provider/model</c>.</param>
/// <param name="Clip">The video in the media store, <c>media:ID</c>; null when it is not there.</param>
/// <param name="NativeParameters">How its own provider is asked to remix its own job; null where it cannot be.</param>
internal sealed record RemixSource(string Model, string? Clip, KeyValuePair<string, ReadOnlyMemory<byte>>? NativeParameters);
