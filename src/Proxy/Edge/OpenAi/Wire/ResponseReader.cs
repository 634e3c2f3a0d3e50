using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Reads <c>POST /v1/responses</c>: a text, or with the tool <c>image_generation</c> a picture. It is turned into the fields of the other calls, which are read as there.
/// </summary>
internal sealed class ResponseReader(OpenAiRequestReader reader)
{
    private const string ImageTool = "image_generation";
    private const string DefaultImageModel = "gpt-image-1";
    private static readonly string[] s_withoutEffect = ["store", "metadata", "parallel_tool_calls", "user", "safety_identifier", "prompt_cache_key", "include"];
    private static readonly string[] s_leftOut = ["temperature", "top_p", "max_output_tokens", "reasoning", "truncation", "service_tier"];
    private static readonly string[] s_ofTool = ["size", "quality", "background", "output_format", "output_compression", "moderation", "input_fidelity"];

    /// <summary>Reads it.</summary>
    /// <returns>The call, or what is wrong.</returns>
    public (ResponseCall? Call, OpenAiError? Problem) Read(OpenAiBody body)
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
            return (null, OpenAiErrors.Invalid("input", "It holds half a surrogate pair, which is no Unicode text."));
        }
    }

    private (ResponseCall? Call, OpenAiError? Problem) ReadJson(OpenAiBody body)
    {
        var fields = new OpenAiFields(body);
        fields.CheckNames(static name => name is "model" or "input" or "instructions" or "tools" or "tool_choice" or "stream" or "background" or "text"
            || s_withoutEffect.Contains(name) || s_leftOut.Contains(name));
        var model = fields.Text("model", GenerationRequestReader.MaxNameLength) ?? "";
        if (model.Length == 0)
        {
            fields.Refuse("model", "It is required: an alias, provider/model, or a model of GET /v1/models.", OpenAiErrors.Missing);
        }

        foreach (var name in (ReadOnlySpan<string>)["stream", "background"])
        {
            if (fields.Flag(name) == true)
            {
                fields.Refuse(name, "Only whole answers that are waited for are made here.", allowed: ["false"]);
            }
        }

        if (fields.Object("text")?["format"] is { } format && !(format is JsonObject shape && (shape["type"] is null || shape["type"]!.ToString() == "text")))
        {
            fields.Refuse("text", "Only plain text is made here.", allowed: ["{\"format\":{\"type\":\"text\"}}"]);
        }

        var tool = ReadTool(fields);
        var images = new JsonArray();
        var prompt = ReadInput(fields, images);
        if (fields.Text("instructions", GenerationRequestReader.MaxPromptLength) is { Length: > 0 } instructions)
        {
            prompt = $"{instructions}\n\n{prompt}";
        }

        if (fields.Problem is { } problem)
        {
            return (null, problem);
        }

        List<string> warnings = [.. s_leftOut.Where(fields.Has).Select(n => $"{n}: it was left out; models here have no such switch.")];
        var asked = new Asked(model, prompt, images, body.Held, warnings);
        return tool is null ? Text(asked) : Image(asked, tool);
    }

    private (ResponseCall? Call, OpenAiError? Problem) Text(Asked asked)
    {
        var (request, problem) = reader.ReadText(BodyOf(new JsonObject { ["model"] = asked.Model, ["prompt"] = asked.Prompt }, asked));
        return request is null
            ? (null, problem! with { Param = problem.Param is "model" ? "model" : "input" })
            : (new ResponseCall(request with { Warnings = [.. request.Warnings, .. asked.Warnings] }, asked.Model, null), null);
    }

    private (ResponseCall? Call, OpenAiError? Problem) Image(Asked asked, JsonObject tool)
    {
        var (model, prompt, images, _, warnings) = asked;
        var maker = tool["model"]?.ToString() ?? (reader.MakesImages(model) ? model : DefaultImageModel);
        if (maker != model)
        {
            warnings.Add($"model: {maker} makes the picture from the input itself; {model} is not asked.");
        }

        var body = new JsonObject { ["model"] = maker, ["prompt"] = prompt };
        foreach (var name in s_ofTool)
        {
            if (tool[name] is { } value)
            {
                body[name] = value.DeepClone();
            }
        }

        if (tool["input_image_mask"] is { } mask)
        {
            body["mask"] = mask.DeepClone();
        }

        var (call, problem) = reader.ReadImage(BodyOf(body, asked), edit: images.Count > 0);
        return call is null
            ? (null, problem! with { Param = problem.Param is "prompt" or "image" or "images" or null ? "input" : problem.Param == "model" && tool["model"] is null ? "model" : $"tools[0].{problem.Param}" })
            : (new ResponseCall(call.Request with { Warnings = [.. call.Request.Warnings, .. warnings] }, model, call), null);
    }

    private static OpenAiBody BodyOf(JsonObject json, Asked asked)
    {
        if (asked.Images.Count > 0)
        {
            json["images"] = asked.Images;
        }

        return OpenAiBodyReader.ReadJson(Encoding.UTF8.GetBytes(json.ToJsonString()), asked.Held).Body!;
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

        foreach (var member in first.EnumerateObject())
        {
            if (member.Name is not ("type" or "model" or "action" or "partial_images" or "input_image_mask") && !s_ofTool.Contains(member.Name))
            {
                fields.Refuse($"tools[0].{OpenAiFields.Shown(member.Name)}", "It is no parameter of this tool.", OpenAiErrors.UnknownParameter);
            }
        }

        return JsonObject.Create(first);
    }

    /// <summary>The texts of the input, each with its role where there are several, and the images in it.</summary>
    private static string ReadInput(OpenAiFields fields, JsonArray images)
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

        var said = new List<(string Role, string Text)>();
        foreach (var message in input.EnumerateArray())
        {
            if (message.ValueKind != JsonValueKind.Object || !message.TryGetProperty("content", out var content) || (message.TryGetProperty("type", out var type) && (type.ValueKind != JsonValueKind.String || !type.ValueEquals("message"))))
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
            said.Add((message.TryGetProperty("role", out var role) && role.ValueKind == JsonValueKind.String ? role.GetString()! : "user", text));
        }

        return said.Count == 1 ? said[0].Text : string.Join("\n\n", said.Select(s => $"{s.Role}: {s.Text}"));
    }

    private static IEnumerable<string> Parts(JsonElement content, OpenAiFields fields, JsonArray images)
    {
        foreach (var part in content.EnumerateArray())
        {
            var type = part.ValueKind == JsonValueKind.Object && part.TryGetProperty("type", out var named) ? named.ToString() : "";
            if (type is "input_text" or "output_text" && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String)
            {
                yield return text.GetString()!;
            }
            else if (type == "input_image" && JsonObject.Create(part) is { } image)
            {
                images.Add(image["file_id"] is { } file ? new JsonObject { ["file_id"] = file.DeepClone() } : new JsonObject { ["image_url"] = image["image_url"]?.DeepClone() });
            }
            else
            {
                fields.Refuse("input", $"A part '{OpenAiFields.Shown(type)}' is not read here.", allowed: ["input_text", "input_image", "output_text"]);
            }
        }
    }

    /// <summary>What a call asks for, whoever makes it.</summary>
    private sealed record Asked(string Model, string Prompt, JsonArray Images, HeldInputs Held, List<string> Warnings);
}

/// <summary>What <c>POST /v1/responses</c> asks for.</summary>
/// <param name="Request">The generation.</param>
/// <param name="Model">The model as the caller names it.</param>
/// <param name="Image">The picture; null for a text.</param>
internal sealed record ResponseCall(DialectRequest Request, string Model, ImageCall? Image);
