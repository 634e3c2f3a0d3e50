using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>Input media as URLs or <c>data:</c> URIs.</summary>
internal static class PikaInputs
{
    /// <summary>Adds what the endpoint takes.</summary>
    /// <returns>How many key frames were added; 0 for an endpoint without.</returns>
    public static int Add(GenerationParameters parameters, PikaModel model, NativeFields fields, MappingIssues issues)
    {
        if (model.TakesVideo && Uri("parameters.video", parameters.Video, "video", issues) is { } clip)
        {
            fields.Set("video_url", clip);
        }

        if (model.Images == PikaImages.None)
        {
            return 0;
        }

        var image = Uri("parameters.image", parameters.Image, "image", issues);
        if (model.Images is PikaImages.One or PikaImages.Optional)
        {
            if (image is not null)
            {
                fields.Set("image_url", image);
            }

            return 0;
        }

        List<string> uris = image is null ? [] : [image];
        for (var i = 0; i < parameters.ReferenceImages.Count; i++)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"parameters.reference_images[{i}]");
            if (Uri(path, parameters.ReferenceImages[i], "image", issues) is { } uri)
            {
                uris.Add(uri);
            }
        }

        if (model.Images == PikaImages.Frames && Uri("parameters.last_image", parameters.LastImage, "image", issues) is { } last)
        {
            uris.Add(last);
        }

        if (uris.Count > 0)
        {
            fields.Set("image_urls", writer => Write(writer, uris));
        }

        return model.Images == PikaImages.Frames ? uris.Count : 0;
    }

    /// <summary>The key frames of a body, whoever named them.</summary>
    public static int FrameCount(int neutral, NativeExtras extras) =>
        neutral == 0 && extras.Find("image_urls") is { ValueKind: JsonValueKind.Array } native ? native.GetArrayLength() : neutral;

    private static string? Uri(string path, MediaInput? input, string kind, MappingIssues issues)
    {
        if (input is null)
        {
            return null;
        }

        if (input.Url is { } url)
        {
            return url.AbsoluteUri;
        }

        if (!input.IsInline)
        {
            issues.Refuse(path, "could not be read.");
        }
        else if (!input.ContentType!.StartsWith(kind + "/", StringComparison.OrdinalIgnoreCase))
        {
            issues.Refuse(path, $"must be of type {kind}.");
        }
        else
        {
            return input.ToUri();
        }

        return null;
    }

    private static void Write(Utf8JsonWriter writer, List<string> uris)
    {
        writer.WriteStartArray();
        foreach (var uri in uris)
        {
            writer.WriteStringValue(uri);
        }

        writer.WriteEndArray();
    }
}
