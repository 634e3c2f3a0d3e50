using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Google;

/// <summary>The body and the answer of <c>generateContent</c>. Refusals by the filters are inside a 200.</summary>
internal static class GoogleContent
{
    private static readonly string[] s_ratios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];

    private static readonly string[] s_wideRatios = [.. s_ratios, "1:4", "4:1", "1:8", "8:1"];

    public static Order? Read(Reading body, HttpContext context, bool onVertex)
    {
        var model = JobEndpoints.RouteValue("model")(context)!;
        if ((!GoogleModels.All.Contains(model) && !(onVertex && model == GoogleModels.OnVertex)) || GoogleModels.KindOf(model) == PieceKind.Video)
        {
            body.Fail("model", model, WrongKind.Model);
            return null;
        }

        body.Only(["contents", "generationConfig", "safetySettings", "tools", "toolConfig", "systemInstruction", "cachedContent", .. onVertex ? new[] { "labels" } : []]);
        var prompt = "";
        var inputs = 0;
        var contents = body.List("contents");
        foreach (var part in contents.SelectMany(c => c.List("parts")))
        {
            // Google reads the names of its fields in both spellings, and apps send both.
            part.Only("text", "inlineData", "inline_data", "fileData", "file_data", "thought", "thoughtSignature", "functionCall", "functionResponse");
            prompt = part.MaybeText("text") ?? prompt;
            if ((part.MaybeObject("inlineData") ?? part.MaybeObject("inline_data")) is { } inline)
            {
                inline.Only("mimeType", "mime_type", "data", "displayName", "display_name");
                inline.Text(inline.Has("mime_type") ? "mime_type" : "mimeType");
                inline.Link("data", Inline.Base64);
                inputs++;
            }
            else if ((part.MaybeObject("fileData") ?? part.MaybeObject("file_data")) is { } file)
            {
                file.Text(file.Has("file_uri") ? "file_uri" : "fileUri");
                inputs++;
            }
        }

        foreach (var content in contents)
        {
            content.Only("role", "parts");
            content.MaybeOneOf("role", "user", "model");
        }

        if (contents.Count == 0)
        {
            body.Fail("contents", "is required", WrongKind.Missing);
        }

        if (inputs > 14)
        {
            body.Fail("contents", "must hold at most 14 images");
        }

        return Config(body.Object("generationConfig"), model, prompt, inputs, onVertex);
    }

    private static Order Config(Reading config, string model, string prompt, int inputs, bool onVertex)
    {
        config.Only(
            "responseModalities", "imageConfig", "seed", "temperature", "topP", "topK", "maxOutputTokens", "candidateCount", "stopSequences", "thinkingConfig",
            "responseMimeType", "responseSchema",
            "responseJsonSchema", "speechConfig", "mediaResolution", "presencePenalty", "frequencyPenalty");
        config.MaybeWhole("seed", int.MinValue, int.MaxValue);
        config.MaybeNumber("temperature", 0, 2);
        var most = config.MaybeWhole("maxOutputTokens", 1);
        config.MaybeWhole("candidateCount", 1, 1);
        var modalities = config.Texts("responseModalities");
        foreach (var modality in modalities.Where(m => m is not ("TEXT" or "IMAGE" or "AUDIO")))
        {
            config.Fail("responseModalities", $"\"{modality}\"");
        }

        var kind = GoogleModels.KindOf(model);
        var image = config.Object("imageConfig");
        image.Only(["aspectRatio", "imageSize", "personGeneration", .. onVertex ? new[] { "prominentPeople", "imageOutputOptions" } : []]);
        if (config.Has("imageConfig") && kind != PieceKind.Image)
        {
            config.Fail("imageConfig", "is not supported by this model");
        }

        var ratio = image.MaybeOneOf("aspectRatio", model is "gemini-nano-banana-2.1" or GoogleModels.OnVertex ? s_wideRatios : s_ratios);
        var size = image.MaybeOneOf("imageSize", model == GoogleModels.OnVertex ? ["512", "1K", "2K", "4K"] : ["1K", "2K", "4K"]) ?? "1K";
        if (image.Has("imageSize") && model == "gemini-2.5-flash-image")
        {
            image.Fail("imageSize", "is not supported by this model");
        }

        image.MaybeOneOf("personGeneration", "ALLOW_ALL", "ALLOW_ADULT", "ALLOW_NONE");
        var format = image.Object("imageOutputOptions").MaybeOneOf("mimeType", "image/png", "image/jpeg", "image/webp")?["image/".Length..] ?? "jpeg";
        if (kind == PieceKind.Audio && !modalities.Contains("AUDIO"))
        {
            config.Fail("responseModalities", "AUDIO is needed for this model");
        }

        var reply = config.MaybeText("responseMimeType") == "application/json"
            ? SampleJson.Of(config.Value.Member("responseJsonSchema") ?? config.Value.Member("responseSchema"), EchoText.Of(prompt))
            : EchoText.Of(prompt);

        // Without the word IMAGE the model may answer in words; this one does.
        var (pixels, tokens) = size switch { "512" => (512 * 512.0, 747), "2K" => (2048 * 2048, 1680), "4K" => (4096 * 4096, 2520), _ => (1024 * 1024, 1120) };
        IReadOnlyList<Piece> pieces = kind switch
        {
            PieceKind.Image when modalities.Contains("IMAGE") => [Piece.Image(format, Shape.Area(ratio, pixels))],
            PieceKind.Audio => [Piece.Audio("pcm", (prompt.Length / 15.0) + 0.5) with { SampleRate = 24_000 }],
            _ => [],
        };
        return new(model, prompt, pieces) { Facts = new() { ["tokens"] = tokens, ["text"] = modalities.Contains("TEXT"), ["inputs"] = inputs, ["most"] = most, ["reply"] = reply } };
    }

    public static async Task<JsonObject> AnswerAsync(View view, CancellationToken cancel)
    {
        var order = view.Order;
        var asked = EchoText.Tokens(order.Prompt) + (order.Facts["inputs"]!.GetValue<int>() * 258);
        if (view.State != JobState.Succeeded)
        {
            var usage = new JsonObject { ["promptTokenCount"] = asked, ["totalTokenCount"] = asked };
            return order.Pieces.Count == 0 && view.Job.Magic.Fail is null
                ? new() { ["promptFeedback"] = new JsonObject { ["blockReason"] = "PROHIBITED_CONTENT" }, ["usageMetadata"] = usage, ["modelVersion"] = order.Model,
                    ["responseId"] = view.Job.Id }
                : new()
                {
                    ["candidates"] = new JsonArray(new JsonObject
                    {
                        ["content"] = new JsonObject { ["role"] = "model" }, ["finishReason"] = view.Job.Magic.Fail ?? "IMAGE_SAFETY",
                        ["finishMessage"] = "The picture was withheld by the safety filter.", ["index"] = 0,
                    }),
                    ["usageMetadata"] = usage, ["responseId"] = view.Job.Id,
                };
        }

        var (parts, isCut) = await PartsAsync(view, cancel);
        var text = string.Concat(parts.Select(p => (string?)p!["text"] ?? ""));
        var hasMedia = parts.Any(p => p!["inlineData"] is not null);
        var answered = hasMedia ? order.Pieces[0].Kind == PieceKind.Image ? order.Facts["tokens"]!.GetValue<int>() : (int)(order.Pieces[0].Seconds * 25)
            : EchoText.Tokens(text);
        return new()
        {
            ["candidates"] = new JsonArray(new JsonObject { ["content"] = new JsonObject { ["role"] = "model", ["parts"] = parts }, ["finishReason"] = isCut ? "MAX_TOKENS" : "STOP",
            ["index"] = 0 }),
            ["usageMetadata"] = new JsonObject
            {
                ["promptTokenCount"] = asked, ["candidatesTokenCount"] = answered, ["totalTokenCount"] = asked + answered,
                ["promptTokensDetails"] = new JsonArray(new JsonObject { ["modality"] = "TEXT", ["tokenCount"] = asked }),
                ["candidatesTokensDetails"] = new JsonArray(new JsonObject
                {
                    ["modality"] = !hasMedia ? "TEXT" : order.Pieces[0].Kind == PieceKind.Image ? "IMAGE" : "AUDIO", ["tokenCount"] = answered,
                }),
            },
            ["modelVersion"] = order.Model,
            ["responseId"] = view.Job.Id,
        };
    }

    /// <summary>The Pro model shows a draft that is a thought and no result; a filtered picture is an answer in words only.</summary>
    private static async Task<(JsonArray Parts, bool IsCut)> PartsAsync(View view, CancellationToken cancel)
    {
        var parts = new JsonArray();
        if (view.Order.Pieces.Count == 0 || view.Job.Filtered > 0)
        {
            var (text, isCut) = EchoText.Within(view.Job.Filtered > 0 ? "I can describe the picture instead." : (string)view.Order.Facts["reply"]!, (long?)view.Order.Facts["most"], thoughts: 5);
            if (text.Length > 0)
            {
                parts.Add((JsonNode)new JsonObject { ["text"] = text });
            }

            return (parts, isCut);
        }

        if (view.Order.Facts["text"]!.GetValue<bool>())
        {
            parts.Add((JsonNode)new JsonObject { ["text"] = "Here is the picture." });
        }

        var piece = view.Order.Pieces[0];
        var data = Convert.ToBase64String(await view.DrawAsync(0, cancel));
        if (view.Order.Model == "gemini-3-pro-image")
        {
            parts.Add((JsonNode)new JsonObject { ["thought"] = true, ["inlineData"] = new JsonObject { ["mimeType"] = piece.ContentType, ["data"] = data } });
        }

        parts.Add((JsonNode)new JsonObject
        {
            ["inlineData"] = new JsonObject { ["mimeType"] = piece.Kind == PieceKind.Audio ? "audio/L16;codec=pcm;rate=24000" : piece.ContentType, ["data"] = data },
        });
        return (parts, false);
    }
}
