using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Sounds and texts.</summary>
internal sealed partial class OpenAiRequestReader
{
    private const double LeastSpeed = 0.25;
    private const double MostSpeed = 4;
    private const int LongestVoice = 200;

    private static readonly HashSet<string> s_voices = new(StringComparer.Ordinal)
    {
        "alloy", "ash", "ballad", "cedar", "coral", "echo", "fable", "marin", "nova", "onyx", "sage", "shimmer", "verse",
    };

    private static readonly HashSet<string> s_speech = new(StringComparer.Ordinal) { "model", "input", "voice", "response_format", "speed", "instructions", "stream_format" };

    private static readonly HashSet<string> s_text = new(StringComparer.Ordinal) { "model", "prompt", "images" };

    /// <summary><c>POST /v1/audio/speech</c>.</summary>
    public (DialectRequest? Request, OpenAiError? Problem) ReadSpeech(OpenAiBody body)
    {
        var fields = new OpenAiFields(body);
        var (_, model) = ReadModel(fields, s_speech);
        List<string> warnings = [];
        var (isOpenAi, own) = (IsOpenAi(model), new JsonObject());
        if (fields.Text("instructions", GenerationRequestReader.MaxPromptLength) is { } instructions)
        {
            own["instructions"] = instructions;
            NotHonoured(fields, warnings, isOpenAi ? null : "instructions", "this model takes the text alone");
        }

        if (fields.Number("speed", LeastSpeed, MostSpeed) is { } speed and not 1)
        {
            own["speed"] = speed;
            if (!isOpenAi)
            {
                fields.Refuse("speed", "This model has no other speed.", allowed: ["1"]);
            }
        }

        _ = fields.OneOf("stream_format", "audio");
        if (fields.Text("input", GenerationRequestReader.MaxPromptLength) is not { Length: > 0 })
        {
            fields.Refuse("input", "It is required.", OpenAiErrors.Missing);
        }

        // OpenAI's own voices mean something to OpenAI's models alone; elsewhere they stand for the model's own voice.
        var (voice, isCustom) = ReadVoice(fields);
        if (voice is not null && !isOpenAi && s_voices.Contains(voice))
        {
            warnings.Add($"voice: '{voice}' is a voice of OpenAI's models; the model's own default speaks.");
            voice = null;
        }

        var parameters = MoreParameters.Read(fields, providers.ExtrasKeys, except: "voice") with
        {
            // Of an alias OpenAI's models get it, and the others speak with a voice of their own.
            Voice = isOpenAi && (isCustom || (model.Known is null && voice is not null && s_voices.Contains(voice))) ? null : voice,
            OutputFormat = fields.OneOf("response_format", "mp3", "opus", "aac", "flac", "wav", "pcm"),
        };
        if (voice is not null && parameters.Voice is null)
        {
            own["voice"] = isCustom ? new JsonObject { ["id"] = voice } : voice;
        }

        if (isOpenAi && own.Count > 0)
        {
            parameters = WithOpenAi(parameters, own);
        }

        var request = Build(DialectCall.Speech, fields, model, parameters, null, warnings);
        return fields.Problem is { } problem ? (null, problem) : (request, null);
    }

    /// <summary>A voice by its name, or one that its owner has made by its id.</summary>
    private static (string? Voice, bool IsCustom) ReadVoice(OpenAiFields fields)
    {
        if (fields.Parts("voice") is not [{ Json.ValueKind: JsonValueKind.Object } or { Member: not null }])
        {
            return (fields.Text("voice", LongestVoice), false);
        }

        if (fields.Object("voice") is { Count: 1 } made && made["id"] is JsonValue id && id.TryGetValue(out string? name) && name.Length is > 0 and <= LongestVoice)
        {
            return (name, true);
        }

        fields.Refuse("voice", "It must be the name of a voice, or an object with its id.", OpenAiErrors.InvalidType);
        return (null, false);
    }

    /// <summary>A text of <c>POST /v1/responses</c> and <c>/v1/chat/completions</c>.</summary>
    /// <param name="body">The model, the prompt and the images.</param>
    /// <param name="wishes">How it is to be written.</param>
    public (DialectRequest? Request, OpenAiError? Problem) ReadText(OpenAiBody body, IReadOnlyList<TextWish> wishes)
    {
        var fields = new OpenAiFields(body);
        var (_, model) = ReadModel(fields, s_text);
        List<string> warnings = [];
        var parameters = InputImages.Add(MoreParameters.Read(fields, []), model.Known, fields, "images") with { Native = TextWish.NativeOf(wishes, ProvidersOf(model), fields, warnings) };
        var request = Build(DialectCall.Text, fields, model, parameters, null, warnings);
        return fields.Problem is { } problem ? (null, problem) : (request, null);
    }

    /// <summary>The providers that a name may lead to.</summary>
    private string[] ProvidersOf(ModelName model) => model.Provider != GenerationRequest.AnyProvider ? [model.Provider]
        : model.Known is null ? [.. aliases.Find(model.Model)?.Candidates.Select(static c => c.Provider).Distinct() ?? []]
        : [.. providers.Names.Where(p => catalogue.Find(p, model.Model) is not null).Take(1)];

    /// <summary>Whether a name leads to a model of images.</summary>
    public bool MakesImages(string name)
    {
        var model = ModelName.Read(name, providers, catalogue, aliases);
        return model.Known is { } known
            ? known.MediaType == MediaType.Image
            : aliases.Find(model.Model)?.Candidates.Any(c => catalogue.Find(c.Provider, c.Model)?.MediaType == MediaType.Image) == true;
    }
}
