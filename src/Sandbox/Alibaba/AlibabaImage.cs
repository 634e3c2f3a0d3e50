using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Alibaba;

/// <summary>The body and the answer of pictures.</summary>
internal static class AlibabaImage
{
    public static Order Read(Reading body)
    {
        body.Only("model", "input", "parameters");
        var model = body.Model("model", "wan2.6-image", "wan2.6-t2i", "qwen-image-3.0", "qwen-image-3.0-pro", "z-image-turbo");
        var (input, parameters) = (body.Object("input"), body.Object("parameters"));
        input.Only("messages");
        var messages = input.List("messages", 1);
        if (messages.Count == 0)
        {
            input.Fail("messages", "is required", WrongKind.Missing);
        }

        var prompt = "";
        foreach (var content in messages.SelectMany(m => m.List("content", 10)))
        {
            content.Only("text", "image");
            prompt = content.MaybeText("text") ?? prompt;
            content.MaybeLink("image");
        }

        foreach (var message in messages)
        {
            message.OneOf("role", "user");
        }

        parameters.Only("size", "n", "negative_prompt", "prompt_extend", "watermark", "seed", "enable_interleave", "max_images");
        parameters.MaybeText("negative_prompt", 500);
        foreach (var flag in (string[])["prompt_extend", "watermark", "enable_interleave"])
        {
            parameters.MaybeFlag(flag);
        }

        parameters.MaybeWhole("seed", 0, int.MaxValue);
        var count = (int)Math.Clamp(parameters.MaybeWhole("n", 1, 6) ?? 1, 1, 6);
        var size = parameters.MaybeText("size") switch { null => (1280, 1280), "1K" => (1024, 1024), "2K" => (2048, 2048), { } text => Shape.Pixels(text, '*') };
        if (size is not (>= 240 and <= 4096, >= 240 and <= 4096))
        {
            parameters.Fail("size", "must be 1K, 2K or as in 1280*1280");
        }

        return new(model, prompt, [.. Enumerable.Repeat(Piece.Image("png", size is (>= 240 and <= 4096, >= 240 and <= 4096) ? size.Value : (1280, 1280)), count)]);
    }

    public static JsonArray Choices(View view) => new([.. view.Order.Pieces.Select((_, i) => new JsonObject
    {
        ["finish_reason"] = "stop",
        ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["type"] = "image", ["image"] = view.Link(i) }) },
    })]);

    public static JsonObject Usage(View view) =>
        new() { ["image_count"] = view.Order.Pieces.Count, ["size"] = $"{view.Order.Pieces[0].Width}*{view.Order.Pieces[0].Height}" };
}
