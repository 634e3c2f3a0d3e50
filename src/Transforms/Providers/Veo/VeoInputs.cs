using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Input media of <c>instances[0]</c>: bytes as base64. What lies in Cloud Storage is named in the provider's own words.</summary>
internal static class VeoInputs
{
    /// <summary>The largest image, bytes (both APIs: 20 MB).</summary>
    public const int MaxImageBytes = 20 * 1024 * 1024;

    public static void Add(GenerationParameters parameters, VeoModel model, VeoDialect dialect, NativeFields instance, MappingIssues issues)
    {
        if (parameters.Image is { } image && IsImage("parameters.image", image, model, dialect, issues))
        {
            instance.Set("image", writer => WriteBytes(writer, image));
        }

        if (parameters.LastImage is { } last && model.LastFrame && IsImage("parameters.last_image", last, model, dialect, issues))
        {
            instance.Set("lastFrame", writer => WriteBytes(writer, last));
        }

        if (model.MaxReferences > 0)
        {
            AddReferences(parameters.ReferenceImages, model, dialect, instance, issues);
        }

        if (parameters.Video is { } clip && model.Extends)
        {
            AddClip(clip, model, dialect, instance, issues);
        }
    }

    private static void AddReferences(
        IReadOnlyList<MediaInput> images, VeoModel model, VeoDialect dialect, NativeFields instance, MappingIssues issues)
    {
        if (images.Count == 0)
        {
            return;
        }

        if (images.Count > model.MaxReferences)
        {
            issues.Refuse("parameters.reference_images", string.Create(
                CultureInfo.InvariantCulture, $"{model.Id} takes at most {model.MaxReferences}."));
            return;
        }

        var usable = true;
        for (var i = 0; i < images.Count; i++)
        {
            usable &= IsImage(string.Create(CultureInfo.InvariantCulture, $"parameters.reference_images[{i}]"), images[i], model, dialect, issues);
        }

        if (usable)
        {
            instance.Set("referenceImages", writer => WriteReferences(writer, images));
        }
    }

    private static void AddClip(MediaInput clip, VeoModel model, VeoDialect dialect, NativeFields instance, MappingIssues issues)
    {
        if (!dialect.IsVertex)
        {
            if (clip.Url is { } url)
            {
                instance.Set("video", writer => WriteText(writer, "uri", url.AbsoluteUri));
            }
            else
            {
                issues.Refuse("parameters.video", $"{model.Id} extends only what it made itself, named by the URL the provider gave for it.");
            }
        }
        else if (!clip.IsInline)
        {
            issues.Refuse("parameters.video", "could not be read.");
        }
        else if (clip.ContentType is not ("video/mp4" or "application/mp4"))
        {
            issues.Refuse("parameters.video", $"must be MP4 for {model.Id}.", ["video/mp4"]);
        }
        else
        {
            instance.Set("video", writer => WriteBytes(writer, clip));
        }
    }

    private static bool IsImage(string path, MediaInput image, VeoModel model, VeoDialect dialect, MappingIssues issues)
    {
        if (image.Url is not null)
        {
            issues.Refuse(path, $"{model.Id} takes bytes, and this URL was not fetched.");
        }
        else if (!image.IsInline)
        {
            issues.Refuse(path, "could not be read.");
        }
        else if (!dialect.ImageTypes.Contains(image.ContentType, StringComparer.OrdinalIgnoreCase))
        {
            issues.Refuse(path, "is of a type that Veo does not take.", dialect.ImageTypes);
        }
        else if (image.Length > MaxImageBytes)
        {
            issues.Refuse(path, $"{model.Id} takes at most 20 MB.");
        }
        else
        {
            return true;
        }

        return false;
    }

    private static void WriteBytes(Utf8JsonWriter writer, MediaInput input)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("bytesBase64Encoded");
        input.WriteBase64(writer);
        writer.WriteString("mimeType", input.ContentType);
        writer.WriteEndObject();
    }

    private static void WriteReferences(Utf8JsonWriter writer, IReadOnlyList<MediaInput> images)
    {
        writer.WriteStartArray();
        foreach (var image in images)
        {
            writer.WriteStartObject();
            writer.WritePropertyName("image");
            WriteBytes(writer, image);
            writer.WriteString("referenceType", "asset");
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string value)
    {
        writer.WriteStartObject();
        writer.WriteString(name, value);
        writer.WriteEndObject();
    }
}
