using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Recraft;

/// <summary>Recraft: pictures at once. Some errors are plain text, and each answer reports what it cost.</summary>
internal sealed partial class RecraftStandIn : StandInApi
{
    private static readonly string[] s_ratios = ["1:1", "2:1", "1:2", "3:2", "2:3", "4:3", "3:4", "5:4", "4:5", "6:10", "14:10", "10:14", "16:9", "9:16"];

    private static readonly string[] s_oldSizes =
    [
        "1024x1024", "1365x1024", "1024x1365", "1536x1024", "1024x1536", "1820x1024", "1024x1820", "1024x2048", "2048x1024", "1434x1024", "1024x1434", "1024x1280",
        "1280x1024", "1024x1707",
        "1707x1024",
    ];

    public override string Name => "recraft";

    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey or RefusalKind.WrongKey => Reply.OfText(401, "request unauthorized"),
        RefusalKind.UnknownPath or RefusalKind.UnknownJob => Reply.OfText(404, "404 page not found"),
        RefusalKind.RateLimited or RefusalKind.TooManyJobs => Error(429, "rate_limit", "Too many requests"),
        RefusalKind.NoCredits => Error(402, "not_enough_credits", "Not enough API units"),
        RefusalKind.Unavailable => Error(503, "unavailable", "Service unavailable"),
        RefusalKind.Moderated => Error(422, "content_moderated", "The prompt was refused by moderation"),
        RefusalKind.Failed => Error(500, "internal_error", "Internal error"),
        RefusalKind.TimedOut => Error(504, "timeout", "Timed out"),
        RefusalKind.UnknownModel => Error(400, "invalid_parameter", $"model {refusal.Subject} is not supported"),
        RefusalKind.Asked => Error(refusal.Asked.Status, refusal.Asked.Code, refusal.Asked.Code.Replace('_', ' ')),
        RefusalKind.NotJson => Error(400, "invalid_body", "The body cannot be read"),
        _ => Error(400, "invalid_parameter", $"{refusal.Wrong?.Path} {refusal.Wrong?.Message}"),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        foreach (var path in (string[])["generations", "generations/raster", "generations/vector"])
        {
            routes.MapPost("v1/images/" + path, endpoints.Submit((body, _) => Generate(body), AnswerAsync, true, Refuse));
        }

        foreach (var path in (string[])["imageToImage", "inpaint", "outpaint", "replaceBackground", "generateBackground"])
        {
            routes.MapPost("v1/images/" + path, endpoints.Submit((body, _) => Change(body, path), AnswerAsync, true, Refuse));
        }

        foreach (var (path, units) in ((string, int)[])[("crispUpscale", 4), ("creativeUpscale", 250), ("clarityUpscale", 4), ("generativeUpscale", 250),
            ("removeBackground", 10), ("vectorize", 10), ("eraseRegion", 2)])
        {
            routes.MapPost("v1/images/" + path, endpoints.Submit((body, _) => Process(body, path, units), AnswerAsync, true, Refuse));
        }

        routes.MapGet("v1/users/me", endpoints.Respond(_ =>
            Reply.Ok(new JsonObject { ["id"] = "0b1c2d3e-0000-4000-8000-0000000000ff", ["email"] = "dev@example.com", ["name"] = "Sandbox", ["credits"] = 41_250 })));
        routes.MapGet("v1/models", endpoints.Respond(_ => Reply.Ok(new JsonObject
        {
            ["data"] = new JsonArray([.. ((string[])["recraftv4_1", "recraftv4_1_pro", "recraftv3"]).Select(m => new JsonObject
            {
                ["id"] = m, ["name"] = m, ["created"] = 1_775_000_000, ["description"] = "", ["input_modalities"] = new JsonArray("text"),
                ["output_modalities"] = new JsonArray("image"),
                ["pricing"] = new JsonObject { ["image"] = (Units(m) / 1000m).ToString(System.Globalization.CultureInfo.InvariantCulture) },
            })]),
        })));
        routes.MapGet("status", context => Reply.Ok(new JsonObject { ["service"] = "ok", ["generation"] = "ok" }).WriteAsync(context));
    }

    private static Reply Error(int status, string code, string message) => new(status, new JsonObject { ["code"] = code, ["message"] = message });

    /// <summary>API units a picture; 1,000 are a US dollar.</summary>
    private static int Units(string model) => model switch
    {
        "recraftv4_1_flash" => 7,
        "recraftv3" => 40,
        "recraftv2" => 22,
        "recraftv2_vector" => 44,
        _ when model.EndsWith("_vector", StringComparison.Ordinal) => 80,
        _ => model.Contains("pro", StringComparison.Ordinal) ? 210 : 35,
    };

    private static Order Generate(Reading body)
    {
        body.Only(
            "prompt", "model", "n", "size", "style", "substyle", "style_id", "style_match", "style_reference_urls", "negative_prompt", "text_layout", "controls",
            "random_seed", "response_format",
            "image_format", "block_nsfw", "calculate_features", "expire", "upscale", "creativity");
        return Order(body, "generations");
    }

    private static Order Change(Reading body, string operation)
    {
        body.Only([
            "prompt", "model", "n", "style", "substyle", "style_id", "negative_prompt", "text_layout", "controls", "random_seed", "response_format", "image_format",
            "block_nsfw", "calculate_features",
            "image_url", "image", .. operation switch
            {
                "imageToImage" => new[] { "strength" },
                "inpaint" or "generateBackground" => ["mask_url", "mask"],
                "outpaint" => ["expand_left", "expand_right", "expand_top", "expand_bottom", "size", "zoom_out_percentage"],
                _ => [],
            }]);
        NeedFile(body, "image");
        if (operation is "inpaint" or "generateBackground")
        {
            NeedFile(body, "mask");
        }

        if (operation == "imageToImage" && body.MaybeNumber("strength", 0, 1) is null)
        {
            body.Fail("strength", "is required", WrongKind.Missing);
        }

        return Order(body, operation);
    }

    private static Order Process(Reading body, string operation, int units)
    {
        body.Only("image_url", "image", "mask_url", "mask", "response_format", "image_format", "expire");
        NeedFile(body, "image");
        if (operation == "eraseRegion")
        {
            NeedFile(body, "mask");
        }

        var format = body.MaybeOneOf("response_format", "url", "b64_json") ?? "url";
        return new("recraft-" + operation, "", [Piece.Image(operation == "vectorize" ? "svg" : "png", (1024, 1024))]) { Facts = new() { ["format"] = format,
            ["units"] = units, ["single"] = true } };
    }

    private static void NeedFile(Reading body, string name)
    {
        if (!body.MaybeLink(name + "_url") && !body.MaybeLink(name))
        {
            body.Fail(name + "_url", "is required", WrongKind.Missing);
        }
    }

    private static Order Order(Reading body, string operation)
    {
        var model = body.MaybeText("model") ?? "recraftv4_1";
        if (!KnownModel().IsMatch(model))
        {
            body.Fail("model", model, WrongKind.Model);
        }

        var isFourth = model.StartsWith("recraftv4", StringComparison.Ordinal);
        var prompt = operation == "outpaint" ? body.MaybeText("prompt", 10_000) ?? "" : body.Text("prompt", isFourth ? 10_000 : 1_000);
        if (isFourth && !model.Contains("styles", StringComparison.Ordinal) && (body.Has("style") || body.Has("style_id") || body.Has("substyle")))
        {
            body.Fail("style", $"is not supported by model {model}");
        }

        body.MaybeText("negative_prompt");
        body.MaybeText("style");
        body.MaybeWhole("random_seed", 0, uint.MaxValue);
        body.MaybeObject("controls");
        var count = (int)Math.Clamp(body.MaybeWhole("n", 1, 6) ?? 1, 1, 6);
        var format = body.MaybeOneOf("response_format", "url", "b64_json") ?? "url";
        var encoding = body.MaybeOneOf("image_format", "webp", "png") ?? "webp";
        var size = Size(body, model, isFourth);
        return new(model, prompt, [.. Enumerable.Repeat(Piece.Image(model.EndsWith("_vector", StringComparison.Ordinal) ? "svg" : encoding, size), count)])
        {
            Facts = new() { ["format"] = format, ["units"] = Units(model) * count },
        };
    }

    private static (int Width, int Height) Size(Reading body, string model, bool isFourth)
    {
        var area = model.Contains("pro", StringComparison.Ordinal) ? 2048.0 * 2048 : 1024 * 1024;
        if (body.MaybeText("size") is not { } text)
        {
            return Shape.Area("1:1", area);
        }

        if (s_ratios.Contains(text))
        {
            return Shape.Area(text, area);
        }

        var size = Shape.Pixels(text);
        var good = isFourth
            ? size is var (w, h) && w % 32 == 0 && h % 32 == 0 && Math.Abs(((double)w * h / area) - 1) < 0.15
            : s_oldSizes.Contains(text);
        if (!good)
        {
            body.Fail("size", $"{text} is not supported by model {model}");
        }

        return good ? size!.Value : (1024, 1024);
    }

    private async Task AnswerAsync(View view, HttpContext context)
    {
        if (view.State != JobState.Succeeded)
        {
            await Refuse(view.Failure).WriteAsync(context);
            return;
        }

        var inline = view.Order.Facts["format"]!.GetValue<string>() == "b64_json";
        var images = new List<JsonNode>();
        for (var i = 0; i < view.Order.Pieces.Count; i++)
        {
            images.Add(new JsonObject
            {
                ["image_id"] = view.Endpoints.Chance.Uuid(),
                [inline ? "b64_json" : "url"] = inline ? Convert.ToBase64String(await view.DrawAsync(i, context.RequestAborted)) : view.Link(i),
            });
        }

        var answer = new JsonObject { ["created"] = view.AcceptedSeconds, ["credits"] = view.Order.Facts["units"]!.DeepClone() };
        answer[view.Order.Facts.ContainsKey("single") ? "image" : "data"] = view.Order.Facts.ContainsKey("single") ? images[0] : new JsonArray([.. images]);
        await Reply.Ok(answer).WriteAsync(context);
    }

    [GeneratedRegex("^recraftv(?:4_1(?:_pro|_utility|_utility_pro)?(?:_raster|_vector)?|4_1_flash|4(?:_pro|_styles)?(?:_raster|_vector)?|[23](?:_vector)?)$")]
    private static partial Regex KnownModel();
}
