using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>A unified request as one of Sora's submits.</summary>
internal static class SoraMapping
{
    private const int MaxPrompt = 32_000;

    private static readonly string[] s_imageTypes = ["image/jpeg", "image/png", "image/webp"];

    private static readonly Dictionary<string, NativeRule> s_rules = new()
    {
        ["characters"] = NativeRule.Where("must be a list of at most 2 objects with an id.", AreCharacters),
        ["input_reference"] = NativeRule.Where("must be an object with either file_id or image_url.", IsReference),
        ["seconds"] = NativeRule.OneOf([.. SoraModels.Seconds.Select(s => s.ToString(CultureInfo.InvariantCulture))]),
        ["size"] = NativeRule.Text,
    };

    public static NativeRequest Build(GenerationRequest request, ModelInfo model, MappingIssues issues)
    {
        var extras = NativeExtras.Of(request.Parameters, SoraAdapter.ProviderName, issues);
        var operation = SoraOperation.Of(extras, issues);
        CheckCommon(request, model, issues);
        return operation.Kind == SoraOperationKind.Create
            ? BuildCreate(request, model, operation, extras, issues)
            : BuildFrom(request, model, operation, extras, issues);
    }

    private static NativeRequest BuildCreate(
        GenerationRequest request, ModelInfo model, SoraOperation operation, NativeExtras extras, MappingIssues issues)
    {
        var parameters = request.Parameters;
        var fields = new NativeFields();
        fields.Set("model", model.Id);
        fields.Set("prompt", request.Prompt);
        var seconds = Set(fields, "seconds", SoraSizing.Seconds(parameters, model, issues));
        var size = Set(fields, "size", SoraSizing.Size(parameters, model, issues));
        var file = AddImage(parameters, fields, extras, issues);
        issues.RejectUnsupported(
            parameters, model, "width", "height", "aspect_ratio", "resolution", "duration", "n", "image", "video", "output_format", "audio");
        extras.MergeInto(fields, s_rules, issues, SoraOperation.Remix, SoraOperation.Extend, SoraOperation.Edit);
        Describe(model, size ?? extras.Find("size").Text() ?? SoraModels.DefaultSize, seconds ?? extras.Find("seconds").Text(), issues);

        var json = fields.ToJson();
        return file is null
            ? NativeRequest.PostJson(operation.Target, json)
            : new NativeRequest("POST", operation.Target) { Body = ToForm(json, file) };
    }

    // Remix, edit and extend take the shape, and all but the extension the length, from the video they start from.
    private static NativeRequest BuildFrom(
        GenerationRequest request, ModelInfo model, SoraOperation operation, NativeExtras extras, MappingIssues issues)
    {
        var fields = new NativeFields();
        fields.Set("prompt", request.Prompt);
        if (operation.Kind == SoraOperationKind.Extend)
        {
            var seconds = Set(fields, "seconds", SoraSizing.Seconds(request.Parameters, model, issues));
            if (request.Parameters.Duration is null && !extras.Has("seconds"))
            {
                issues.Refuse("parameters.duration", "is needed to extend a video.");
            }

            Describe(model, null, seconds ?? extras.Find("seconds").Text(), issues);
            issues.RejectUnsupported(request.Parameters, model, "duration", "n", "video", "output_format", "audio");
        }
        else
        {
            issues.RejectUnsupported(request.Parameters, model, "n", "video", "output_format", "audio");
        }

        if (operation.Kind != SoraOperationKind.Remix)
        {
            fields.Set("video", writer => WriteVideo(writer, operation.VideoId!));
        }

        extras.MergeInto(fields, s_rules, issues, SoraOperation.Remix, SoraOperation.Extend, SoraOperation.Edit);
        return NativeRequest.PostJson(operation.Target, fields.ToJson());
    }

    private static void CheckCommon(GenerationRequest request, ModelInfo model, MappingIssues issues)
    {
        var parameters = request.Parameters;
        if (request.MediaType != MediaType.Video)
        {
            issues.Refuse("media_type", $"{model.Id} makes video only.", ["video"]);
        }

        if (string.IsNullOrWhiteSpace(request.Prompt))
        {
            issues.Refuse("prompt", $"{model.Id} needs a prompt.");
        }
        else if (request.Prompt.EnumerateRunes().Count() > MaxPrompt)
        {
            issues.Refuse("prompt", string.Create(CultureInfo.InvariantCulture, $"{model.Id} takes at most {MaxPrompt} characters."));
        }

        if (parameters.N is not (null or 1))
        {
            issues.Refuse("parameters.n", $"{model.Id} makes one video per call.", ["1"]);
        }

        if (parameters.Audio == false)
        {
            issues.Refuse("parameters.audio", $"{model.Id} cannot make a clip without sound.", ["true"]);
        }

        if (parameters.OutputFormat is not (null or "mp4"))
        {
            issues.Refuse("parameters.output_format", $"{model.Id} makes MP4 only.", ["mp4"]);
        }

        if (parameters.Video is not null)
        {
            issues.Refuse(
                "parameters.video",
                $"{model.Id} starts from its own videos only; name one in parameters.sora: extend_video_id, edit_video_id or remix_video_id.");
        }
    }

    /// <summary>Sets the field for an image the provider fetches.</summary>
    /// <returns>The image when its bytes must travel as a file part.</returns>
    private static MediaInput? AddImage(GenerationParameters parameters, NativeFields fields, NativeExtras extras, MappingIssues issues)
    {
        if (parameters.Image is not { } image)
        {
            return null;
        }

        if (image.Url is { } url)
        {
            fields.Set("input_reference", writer => WriteReference(writer, url.AbsoluteUri));
            return null;
        }

        if (!image.IsInline)
        {
            issues.Refuse("parameters.image", "could not be read.");
            return null;
        }

        if (!s_imageTypes.Contains(image.ContentType, StringComparer.OrdinalIgnoreCase))
        {
            issues.Refuse("parameters.image", "is of a type that Sora does not take.", s_imageTypes);
            return null;
        }

        if (extras.Has("input_reference"))
        {
            issues.Refuse(extras.PathOf("input_reference"), "is set by the rest of the request already.");
            return null;
        }

        return image;
    }

    private static NativeBody ToForm(ReadOnlyMemory<byte> json, MediaInput file)
    {
        var form = new MultipartForm();
        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            form.Add(property.Name, property.Value);
        }

        var type = file.ContentType!.ToLowerInvariant();
        form.AddFile("input_reference", $"input_reference.{(type == "image/jpeg" ? "jpg" : type["image/".Length..])}", type, file);
        return form.ToBody();
    }

    private static readonly Dictionary<string, string> s_names = new(StringComparer.Ordinal) { ["duration"] = "seconds", ["width"] = "size", ["height"] = "size", ["resolution"] = "size" };

    private static void Describe(ModelInfo model, string? size, string? seconds, MappingIssues issues)
    {
        var length = int.TryParse(seconds, CultureInfo.InvariantCulture, out var s) ? s : SoraModels.DefaultSeconds;
        var known = size is null ? default : SoraModels.SizesOf(model).FirstOrDefault(k => string.Create(CultureInfo.InvariantCulture, $"{k.Width}x{k.Height}") == size);
        issues.Output = new MappedOutput
        {
            Seconds = length, Width = known.Width == 0 ? null : known.Width, Height = known.Width == 0 ? null : known.Height, Resolution = known.Width == 0 ? null : known.Class,
            Audio = true, NativeNames = s_names,
        };
        issues.EstimatedCost = SoraModels.PricePerSecond(model, size) * length;
    }

    private static string? Set(NativeFields fields, string name, string? value)
    {
        if (value is not null)
        {
            fields.Set(name, value);
        }

        return value;
    }

    private static void WriteVideo(Utf8JsonWriter writer, string id)
    {
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteEndObject();
    }

    private static void WriteReference(Utf8JsonWriter writer, string url)
    {
        writer.WriteStartObject();
        writer.WriteString("image_url", url);
        writer.WriteEndObject();
    }

    private static bool AreCharacters(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.GetArrayLength() is 1 or 2
        && value.Items().All(c => c.Member("id").Text() is { Length: > 0 });

    private static bool IsReference(JsonElement value) =>
        value.Member("file_id").Text() is { Length: > 0 } != value.Member("image_url").Text() is { Length: > 0 };
}
