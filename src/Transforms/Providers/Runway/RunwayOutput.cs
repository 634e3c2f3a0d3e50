using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>What a request specifies about its results: kind, number, file format, sound and voice.</summary>
internal static class RunwayOutput
{
    public static void Add(GenerationRequest request, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        var parameters = request.Parameters;
        if (request.MediaType != model.MediaType)
        {
            var made = Name(model.MediaType);
            issues.Refuse("media_type", $"{model.Id} makes {made} only.", [made]);
        }

        AddCount(parameters, call, model, fields, issues);
        AddFormat(parameters, call, model, fields, issues);
        if (parameters.Audio is { } audio && !call.Audio && (!audio || model.MediaType != MediaType.Audio))
        {
            issues.Refuse("parameters.audio", $"{model.Id} leaves no choice about sound.");
        }

        AddVoice(parameters, call, model, fields, issues);
    }

    private static void AddCount(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (parameters.N is not { } n)
        {
            return;
        }

        if (call.Counts.Contains(n))
        {
            fields.Set("outputCount", n);
        }
        else if (n != 1)
        {
            issues.Refuse(
                "parameters.n",
                string.Create(CultureInfo.InvariantCulture, $"{model.Id} does not make {n} results per call."),
                call.Counts.Count == 0 ? ["1"] : [.. call.Counts.Select(c => c.ToString(CultureInfo.InvariantCulture))]);
        }
    }

    private static void AddFormat(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        var format = parameters.OutputFormat switch
        {
            "jpg" => "jpeg",
            "mov" => "prores",
            "ogg" or "opus" => "ogg_opus",
            var other => other,
        };
        if (format is null)
        {
            return;
        }

        if (call.Formats.Contains(format))
        {
            fields.Set("outputFormat", format);
        }
        else if (format != "mp4" || model.MediaType != MediaType.Video || call.Formats.Count > 0)
        {
            issues.Refuse(
                "parameters.output_format",
                $"is no format of {model.Id}.",
                call.Formats.Count > 0 ? call.Formats : model.MediaType == MediaType.Video ? ["mp4"] : null);
        }
    }

    private static void AddVoice(GenerationParameters parameters, RunwayCall call, ModelInfo model, NativeFields fields, MappingIssues issues)
    {
        if (parameters.Voice is not { } voice)
        {
            return;
        }

        if (call.Voice == RunwayVoice.None)
        {
            issues.Refuse("parameters.voice", $"{model.Id} cannot honour it.");
        }
        else if (call.Voice == RunwayVoice.Recording)
        {
            if (PublicUrl.TryParse(voice, out var url, out _))
            {
                fields.Set("voice", writer => WriteVoice(writer, "reference-audio", "audioUri", url.AbsoluteUri));
            }
            else
            {
                issues.Refuse("parameters.voice", $"must be the https URL of a recording for {model.Id}.");
            }
        }
        else if (RunwayAudioModels.Voices.FirstOrDefault(v => v.Equals(voice, StringComparison.OrdinalIgnoreCase)) is { } preset)
        {
            fields.Set("voice", writer => WriteVoice(writer, "runway-preset", "presetId", preset));
        }
        else
        {
            issues.Refuse("parameters.voice", $"is no voice of {model.Id}.", RunwayAudioModels.Voices);
        }
    }

    private static void WriteVoice(Utf8JsonWriter writer, string type, string field, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WriteString(field, value);
        writer.WriteEndObject();
    }

    private static string Name(MediaType type) => type switch
    {
        MediaType.Image => "image",
        MediaType.Audio => "audio",
        _ => "video",
    };
}
