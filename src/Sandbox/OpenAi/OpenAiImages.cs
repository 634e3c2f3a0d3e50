using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.OpenAi;

/// <summary>The bodies and answers of pictures: whole, or as events with partial pictures before.</summary>
internal sealed class OpenAiImages(Func<Refusal, Reply> refuse)
{
    private const int MostImages = 16;

    public static Order Read(Reading body, bool edits)
    {
        body.Only([
            "prompt", "model", "n", "size", "quality", "output_format", "output_compression", "background", "moderation", "stream", "partial_images", "user",
            "safety_identifier", "complexity", "svg",
            "frame_count", "frame_duration_ms", .. edits ? new[] { "image", "images", "mask", "input_fidelity", "markup" } : []]);
        var model = body.Has("model") || !edits ? body.Model("model", OpenAiModels.Images) : "gpt-image-1.5";
        var isSecond = OpenAiModels.IsSecond(model);
        var prompt = body.Text("prompt", 32_000);
        var count = (int)Math.Clamp(body.MaybeWhole("n", 1, 10) ?? 1, 1, 10);
        var best = model.StartsWith("gpt-image-2.", StringComparison.Ordinal);
        var quality = body.MaybeOneOf("quality", best ? ["auto", "low", "medium", "high", "xhigh", "max"] : ["auto", "low", "medium", "high"]) ?? "auto";
        var format = body.MaybeOneOf("output_format", "png", "jpeg", "webp", "svg") ?? "png";
        var background = body.MaybeOneOf("background", "auto", "transparent", "opaque") ?? "auto";
        body.MaybeOneOf("moderation", "auto", "low");
        if (body.MaybeWhole("output_compression", 0, 100) is not null && format is not ("jpeg" or "webp"))
        {
            body.Fail("output_compression", "is only for jpeg and webp");
        }

        if (background == "transparent" && format == "jpeg")
        {
            body.Fail("background", "transparent is only for png and webp");
        }

        var streams = body.MaybeFlag("stream") == true;
        var partial = (int)Math.Clamp(body.MaybeWhole("partial_images", 0, 3) ?? 0, 0, 3);
        if ((body.Has("partial_images") && !streams) || (streams && format == "svg") || (format == "svg" && count > 1))
        {
            body.Fail("partial_images", "needs stream, and neither goes with svg");
        }

        var inputs = edits ? Inputs(body, model) : 0;
        var size = Size(body, isSecond);
        var effective = quality == "auto" ? "medium" : quality;
        var tokens = Tokens(effective, size.Width, size.Height) * count;
        return new(model, prompt, [.. Enumerable.Repeat(Piece.Image(format, size), count)])
        {
            Facts = new()
            {
                ["edits"] = edits, ["stream"] = streams, ["partial"] = partial, ["quality"] = effective, ["background"] = background == "auto" ? "opaque"
                    : background, ["output"] = tokens, ["inputs"] = inputs,
            },
        };
    }

    /// <summary>Output tokens of one picture: a table for a square, by area for the rest.</summary>
    public static int Tokens(string quality, int width, int height)
    {
        var square = quality switch { "low" => 272, "medium" => 1056, "high" => 4160, "xhigh" => 6240, _ => 8320 };
        return (int)Math.Round(square * ((double)width * height / (1024 * 1024)));
    }

    public static (int Width, int Height) Size(Reading body, bool isSecond)
    {
        var text = body.MaybeText("size") ?? "auto";
        if (text is "auto" or "1024x1024")
        {
            return (1024, 1024);
        }

        var size = Shape.Pixels(text);
        var good = text is "1536x1024" or "1024x1536"
            || (isSecond && size is var (w, h) && w % 16 == 0 && h % 16 == 0 && Math.Max(w, h) <= 3 * Math.Min(w, h) && Math.Max(w, h) <= 3840
            && (long)w * h <= 3840L * 2160 && Math.Min(w, h) >= 64);
        if (!good)
        {
            body.Fail("size", $"'{text}' is not one of '1024x1024', '1024x1536', '1536x1024', and 'auto'");
        }

        return good ? size!.Value : (1024, 1024);
    }

    /// <summary>Answers when it is done; a stream shows the picture before.</summary>
    public async Task AnswerAsync(JobEndpoints endpoints, View view, HttpContext context)
    {
        var events = view.Order.Facts["stream"]!.GetValue<bool>() ? new EventStream(context) : null;
        var partial = events is null || view.Timeline.Ending == JobEnding.Moderated ? 0 : view.Order.Facts["partial"]!.GetValue<int>();
        for (var i = 0; i < partial; i++)
        {
            await events!.SendAsync(await EventAsync(view, context, "partial_image", "partial_image_index", i));
        }

        if (!await endpoints.WaitAsync(context, view.Job, TimeSpan.MaxValue))
        {
            context.Abort();
            return;
        }

        view = endpoints.ViewOf(view);
        if (view.State != JobState.Succeeded && partial > 0)
        {
            // Its status is gone with the first event.
            await events!.SendAsync(new JsonObject { ["type"] = "error", ["error"] = refuse(view.Failure).Body!["error"]!.DeepClone() });
        }
        else if (view.State != JobState.Succeeded)
        {
            await refuse(view.Failure).WriteAsync(context);
        }
        else if (events is not null)
        {
            await events.SendAsync(await EventAsync(view, context, "completed", "usage", Usage(view)));
        }
        else
        {
            var answer = Echo(view);
            answer["created"] = view.AcceptedSeconds;
            var data = new JsonArray();
            for (var i = 0; i < view.Order.Pieces.Count; i++)
            {
                data.Add((JsonNode)new JsonObject { ["b64_json"] = Convert.ToBase64String(await view.DrawAsync(i, context.RequestAborted)) });
            }

            answer["data"] = data;
            answer["usage"] = Usage(view);
            await Reply.Ok(answer).With("x-request-id", "req_" + view.Job.Id).WriteAsync(context);
        }
    }

    private static async Task<JsonObject> EventAsync(View view, HttpContext context, string what, string name, JsonNode value)
    {
        var message = Echo(view);
        message["type"] = (view.Order.Facts["edits"]!.GetValue<bool>() ? "image_edit." : "image_generation.") + what;
        message["b64_json"] = Convert.ToBase64String(await view.DrawAsync(0, context.RequestAborted));
        message["created_at"] = view.AcceptedSeconds;
        message[name] = value;
        return message;
    }

    /// <summary>The effective values, never <c>auto</c>.</summary>
    private static JsonObject Echo(View view) => new()
    {
        ["background"] = view.Order.Facts["background"]!.DeepClone(), ["output_format"] = view.Order.Pieces[0].Format,
        ["quality"] = view.Order.Facts["quality"]!.DeepClone(),
        ["size"] = $"{view.Order.Pieces[0].Width}x{view.Order.Pieces[0].Height}",
    };

    private static JsonObject Usage(View view)
    {
        var text = EchoText.Tokens(view.Order.Prompt);
        var image = view.Order.Facts["inputs"]!.GetValue<int>() * 377;
        var output = view.Order.Facts["output"]!.GetValue<int>();
        return new()
        {
            ["input_tokens"] = text + image, ["output_tokens"] = output, ["total_tokens"] = text + image + output,
            ["input_tokens_details"] = new JsonObject { ["text_tokens"] = text, ["image_tokens"] = image },
            ["output_tokens_details"] = new JsonObject { ["text_tokens"] = 0, ["image_tokens"] = output },
        };
    }

    /// <summary>A form has <c>image</c> once or <c>image[]</c>; JSON has <c>images</c> of objects. A mask has the size of the first picture.</summary>
    private static int Inputs(Reading body, string model)
    {
        var count = 0;
        body.Value.TryGetProperty("image", out var given);
        if (body.Has("images"))
        {
            foreach (var image in body.List("images", MostImages))
            {
                CheckReference(image);
                count++;
            }
        }
        else if (given.ValueKind == JsonValueKind.Array)
        {
            count = body.Links("image", MostImages);
        }
        else
        {
            body.Link("image");
            count = 1;
        }

        if (body.Value.TryGetProperty("mask", out var mask) && mask.ValueKind == JsonValueKind.Object)
        {
            CheckReference(body.Object("mask"));
        }
        else if (body.MaybeLink("mask") && given.ValueKind != JsonValueKind.Undefined)
        {
            var first = given.ValueKind == JsonValueKind.Array ? given[0] : given;
            if (SizeOf(mask.GetString()) is { } of && SizeOf(first.GetString()) is { } expected && of != expected)
            {
                body.Fail("mask", "must have the size of the image");
            }
        }

        if (body.MaybeOneOf("input_fidelity", "high", "low") is { } fidelity && (OpenAiModels.IsSecond(model) || (fidelity == "high" && model == "gpt-image-1-mini")))
        {
            body.Fail("input_fidelity", "is not supported by this model");
        }

        if (body.Has("markup") && (body.Has("mask") || !model.StartsWith("gpt-image-2.5", StringComparison.Ordinal)))
        {
            body.Fail("markup", "is only for gpt-image-2.5 and never with mask");
        }

        return count;
    }

    private static void CheckReference(Reading image)
    {
        image.Only("image_url", "file_id");
        if (!image.MaybeLink("image_url"))
        {
            image.Text("file_id");
        }
    }

    private static (int Width, int Height)? SizeOf(string? uri) =>
        uri is not null && uri.StartsWith("data:", StringComparison.Ordinal) && ImageProbe.FromBase64(uri.AsSpan(uri.IndexOf(',') + 1)) is { } bytes
            ? ImageProbe.SizeOf(bytes) : null;
}
