using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.BytePlus;

/// <summary><c>POST /images/generations</c>: answered at once. A refused picture is an entry with an error inside a 200.</summary>
internal static class BytePlusImages
{
    public static Order Read(Reading body)
    {
        body.Only(
            "model", "prompt", "image", "size", "sequential_image_generation", "sequential_image_generation_options", "response_format", "output_format",
            "watermark", "stream", "seed",
            "guidance_scale", "optimize_prompt_options");
        var model = body.Model("model", "dola-seedream-5-0-pro-260628", "seedream-5-0-260128", "seedream-4-5-251128", "seedream-4-0-250828");
        var prompt = body.Text("prompt");
        var isFifth = model.Contains("-5-0", StringComparison.Ordinal);
        if (body.Value.TryGetProperty("image", out var image) && image.ValueKind == JsonValueKind.Array)
        {
            body.Links("image", isFifth ? 10 : 14);
        }
        else
        {
            body.MaybeLink("image");
        }

        var text = body.MaybeText("size") ?? "2K";
        var size = text switch { "1K" => (1024, 1024), "2K" => (2048, 2048), "4K" => (4096, 4096), _ => Shape.Pixels(text) };
        if (size is not (>= 240 and <= 8192, >= 240 and <= 8192))
        {
            body.Fail("size", "must be 1K, 2K, 4K or WxH");
        }

        var many = body.MaybeOneOf("sequential_image_generation", "auto", "disabled") == "auto";
        var most = body.Object("sequential_image_generation_options").MaybeWhole("max_images", 1, 15) ?? 15;
        var format = body.MaybeOneOf("response_format", "url", "b64_json") ?? "url";
        if (body.MaybeOneOf("output_format", "png", "jpeg") is not null && !isFifth)
        {
            body.Fail("output_format", "is not supported by this model", WrongKind.Unknown);
        }

        foreach (var name in (string[])["seed", "guidance_scale"])
        {
            if (body.Has(name))
            {
                body.Fail(name, "is not supported by this model", WrongKind.Unknown);
            }
        }

        body.MaybeFlag("watermark");
        if (body.MaybeFlag("stream") == true)
        {
            body.Fail("stream", "is not served by the sandbox");
        }

        var (width, height) = size ?? (2048, 2048);
        var piece = Piece.Image(body.MaybeText("output_format") ?? "jpeg", (Math.Min(width, 4096), Math.Min(height, 4096)));
        return new(model, prompt, [.. Enumerable.Repeat(piece, many ? (int)Math.Clamp(most, 1, 15) : 1)]) { Facts = new() { ["format"] = format } };
    }

    public static async Task AnswerAsync(View view, HttpContext context)
    {
        if (view.State is JobState.Failed or JobState.TimedOut)
        {
            await BytePlusStandIn.Error(500, "InternalServiceError", "The service encountered an unexpected internal error.", "InternalServerError").WriteAsync(context);
            return;
        }

        var data = new JsonArray();
        var refused = view.State == JobState.Moderated ? view.Order.Pieces.Count : view.Job.Filtered;
        for (var i = 0; i < view.Order.Pieces.Count; i++)
        {
            var piece = view.Order.Pieces[i];
            if (i >= view.Order.Pieces.Count - refused)
            {
                data.Add((JsonNode)new JsonObject
                {
                    ["error"] = new JsonObject { ["code"] = "OutputImageSensitiveContentDetected", ["message"] = "The output image may contain sensitive information." },
                });
                continue;
            }

            var inline = view.Order.Facts["format"]!.GetValue<string>() == "b64_json";
            data.Add((JsonNode)new JsonObject
            {
                [inline ? "b64_json" : "url"] = inline ? Convert.ToBase64String(await view.DrawAsync(i, context.RequestAborted)) : view.Link(i),
                ["size"] = $"{piece.Width}x{piece.Height}",
            });
        }

        var good = view.Order.Pieces.Count - refused;
        var tokens = good * view.Order.Pieces[0].Width * view.Order.Pieces[0].Height / 256;
        await Reply.Ok(new JsonObject
        {
            ["model"] = view.Order.Model,
            ["created"] = view.AcceptedSeconds,
            ["data"] = data,
            ["usage"] = new JsonObject { ["generated_images"] = good, ["output_tokens"] = tokens, ["total_tokens"] = tokens },
        }).WriteAsync(context);
    }
}
