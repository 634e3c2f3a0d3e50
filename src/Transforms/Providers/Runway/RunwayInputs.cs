using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>Input media as URIs: what the provider fetches itself, or a <c>data:</c> URI (docs.dev.runwayml.com, inputs).</summary>
internal static class RunwayInputs
{
    /// <summary>The longest URL, characters.</summary>
    public const int MaxUrl = 2048;

    /// <summary>The longest <c>data:</c> URI, characters (5 MB encoded, for every medium).</summary>
    public const int MaxDataUri = 5 * 1024 * 1024;

    public static void Add(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        var image = Uri("parameters.image", call.Frames == RunwayFrames.None ? null : parameters.Image, "image", issues);
        switch (call.Frames)
        {
            case RunwayFrames.First or RunwayFrames.FirstLast or RunwayFrames.Positioned:
                AddFrames(parameters, image, call, model, fields, issues);
                break;
            case RunwayFrames.Keyframe when image is not null:
                fields.Set("keyframes", writer => WriteKeyframe(writer, image));
                break;
            case RunwayFrames.Character when image is not null:
                fields.Set("character", writer => WriteTyped(writer, "image", image));
                break;
            case RunwayFrames.Plain when image is not null:
                fields.Set("imageUri", image);
                break;
        }

        if (call.VideoField is { } field && Uri("parameters.video", parameters.Video, "video", issues) is { } clip)
        {
            if (call.Frames == RunwayFrames.Character)
            {
                fields.Set(field, writer => WriteTyped(writer, "video", clip));
            }
            else
            {
                fields.Set(field, clip);
            }
        }

        if (call.ReferenceField is { } references)
        {
            AddReferences(parameters, call.Frames == RunwayFrames.Reference ? image : null, references, call, model, fields, issues);
        }
    }

    private static void AddFrames(
        GenerationParameters parameters, string? first, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (parameters.LastImage is not null && call.Frames == RunwayFrames.First)
        {
            issues.Refuse("parameters.last_image", $"{model.Id} takes a first frame only.");
            return;
        }

        if (parameters.LastImage is not null && parameters.Image is null)
        {
            issues.Refuse("parameters.last_image", $"{model.Id} takes a last frame only together with a first one, parameters.image.");
            return;
        }

        var last = Uri("parameters.last_image", parameters.LastImage, "image", issues);
        if (first is null)
        {
            return;
        }

        if (last is null && call.Frames != RunwayFrames.Positioned)
        {
            fields.Set("promptImage", first);
        }
        else
        {
            fields.Set("promptImage", writer => WriteFrames(writer, first, last));
        }
    }

    /// <summary>How many pictures go in, as frames or as references, by the caller's and by the provider's words.</summary>
    public static int ImagesOf(GenerationParameters parameters, NativeExtras extras) =>
        (parameters.Image is null ? 0 : 1) + (parameters.LastImage is null ? 0 : 1) + parameters.ReferenceImages.Count
        + Count(extras, "promptImage", "references", "referenceImages");

    /// <summary>How many recordings go in.</summary>
    public static int SoundsOf(NativeExtras extras) => Count(extras, "referenceAudio", "referenceAudios");

    /// <summary>Whether a clip goes in, to be changed or as a reference.</summary>
    public static bool HasClip(GenerationParameters parameters, NativeExtras extras) =>
        parameters.Video is not null || Count(extras, "promptVideo", "videoUri", "referenceVideos") > 0;

    private static int Count(NativeExtras extras, params ReadOnlySpan<string> names)
    {
        var count = 0;
        foreach (var name in names)
        {
            var value = extras.Find(name);
            count += value.ValueKind switch
            {
                JsonValueKind.Array => value.GetArrayLength(),
                JsonValueKind.Undefined or JsonValueKind.Null => 0,
                _ => 1,
            };
        }

        return count;
    }

    private static void AddReferences(
        GenerationParameters parameters, string? image, string field, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        List<string> uris = image is null ? [] : [image];
        for (var i = 0; i < parameters.ReferenceImages.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"parameters.reference_images[{i}]");
            if (Uri(path, parameters.ReferenceImages[i], "image", issues) is { } uri)
            {
                uris.Add(uri);
            }
        }

        if (uris.Count > call.MaxReferences)
        {
            issues.Refuse("parameters.reference_images", string.Create(
                CultureInfo.InvariantCulture, $"{model.Id} takes at most {call.MaxReferences} images, image included."));
        }
        else if (uris.Count > 0)
        {
            fields.Set(field, writer => WriteUris(writer, uris));
        }
    }

    private static string? Uri(string path, MediaInput? input, string kind, MappingIssues issues)
    {
        if (input is null)
        {
            return null;
        }

        if (input.Url is { } url)
        {
            if (url.AbsoluteUri.Length > MaxUrl || url.HostNameType is not (UriHostNameType.Dns or UriHostNameType.Basic))
            {
                issues.Refuse(path, string.Create(CultureInfo.InvariantCulture, $"must have a domain name and at most {MaxUrl} characters; Runway fetches it."));
                return null;
            }

            return url.AbsoluteUri;
        }

        if (!input.IsInline)
        {
            issues.Refuse(path, "could not be read.");
            return null;
        }

        if (!input.ContentType!.StartsWith(kind + "/", StringComparison.OrdinalIgnoreCase))
        {
            issues.Refuse(path, $"must be of type {kind}.");
            return null;
        }

        if ((input.Length + 2) / 3 * 4 + input.ContentType.Length + 13 > MaxDataUri)
        {
            issues.Refuse(path, "is too large to be sent along: Runway takes 5 MB of base64. Give an https URL.");
            return null;
        }

        return input.ToUri();
    }

    private static void WriteFrames(Utf8JsonWriter writer, string first, string? last)
    {
        writer.WriteStartArray();
        WriteFrame(writer, first, "first");
        if (last is not null)
        {
            WriteFrame(writer, last, "last");
        }

        writer.WriteEndArray();
    }

    private static void WriteFrame(Utf8JsonWriter writer, string uri, string position)
    {
        writer.WriteStartObject();
        writer.WriteString("uri", uri);
        writer.WriteString("position", position);
        writer.WriteEndObject();
    }

    private static void WriteKeyframe(Utf8JsonWriter writer, string uri)
    {
        writer.WriteStartArray();
        writer.WriteStartObject();
        writer.WriteNumber("seconds", 0);
        writer.WriteString("uri", uri);
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private static void WriteTyped(Utf8JsonWriter writer, string type, string uri)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteString("uri", uri);
        writer.WriteEndObject();
    }

    private static void WriteUris(Utf8JsonWriter writer, List<string> uris)
    {
        writer.WriteStartArray();
        foreach (var uri in uris)
        {
            writer.WriteStartObject();
            writer.WriteString("uri", uri);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
