using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Reads <c>POST /v1/chat/completions</c>: a text, or a picture where <c>modalities</c> names it or the model makes nothing else. It is turned into the fields of the
/// other calls, which are read as there.
/// </summary>
internal sealed class ChatReader(OpenAiRequestReader reader)
{
    private const string Messages = "messages";
    private const string Refusal = "refusal";

    private static readonly Dictionary<string, JsonValueKind> s_withoutEffect = new(StringComparer.Ordinal)
    {
        ["user"] = JsonValueKind.String,
        ["safety_identifier"] = JsonValueKind.String,
        ["metadata"] = JsonValueKind.Object,
        ["parallel_tool_calls"] = JsonValueKind.True,
        ["prompt_cache_key"] = JsonValueKind.String,
        ["prompt_cache_options"] = JsonValueKind.Object,
        ["prompt_cache_retention"] = JsonValueKind.String,
        ["usage"] = JsonValueKind.Object,
    };

    private static readonly Dictionary<string, JsonValueKind> s_leftOut = new(StringComparer.Ordinal)
    {
        ["store"] = JsonValueKind.True,
        ["service_tier"] = JsonValueKind.String,
        ["logit_bias"] = JsonValueKind.Object,
        ["logprobs"] = JsonValueKind.True,
        ["top_logprobs"] = JsonValueKind.Number,
        ["prediction"] = JsonValueKind.Object,
        ["web_search_options"] = JsonValueKind.Object,
        ["moderation"] = JsonValueKind.Object,
        ["reasoning"] = JsonValueKind.Object,
        ["include_reasoning"] = JsonValueKind.True,
    };

    // Of tools, which no model here calls: a text or an object.
    private static readonly string[] s_choices = ["tool_choice", "function_call"];

    private static readonly string[] s_refused = ["audio", "tools", "functions"];

    private static readonly string[] s_read =
    [
        "model", Messages, "modalities", "image_config", "stream", "stream_options", "n", "temperature", "top_p", "max_tokens", "max_completion_tokens", "response_format",
        "reasoning_effort", "verbosity", "stop", "presence_penalty", "frequency_penalty",
    ];

    // Of a picture; a text has the seed alone.
    private static readonly string[] s_ofPicture = ["seed", "aspect_ratio", "resolution", "negative_prompt", "guidance", "steps", "strength", "size", "quality", "background", "output_format"];

    /// <summary>Reads it.</summary>
    /// <param name="body">The body.</param>
    /// <returns>The call, or what is wrong.</returns>
    public (ChatCall? Call, OpenAiError? Problem) Read(OpenAiBody body)
    {
        if (body.Json is null)
        {
            return (null, OpenAiErrors.Invalid(null, "The body must be JSON."));
        }

        try
        {
            return ReadJson(body);
        }
        catch (InvalidOperationException)
        {
            return (null, OpenAiErrors.Invalid(Messages, "They hold half a surrogate pair, which is no Unicode text."));
        }
    }

    private (ChatCall? Call, OpenAiError? Problem) ReadJson(OpenAiBody body)
    {
        var fields = new OpenAiFields(body);
        fields.CheckNames(static name => s_read.Contains(name) || s_ofPicture.Contains(name) || s_withoutEffect.ContainsKey(name) || s_leftOut.ContainsKey(name) || s_choices.Contains(name) || s_refused.Contains(name));
        var model = fields.Text("model", GenerationRequestReader.MaxNameLength) ?? "";
        if (model.Length == 0)
        {
            fields.Refuse("model", "It is required: an alias, provider/model, or a model of GET /v1/models.", OpenAiErrors.Missing);
        }

        foreach (var name in s_refused.Where(n => fields.Has(n) && !IsEmpty(fields, n)))
        {
            fields.Refuse(name, name == "audio" ? "Sound is made by POST /v1/audio/speech." : "Models here call no tools; POST /v1/responses has the image tool.");
        }

        foreach (var (name, kind) in s_withoutEffect.Concat(s_leftOut).Where(f => !IsEmpty(fields, f.Key)))
        {
            fields.CheckKind(name, kind);
        }

        foreach (var name in s_choices.Where(n => fields.Parts(n) is [{ Json.ValueKind: not (JsonValueKind.String or JsonValueKind.Object) }] && !IsEmpty(fields, n)))
        {
            fields.Refuse(name, "It must be a text or an object.", OpenAiErrors.InvalidType);
        }

        _ = fields.Whole("n", 1, 1);
        var (stream, options, wishes) = (fields.Flag("stream") ?? false, fields.Object("stream_options"), ReadWishes(fields));
        var (asked, stops, images) = (ReadModalities(fields), ReadStops(fields), new JsonArray());
        var prompt = ReadMessages(fields, images);
        if (fields.Problem is { } problem)
        {
            return (null, problem);
        }

        List<string> warnings = [.. s_leftOut.Keys.Where(n => fields.Has(n) && !IsEmpty(fields, n)).Select(TextWish.LeftOut), .. ImageDetail.Warnings(fields, Messages)];
        var call = new ChatCall(null!, model, asked ?? reader.MakesImages(model))
        {
            Stream = stream,
            WithUsage = options?["include_usage"] is JsonValue flag && flag.TryGetValue(out bool wanted) && wanted,
            WithLinks = asked is null,
            Stops = stops,
        };
        var json = new JsonObject { ["model"] = model, ["prompt"] = prompt };
        foreach (var name in s_ofPicture.Where(fields.Has))
        {
            json[name] = JsonNode.Parse(fields.Parts(name)[0].Json.GetRawText());
        }

        return call.IsImage ? Picture(call, fields, json, images, wishes, warnings) : Text(call, fields, json, images, wishes, warnings);
    }

    private (ChatCall? Call, OpenAiError? Problem) Text(ChatCall call, OpenAiFields fields, JsonObject json, JsonArray images, List<TextWish> wishes, List<string> warnings)
    {
        foreach (var name in s_ofPicture.Append("image_config").Where(n => n != "seed" && fields.Has(n)))
        {
            json.Remove(name);
            warnings.Add($"{name}: it was left out; it sets how a picture is made, and this model writes a text.");
        }

        var (request, problem) = reader.ReadText(BodyOf(json, images, fields), wishes);
        return request is null ? (null, InOwnWords(problem!)) : (call with { Request = request with { Call = DialectCall.Chat, Warnings = [.. request.Warnings, .. warnings] } }, null);
    }

    private (ChatCall? Call, OpenAiError? Problem) Picture(ChatCall call, OpenAiFields fields, JsonObject json, JsonArray images, List<TextWish> wishes, List<string> warnings)
    {
        if (wishes.FirstOrDefault(static w => w.MustHold) is { } wish)
        {
            return (null, OpenAiErrors.Invalid(wish.Field, "This model makes pictures alone.", allowed: ["text"]));
        }

        warnings.AddRange(wishes.Select(static w => TextWish.LeftOut(w.Field)));
        foreach (var (name, value) in fields.Object("image_config") ?? [])
        {
            if (name is not ("aspect_ratio" or "image_size"))
            {
                return (null, OpenAiErrors.Invalid($"image_config.{OpenAiFields.Shown(name)}", "It is no parameter of this call.", OpenAiErrors.UnknownParameter, ["aspect_ratio", "image_size"]));
            }

            json[name == "aspect_ratio" ? name : "resolution"] = value is JsonValue word && word.TryGetValue(out string? text) ? text.ToLowerInvariant() : value?.DeepClone();
        }

        var (made, problem) = reader.ReadImage(BodyOf(json, images, fields), edit: images.Count > 0);
        return made is null ? (null, InOwnWords(problem!)) : (call with { Request = made.Request with { Call = DialectCall.Chat, Warnings = [.. made.Request.Warnings, .. warnings] } }, null);
    }

    private static OpenAiError InOwnWords(OpenAiError problem) => problem.Under(problem.Param is "prompt" or "image" or "images" or null ? Messages : problem.Param);

    private static OpenAiBody BodyOf(JsonObject json, JsonArray images, OpenAiFields fields)
    {
        if (images.Count > 0)
        {
            json["images"] = images;
        }

        return OpenAiBodyReader.ReadJson(Encoding.UTF8.GetBytes(json.ToJsonString()), fields.Held).Body!;
    }

    /// <summary>Whether a field asks for nothing: it is empty, the usual, or <c>tools</c> that are not to be called.</summary>
    private static bool IsEmpty(OpenAiFields fields, string name) => name switch
    {
        // A search without options is a search.
        "web_search_options" when fields.Parts(name) is [{ Json.ValueKind: JsonValueKind.Object }] => false,
        "tools" when fields.Parts(name) is [{ Json.ValueKind: JsonValueKind.Array }] && fields.Parts("tool_choice") is [{ Json: { ValueKind: JsonValueKind.String } choice }] && choice.ValueEquals("none") => true,
        "service_tier" when fields.Parts(name) is [{ Json: { ValueKind: JsonValueKind.String } tier }] && (tier.ValueEquals("auto") || tier.ValueEquals("default")) => true,
        _ => fields.IsEmpty(name),
    };

    /// <summary>Whether a picture is asked for.</summary>
    /// <returns>Null where nothing is asked for.</returns>
    private static bool? ReadModalities(OpenAiFields fields)
    {
        if (fields.Parts("modalities") is not [{ Json: var given }])
        {
            return null;
        }

        if (given.ValueKind == JsonValueKind.Array && given.EnumerateArray().All(static m => OpenAiFields.TextOf(m)?.ToLowerInvariant() is "text" or "image"))
        {
            return given.EnumerateArray().Any(static m => OpenAiFields.TextOf(m)!.Equals("image", StringComparison.OrdinalIgnoreCase));
        }

        fields.Refuse("modalities", "It must be a list.", allowed: ["text", "image"]);
        return null;
    }

    /// <summary>Where the text ends. It is cut here, whoever has written it.</summary>
    private static List<string> ReadStops(OpenAiFields fields)
    {
        const int Most = 16;
        switch (fields.Parts("stop"))
        {
            case []:
                return [];
            case [{ Json.ValueKind: JsonValueKind.String }]:
                return fields.Text("stop", GenerationRequestReader.MaxNameLength) is { Length: > 0 } one ? [one] : [];
            case [{ Json: { ValueKind: JsonValueKind.Array } list }] when list.GetArrayLength() <= Most && list.EnumerateArray().All(static s => OpenAiFields.TextOf(s) is { Length: > 0 }):
                return [.. list.EnumerateArray().Select(static s => OpenAiFields.TextOf(s)!)];
            default:
                fields.Refuse("stop", $"It must be a text, or a list of at most {Most} texts.", OpenAiErrors.InvalidType);
                return [];
        }
    }

    /// <summary>How the text is to be written.</summary>
    private static List<TextWish> ReadWishes(OpenAiFields fields)
    {
        var most = fields.Whole("max_completion_tokens", 1, int.MaxValue) ?? fields.Whole("max_tokens", 1, int.MaxValue);
        var effort = fields.OneOf("reasoning_effort", "none", "minimal", "low", "medium", "high", "xhigh", "max");
        var verbosity = fields.OneOf("verbosity", "low", "medium", "high");
        var (presence, frequency) = (fields.Number("presence_penalty", -2, 2), fields.Number("frequency_penalty", -2, 2));
        var format = fields.Object("response_format");
        if (format?["json_schema"] is JsonObject inner)
        {
            // The other call has it flat.
            format = inner.DeepClone().AsObject();
            format["type"] = "json_schema";
        }

        TextWish?[] wishes =
        [
            TextWish.Of("temperature", fields.Number("temperature", 0, 2), "temperature", "temperature"),
            TextWish.Of("top_p", fields.Number("top_p", 0, 1), "top_p", "topP"),
            TextWish.OfTokens(fields.Has("max_completion_tokens") ? "max_completion_tokens" : "max_tokens", most),
            effort is null ? null : new TextWish("reasoning_effort", new JsonObject { ["reasoning"] = new JsonObject { ["effort"] = effort } }, null),
            verbosity is null ? null : new TextWish("verbosity", new JsonObject { ["text"] = new JsonObject { ["verbosity"] = verbosity } }, null),
            TextWish.Of("presence_penalty", presence is 0 ? null : presence, null, "presencePenalty"),
            TextWish.Of("frequency_penalty", frequency is 0 ? null : frequency, null, "frequencyPenalty"),
            TextWish.OfFormat("response_format", format, fields),
        ];
        return [.. wishes.OfType<TextWish>()];
    }

    /// <summary>The texts of the messages, each with its role where there are several; system messages stand in front. The images in them are added.</summary>
    private static string ReadMessages(OpenAiFields fields, JsonArray images)
    {
        if (fields.Parts(Messages) is not [{ Json: var messages }])
        {
            fields.Refuse(Messages, "It is required.", OpenAiErrors.Missing);
            return "";
        }

        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
        {
            fields.Refuse(Messages, "It must be a list of messages.", OpenAiErrors.InvalidType);
            return "";
        }

        var (instructions, turns) = (new List<string>(), new List<(string Role, string Text)>());
        var at = 0;
        foreach (var message in messages.EnumerateArray())
        {
            var place = $"{Messages}[{at++}]";
            var role = Member(message, "role") is { } named ? OpenAiFields.TextOf(named) : null;
            if (role is not ("system" or "developer" or "user" or "assistant"))
            {
                fields.Refuse($"{place}.role", "There is no such role here.", allowed: ["system", "developer", "user", "assistant"]);
                return "";
            }

            if (Unread(message) is var (member, why))
            {
                fields.Refuse($"{place}.{member}", why);
                return "";
            }

            var text = ReadContent(Member(message, "content"), $"{place}.content", fields, images);
            if (text.Length == 0 && Member(message, Refusal) is { ValueKind: JsonValueKind.String } refused)
            {
                // A refusal of the assistant is its text.
                text = refused.GetString()!;
            }

            foreach (var picture in Member(message, "images") is { ValueKind: JsonValueKind.Array } shown ? shown.EnumerateArray() : default)
            {
                AddImage(picture, $"{place}.images", fields, images);
            }

            if (role is "system" or "developer")
            {
                instructions.Add(text);
            }
            else if (text.Length > 0)
            {
                turns.Add((role, text));
            }
        }

        var talk = turns.Count == 1 ? turns[0].Text : string.Join("\n\n", turns.Select(static s => $"{s.Role}: {s.Text}"));
        return string.Join("\n\n", instructions.Append(talk).Where(static t => t.Length > 0));
    }

    /// <summary>What a message holds beside its content, and nobody here could make anything of.</summary>
    private static (string Member, string Why)? Unread(JsonElement message) =>
        Member(message, "tool_calls") is { ValueKind: JsonValueKind.Array } calls && calls.GetArrayLength() > 0 ? ("tool_calls", "Models here call no tools.")
        : Member(message, "function_call") is { ValueKind: JsonValueKind.Object } ? ("function_call", "Models here call no tools.")
        : Member(message, "audio") is { ValueKind: JsonValueKind.Object } ? ("audio", "Sound of earlier answers is not kept; send what was said as content.")
        : null;

    private static string ReadContent(JsonElement? content, string place, OpenAiFields fields, JsonArray images)
    {
        if (content is null or { ValueKind: JsonValueKind.Null })
        {
            return "";
        }

        if (content is { ValueKind: JsonValueKind.String } text)
        {
            return text.GetString()!;
        }

        var texts = new List<string>();
        if (content is not { ValueKind: JsonValueKind.Array } parts)
        {
            fields.Refuse(place, "It must be a text or a list of parts.", OpenAiErrors.InvalidType);
            return "";
        }

        foreach (var part in parts.EnumerateArray())
        {
            switch (Member(part, "type") is { } type ? OpenAiFields.TextOf(type) : null)
            {
                case "text" when Member(part, "text") is { ValueKind: JsonValueKind.String } piece:
                    texts.Add(piece.GetString()!);
                    break;
                case Refusal when Member(part, Refusal) is { ValueKind: JsonValueKind.String } piece:
                    texts.Add(piece.GetString()!);
                    break;
                case "image_url":
                    AddImage(part, place, fields, images);
                    break;
                default:
                    fields.Refuse(place, "A part of another kind is not read here.", allowed: ["text", "image_url"]);
                    break;
            }
        }

        return string.Join('\n', texts);
    }

    private static void AddImage(JsonElement part, string place, OpenAiFields fields, JsonArray images)
    {
        var url = Member(part, "image_url");
        if ((url is { ValueKind: JsonValueKind.Object } named ? Member(named, "url") : url) is { ValueKind: JsonValueKind.String } address)
        {
            images.Add(new JsonObject { ["image_url"] = address.GetString() });
        }
        else
        {
            fields.Refuse(place, "An image_url must have a url.", OpenAiErrors.InvalidType);
        }
    }

    private static JsonElement? Member(JsonElement json, string name) => json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) ? value : null;
}

/// <summary>What <c>POST /v1/chat/completions</c> asks for.</summary>
/// <param name="Request">The generation.</param>
/// <param name="Model">The model as the caller named it.</param>
/// <param name="IsImage">True for a picture, false for a text.</param>
internal sealed record ChatCall(DialectRequest Request, string Model, bool IsImage)
{
    /// <summary>True to answer as an event stream.</summary>
    public bool Stream { get; init; }

    /// <summary>True for a stream that ends with what was used.</summary>
    public bool WithUsage { get; init; }

    /// <summary>True for a caller that has not asked for pictures by name, and may look at the text alone.</summary>
    public bool WithLinks { get; init; }

    /// <summary>What the text ends before.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];
}
