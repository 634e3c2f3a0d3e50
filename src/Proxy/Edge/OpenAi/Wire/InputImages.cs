using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Input images of a call: uploads, <c>{"image_url": ...}</c>, <c>{"file_id": ...}</c>, or the same flattened by a form.</summary>
internal static class InputImages
{
    private const string Expected = "It must be an upload, or an object with image_url (an https or data: URL).";

    /// <summary>Adds all images: the first is the one to start from; a model that starts from none takes all of them as references.</summary>
    public static GenerationParameters Add(GenerationParameters parameters, ModelInfo? model, OpenAiFields fields, params IReadOnlyList<string> names)
    {
        List<MediaInput> images = [.. names.SelectMany(name => Read(fields, name)).OfType<MediaInput>()];
        var start = parameters.Mask is not null || model is null || StartsFromImage(model) ? images.FirstOrDefault() : null;
        List<MediaInput> references = [.. images.Skip(start is null ? 0 : 1)];
        if (references.Count > NeutralParameter.MaxReferenceImages)
        {
            fields.Refuse(names[0], $"There must be at most {NeutralParameter.MaxReferenceImages} images beside the first.");
        }

        return parameters with { Image = start, ReferenceImages = references };
    }

    /// <summary>Reads the image of a parameter that takes one.</summary>
    public static MediaInput? ReadOne(OpenAiFields fields, string name)
    {
        if (fields.Parts(name) is { Count: > 1 })
        {
            fields.Refuse(name, "It must be there once.", OpenAiErrors.InvalidType);
        }

        return Read(fields, name).FirstOrDefault();
    }

    /// <summary>Reads a clip: an upload, or a URL.</summary>
    public static MediaInput? ReadClip(OpenAiFields fields, string name)
    {
        switch (fields.Parts(name))
        {
            case [{ File: { } file }]:
                return Take(fields, name, file);
            case [{ Text: { } text, Member: null }]:
                return Take(fields, name, new Upload(MediaInputReader.Read(Encoding.UTF8.GetBytes(text), MediaType.Video, HeldInputs.None, out var refusal), refusal));
            case [{ Json.ValueKind: JsonValueKind.String } part]:
                return Take(fields, name, new Upload(MediaInputReader.Read(part.Json, MediaType.Video, fields.Held, out var reason), reason));
            default:
                return null;
        }
    }

    /// <summary>Reads the mask. One that is given as a URL cannot be turned into the unified kind.</summary>
    public static MediaInput? ReadMask(OpenAiFields fields)
    {
        const string Name = "mask";
        var media = ReadOne(fields, Name);
        if (media is null || fields.Parts(Name)[0].File is not null)
        {
            return media;
        }

        if (media.IsInline && media.Length <= UploadReader.MaxMaskBytes)
        {
            return Take(fields, Name, UploadReader.ToMask(media.Bytes));
        }

        fields.Refuse(Name, $"It must be an upload, or an object whose image_url is a data: URL of at most {UploadReader.MaxMaskBytes / 1024 / 1024} MiB.");
        return null;
    }

    private static bool StartsFromImage(ModelInfo model) => model.Capabilities.Count == 0
        || model.Capabilities.Any(c => c.StartsWith("image-to-", StringComparison.Ordinal) || c is "inpainting" or "outpainting");

    private static IEnumerable<MediaInput?> Read(OpenAiFields fields, string name) => fields.Parts(name).SelectMany(part =>
        part.Json.ValueKind == JsonValueKind.Array ? part.Json.EnumerateArray().Select(item => OfJson(fields, name, item)) : [Of(fields, name, part)]);

    private static MediaInput? Of(OpenAiFields fields, string name, OpenAiPart part)
    {
        switch (part)
        {
            case { File: { } file }:
                return Take(fields, name, file);
            case { Text: { } text, Member: null or "image_url" }:
                return Take(fields, name, new Upload(MediaInputReader.Read(Encoding.UTF8.GetBytes(text), MediaType.Image, HeldInputs.None, out var refusal), refusal));
            case { Text: { } id, Member: "file_id" }:
                return Stored(fields, name, id);
            default:
                return OfJson(fields, name, part.Json);
        }
    }

    private static MediaInput? OfJson(OpenAiFields fields, string name, JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            if (json.TryGetProperty("file_id", out var file) && OpenAiFields.TextOf(file) is { } id)
            {
                return Stored(fields, name, id);
            }

            json = json.TryGetProperty("image_url", out var url) ? url : default;
        }

        if (json.ValueKind == JsonValueKind.String)
        {
            return Take(fields, name, new Upload(MediaInputReader.Read(json, MediaType.Image, fields.Held, out var refusal), refusal));
        }

        fields.Refuse(name, Expected, OpenAiErrors.InvalidType);
        return null;
    }

    private static MediaInput? Stored(OpenAiFields fields, string name, string id)
    {
        if (id.StartsWith("med_", StringComparison.Ordinal))
        {
            return Take(fields, name, new Upload(MediaInputReader.Read(Encoding.UTF8.GetBytes("media:" + id), MediaType.Image, HeldInputs.None, out var refusal), refusal));
        }

        fields.Refuse(name, "There is no Files API here; file_id takes the id of a result of Framegate, med_....");
        return null;
    }

    private static MediaInput? Take(OpenAiFields fields, string name, Upload upload)
    {
        if (upload.Refusal is { } refusal)
        {
            fields.Refuse(name, refusal);
        }

        return upload.Media;
    }
}
