using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Reads <c>POST /v1/responses</c>: a text, or with the tool <c>image_generation</c> a picture. It is turned into the fields of the other calls, which are read as there.
/// </summary>
internal sealed class ResponseReader(OpenAiRequestReader reader)
{
    private const string ImageTool = "image_generation";
    private const string ImageCallType = "image_generation_call";
    private const string DefaultImageModel = "gpt-image-1";
    private const int MostMetadata = 16;
    private const int LongestKey = 64;
    private const int LongestValue = 512;
    private static readonly Dictionary<string, JsonValueKind> s_withoutEffect = new(StringComparer.Ordinal)
    {
        ["parallel_tool_calls"] = JsonValueKind.True,
        ["user"] = JsonValueKind.String,
        ["safety_identifier"] = JsonValueKind.String,
        ["prompt_cache_key"] = JsonValueKind.String,
        ["prompt_cache_options"] = JsonValueKind.Object,
        ["prompt_cache_retention"] = JsonValueKind.String,
        ["include"] = JsonValueKind.Array,
        ["stream_options"] = JsonValueKind.Object,
        ["access_programs"] = JsonValueKind.Object,
        ["background_options"] = JsonValueKind.Object,
    };

    private static readonly Dictionary<string, JsonValueKind> s_leftOut = new(StringComparer.Ordinal)
    {
        ["max_tool_calls"] = JsonValueKind.Number,
        ["truncation"] = JsonValueKind.String,
        ["service_tier"] = JsonValueKind.String,
        ["top_logprobs"] = JsonValueKind.Number,
        ["context_management"] = JsonValueKind.Array,
        ["image"] = JsonValueKind.Object,
        ["moderation"] = JsonValueKind.Object,
    };

    private static readonly string[] s_includable =
    [
        "file_search_call.results", "web_search_call.results", "web_search_call.action.sources", "message.input_image.image_url", "computer_call_output.output.image_url", "code_interpreter_call.outputs",
        "reasoning.encrypted_content", "message.output_text.logprobs",
    ];

    // Each would need what earlier calls asked for, which nobody may have kept.
    private static readonly string[] s_refused = ["previous_response_id", "conversation", "prompt"];
    private static readonly string[] s_ofTool =
    [
        "size", "quality", "background", "output_format", "output_compression", "moderation", "input_fidelity", "complexity", "frame_count", "frame_duration_ms", "svg", "partial_images",
    ];

    /// <summary>The id of an item of an earlier response that stands in the input.</summary>
    /// <returns>Null for any other item.</returns>
    public static string? ReferenceOf(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("type", out var type) && OpenAiFields.TextOf(type) is "item_reference" or ImageCallType
            && item.TryGetProperty("id", out var id) && OpenAiFields.TextOf(id) is { Length: < GenerationRequestReader.MaxNameLength } text && (text.StartsWith("ig_", StringComparison.Ordinal) || text.StartsWith("msg_", StringComparison.Ordinal))
            ? text
            : null;

    /// <summary>Reads it.</summary>
    /// <param name="body">The body.</param>
    /// <param name="earlier">What the items of earlier responses hold, by their ids.</param>
    /// <returns>The call, or what is wrong.</returns>
    public (ResponseCall? Call, OpenAiError? Problem) Read(OpenAiBody body, IReadOnlyDictionary<string, GenerationResult> earlier)
    {
        if (body.Json is null)
        {
            return (null, OpenAiErrors.Invalid(null, "The body must be JSON."));
        }

        try
        {
            return ReadJson(body, earlier);
        }
        catch (InvalidOperationException)
        {
            return (null, OpenAiErrors.Invalid("input", "It holds half a surrogate pair, which is no Unicode text."));
        }
    }

    private (ResponseCall? Call, OpenAiError? Problem) ReadJson(OpenAiBody body, IReadOnlyDictionary<string, GenerationResult> earlier)
    {
        var fields = new OpenAiFields(body);
        fields.CheckNames(static name => name is "model" or "input" or "instructions" or "tools" or "tool_choice" or "stream" or "background" or "text" or "store" or "metadata" or "temperature" or "top_p" or "max_output_tokens" or "reasoning"
            || s_withoutEffect.ContainsKey(name) || s_leftOut.ContainsKey(name) || s_refused.Contains(name));
        var model = fields.Text("model", GenerationRequestReader.MaxNameLength) ?? "";
        if (model.Length == 0)
        {
            fields.Refuse("model", "It is required: an alias, provider/model, or a model of GET /v1/models.", OpenAiErrors.Missing);
        }

        foreach (var name in s_refused.Where(fields.Has))
        {
            fields.Refuse(name, "What earlier calls asked for is not kept; send the messages again as input.");
        }

        var wishes = ReadWishes(fields);
        var tool = ReadTool(fields);
        if (IsForbidden(fields))
        {
            tool = null;
        }

        _ = fields.OneOf("truncation", "auto", "disabled");
        foreach (var (name, kind) in s_withoutEffect.Concat(s_leftOut).Where(f => !fields.IsEmpty(f.Key)))
        {
            fields.CheckKind(name, kind);
        }

        if (!fields.IsEmpty("include") && fields.List("include") is { } more && !more.EnumerateArray().All(static word => s_includable.Contains(OpenAiFields.TextOf(word))))
        {
            fields.Refuse("include", "It holds something that no response can include.", allowed: s_includable);
        }

        var images = new JsonArray();
        var prompt = ReadInput(fields, images, earlier);
        var facts = new ResponseFacts(
            model, tool is not null, "auto", "opaque", fields.Flag("background") ?? false, fields.Flag("store") ?? true, ReadMetadata(fields));
        if (facts is { InBackground: true, Store: false })
        {
            fields.Refuse("store", "A response that is made in the background is looked up later, so it must be stored.", allowed: ["true"]);
        }

        var stream = fields.Flag("stream") ?? false;
        if (fields.Text("instructions", GenerationRequestReader.MaxPromptLength) is { Length: > 0 } instructions)
        {
            prompt = $"{instructions}\n\n{prompt}";
        }

        if (fields.Problem is { } problem)
        {
            return (null, problem);
        }

        List<string> warnings = [.. s_leftOut.Keys.Where(n => fields.Has(n) && !fields.IsEmpty(n)).Select(TextWish.LeftOut), .. ImageDetail.Warnings(fields, "input")];
        var asked = new Asked(model, prompt, images, body.Held, stream, wishes, warnings);
        var (call, refused) = tool is null ? Text(asked, facts) : Image(asked, facts, tool);
        return (call is null ? null : call with { Stream = stream }, refused);
    }

    private (ResponseCall? Call, OpenAiError? Problem) Text(Asked asked, ResponseFacts facts)
    {
        var (request, problem) = reader.ReadText(BodyOf(new JsonObject { ["model"] = asked.Model, ["prompt"] = asked.Prompt }, asked), asked.Wishes);
        return request is null
            ? (null, problem!.Under(problem.Param is "prompt" or "images" or null ? "input" : problem.Param))
            : (new ResponseCall(request with { Warnings = [.. request.Warnings, .. asked.Warnings], Response = facts }, facts), null);
    }

    private (ResponseCall? Call, OpenAiError? Problem) Image(Asked asked, ResponseFacts facts, JsonObject tool)
    {
        var (model, prompt, images, _, _, wishes, warnings) = asked;
        if (wishes.FirstOrDefault(static w => w.MustHold) is { } wish)
        {
            return (null, OpenAiErrors.Invalid(wish.Field, "The image tool makes pictures alone.", allowed: ["text"]));
        }

        warnings.AddRange(wishes.Select(static w => TextWish.LeftOut(w.Field)));
        var maker = tool["model"]?.ToString() ?? (reader.MakesImages(model) ? model : DefaultImageModel);
        if (maker != model)
        {
            warnings.Add($"model: {maker} makes the picture from the input itself; {model} is not asked.");
        }

        if (images.Count == 0 && tool["action"]?.ToString() is "edit")
        {
            return (null, OpenAiErrors.Invalid("tools[0].action", "There is no image in the input to edit.", allowed: ["auto", "generate"]));
        }

        var body = new JsonObject { ["model"] = maker, ["prompt"] = prompt, ["stream"] = asked.Stream };
        foreach (var name in s_ofTool)
        {
            // Previews of what is not streamed are nobody's.
            if (tool[name] is { } value && (asked.Stream || name != "partial_images"))
            {
                body[name] = value.DeepClone();
            }
        }

        if (tool["input_image_mask"] is { } mask)
        {
            if (images.Count == 0)
            {
                return (null, OpenAiErrors.Invalid("tools[0].input_image_mask", "There is no image in the input to edit."));
            }

            body["mask"] = mask.DeepClone();
        }

        var (call, problem) = reader.ReadImage(BodyOf(body, asked), edit: images.Count > 0);
        facts = call is null ? facts : facts with { Quality = call.Quality, Background = call.Background, Previews = call.Previews };
        return call is null
            ? (null, problem!.Under(NameOf(problem.Param, tool)))
            : (new ResponseCall(call.Request with { Warnings = [.. call.Request.Warnings, .. warnings], Response = facts }, facts), null);
    }

    private static string NameOf(string? param, JsonObject tool) => param switch
    {
        "prompt" or "image" or "images" or null => "input",
        "model" when tool["model"] is null => "model",
        "mask" => "tools[0].input_image_mask",
        _ => $"tools[0].{param}",
    };

    private static OpenAiBody BodyOf(JsonObject json, Asked asked)
    {
        if (asked.Images.Count > 0)
        {
            json["images"] = asked.Images;
        }

        return OpenAiBodyReader.ReadJson(Encoding.UTF8.GetBytes(json.ToJsonString()), asked.Held).Body!;
    }

    /// <summary>How the text is to be written.</summary>
    private static List<TextWish> ReadWishes(OpenAiFields fields)
    {
        var (text, reasoning) = (fields.Object("text"), fields.Object("reasoning"));
        if (text?.FirstOrDefault(static m => m.Key is not ("format" or "verbosity")) is { Key: { } unknown })
        {
            fields.Refuse($"text.{OpenAiFields.Shown(unknown)}", "It is no parameter of this call.", OpenAiErrors.UnknownParameter);
        }

        TextWish?[] wishes =
        [
            TextWish.Of("temperature", fields.Number("temperature", 0, 2), "temperature", "temperature"),
            TextWish.Of("top_p", fields.Number("top_p", 0, 1), "top_p", "topP"),
            TextWish.Of("max_output_tokens", fields.Whole("max_output_tokens", 1, int.MaxValue), "max_output_tokens", "maxOutputTokens"),
            TextWish.Of("reasoning", reasoning, "reasoning", null),
            text?["verbosity"] is { } verbosity ? new TextWish("text.verbosity", new JsonObject { ["text"] = new JsonObject { ["verbosity"] = verbosity.DeepClone() } }, null) : null,
            TextWish.OfFormat("text", text?["format"], fields),
        ];
        return [.. wishes.OfType<TextWish>()];
    }

    /// <summary>Whether no tool may be used.</summary>
    private static bool IsForbidden(OpenAiFields fields)
    {
        if (fields.Parts("tool_choice") is [{ Json.ValueKind: JsonValueKind.Object }])
        {
            if (fields.Object("tool_choice")?["type"]?.ToString() is not (ImageTool or "allowed_tools"))
            {
                fields.Refuse("tool_choice", "There is no such tool here.", allowed: ["none", "auto", "required", "{\"type\":\"image_generation\"}"]);
            }

            return false;
        }

        return fields.OneOf("tool_choice", "none", "auto", "required") is "none";
    }

    private static JsonObject? ReadTool(OpenAiFields fields)
    {
        if (fields.Parts("tools") is not [{ Json: { ValueKind: JsonValueKind.Array } tools }] || tools.GetArrayLength() == 0)
        {
            if (fields.Has("tools") && fields.Parts("tools") is not [{ Json.ValueKind: JsonValueKind.Array }])
            {
                fields.Refuse("tools", "It must be a list.", OpenAiErrors.InvalidType);
            }

            return null;
        }

        var first = tools[0];
        if (tools.GetArrayLength() > 1 || first.ValueKind != JsonValueKind.Object || !first.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals(ImageTool))
        {
            fields.Refuse("tools", "One tool can be used here.", allowed: [ImageTool]);
            return null;
        }

        if (first.TryGetProperty("action", out var action) && OpenAiFields.TextOf(action) is not ("auto" or "generate" or "edit") && action.ValueKind != JsonValueKind.Null)
        {
            fields.Refuse("tools[0].action", "There is no such action.", allowed: ["auto", "generate", "edit"]);
        }

        foreach (var member in first.EnumerateObject())
        {
            if (member.Name is not ("type" or "model" or "action" or "input_image_mask") && !s_ofTool.Contains(member.Name))
            {
                fields.Refuse($"tools[0].{OpenAiFields.Shown(member.Name)}", "It is no parameter of this tool.", OpenAiErrors.UnknownParameter);
            }
        }

        return JsonObject.Create(first);
    }

    /// <summary>Words of the caller's own, which come back with the response.</summary>
    private static JsonObject? ReadMetadata(OpenAiFields fields)
    {
        var metadata = fields.Object("metadata");
        if (metadata is not null && (metadata.Count > MostMetadata || metadata.Any(m => m.Key.Length > LongestKey || m.Value is not JsonValue value || !value.TryGetValue(out string? text) || text.Length > LongestValue)))
        {
            fields.Refuse("metadata", $"It must have at most {MostMetadata} texts of at most {LongestValue} characters, under names of at most {LongestKey}.");
        }

        return metadata;
    }

    /// <summary>The texts of the input, each with its role where there are several, and the images in it.</summary>
    private static string ReadInput(OpenAiFields fields, JsonArray images, IReadOnlyDictionary<string, GenerationResult> earlier)
    {
        if (fields.Parts("input") is not [{ Json: var input }])
        {
            fields.Refuse("input", "It is required.", OpenAiErrors.Missing);
            return "";
        }

        if (input.ValueKind == JsonValueKind.String)
        {
            return fields.Text("input", GenerationRequestReader.MaxPromptLength) ?? "";
        }

        if (input.ValueKind != JsonValueKind.Array)
        {
            fields.Refuse("input", "It must be a text or a list of messages.", OpenAiErrors.InvalidType);
            return "";
        }

        var turns = new List<(string Role, string Text)>();
        foreach (var message in input.EnumerateArray())
        {
            if (ReferenceOf(message) is { } id)
            {
                switch (earlier.GetValueOrDefault(id))
                {
                    case { Media: [{ Id: var picture }, ..] }:
                        images.Add(new JsonObject { ["file_id"] = picture });
                        break;
                    case { Text: { } answer }:
                        turns.Add(("assistant", answer));
                        break;
                    default:
                        fields.Refuse("input", $"Item with id '{OpenAiFields.Shown(id)}' not found.");
                        return "";
                }

                continue;
            }

            // Clients send the whole output of an earlier answer back; what a model thought before it nobody can read.
            if (message.Member("type") is { ValueKind: JsonValueKind.String } kind && kind.ValueEquals("reasoning"))
            {
                continue;
            }

            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out var content) || (message.Member("type") is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } type && (type.ValueKind != JsonValueKind.String || !type.ValueEquals("message"))))
            {
                fields.Refuse("input", "Only messages are read here.", allowed: ["message"]);
                return "";
            }

            if (content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            {
                fields.Refuse("input", "The content of a message must be a text or a list of parts.", OpenAiErrors.InvalidType);
                return "";
            }

            var text = content.ValueKind == JsonValueKind.String ? content.GetString()! : string.Join('\n', Parts(content, fields, images));
            turns.Add((message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String ? role.GetString()! : "user", text));
        }

        return turns.Count == 1 ? turns[0].Text : string.Join("\n\n", turns.Select(s => $"{s.Role}: {s.Text}"));
    }

    private static IEnumerable<string> Parts(JsonElement content, OpenAiFields fields, JsonArray images)
    {
        foreach (var part in content.EnumerateArray())
        {
            var type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var named) ? named.ToString() : "";
            if (type == "refusal" && part.TryGetProperty(type, out var refusal) && refusal.ValueKind == JsonValueKind.String)
            {
                yield return refusal.GetString()!;
            }
            else if (type is "input_text" or "output_text" && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
            {
                yield return text.GetString()!;
            }
            else if (type == "input_image" && JsonObject.Create(part) is { } image)
            {
                images.Add(image["file_id"] is { } file ? new JsonObject { ["file_id"] = file.DeepClone() } : new JsonObject { ["image_url"] = image["image_url"]?.DeepClone() });
            }
            else
            {
                fields.Refuse("input", $"A part '{OpenAiFields.Shown(type)}' is not read here.", allowed: ["input_text", "input_image", "output_text", "refusal"]);
            }
        }
    }

    /// <summary>What a call asks for, whoever makes it.</summary>
    private sealed record Asked(string Model, string Prompt, JsonArray Images, HeldInputs Held, bool Stream, IReadOnlyList<TextWish> Wishes, List<string> Warnings);
}
