using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.MiniMax;

/// <summary>The first interface. Every answer has status 200; <c>base_resp</c> holds the true one. A result takes three steps: poll, file, download.</summary>
internal static class MiniMaxOld
{
    private static readonly string[] s_models = ["MiniMax-Hailuo-2.3", "MiniMax-Hailuo-2.3-Fast", "MiniMax-Hailuo-02", "T2V-01", "T2V-01-Director", "I2V-01",
        "I2V-01-Director", "I2V-01-live", "S2V-01"];

    public static void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost("v1/video_generation", endpoints.Submit((body, _) => Video(body), (view, context) =>
            Reply.Ok(new JsonObject { ["task_id"] = view.Job.Id, ["base_resp"] = Base() }).WriteAsync(context), false, Refuse));
        routes.MapPost("v1/image_generation", endpoints.Submit((body, _) => Image(body), ImagesAsync, true, Refuse));
        routes.MapGet("v1/query/video_generation", endpoints.ForJob(context => context.Request.Query["task_id"], Poll, _ => Refuse(new(RefusalKind.UnknownJob))));
        routes.MapGet("v1/files/retrieve", endpoints.ForJob(context => JobOf(context.Request.Query["file_id"].ToString()), view => Reply.Ok(new JsonObject
        {
            ["file"] = new JsonObject
            {
                ["file_id"] = long.Parse(FileOf(view.Job.Id)), // a number beyond 2^53, as it is there
                ["bytes"] = 5_896_337, ["created_at"] = view.ChangedAt.ToUnixTimeSeconds(), ["filename"] = "output_aigc.mp4", ["purpose"] = "video_generation",
                ["download_url"] = view.Link(),
            },
            ["base_resp"] = Base(),
        }), _ => Refuse(new(RefusalKind.UnknownJob))));
        routes.MapGet("v1/files/list", endpoints.Respond(_ => Reply.Ok(new JsonObject { ["files"] = new JsonArray(), ["base_resp"] = Base() })));
    }

    public static JsonObject Called(View view) => new() { ["task_id"] = view.Job.Id, ["status"] = view.State == JobState.Succeeded ? "success" : "failed" };

    /// <summary>Eighteen digits, distinguished from a task's id by what they start with.</summary>
    private static string FileOf(string id) => "205" + id;

    private static string JobOf(string file) => file.StartsWith("205", StringComparison.Ordinal) ? file[3..] : "";

    private static JsonObject Base(int code = 0, string message = "success") => new() { ["status_code"] = code, ["status_msg"] = message };

    private static Reply Refuse(Refusal refusal)
    {
        var (code, message) = refusal.Kind switch
        {
            RefusalKind.MissingKey => (1004, "login fail: Please carry the API secret key in the 'Authorization' field of the request header"),
            RefusalKind.WrongKey => (2049, "invalid api key"),
            RefusalKind.RateLimited or RefusalKind.TooManyJobs => (1002, "rate limit"),
            RefusalKind.NoCredits => (1008, "insufficient balance"),
            RefusalKind.Unavailable => (1000, "unknown error"),
            RefusalKind.Asked => (int.TryParse(refusal.Asked.Code, out var asked) ? asked : 1000, "asked for by the prompt"),
            RefusalKind.UnknownModel => (2013, $"invalid params, model {refusal.Subject} not supported"),
            RefusalKind.UnknownJob => (2013, "invalid params, invalid task id"),
            _ => (2013, $"invalid params, {refusal.Wrong?.Path} {refusal.Wrong?.Message}"),
        };
        return Reply.Ok(new JsonObject { ["task_id"] = "", ["base_resp"] = Base(code, message) });
    }

    private static Order Video(Reading body)
    {
        var model = body.Model("model", s_models);
        var prompt = body.MaybeText("prompt", 2000) ?? "";
        var seconds = body.MaybeWhole("duration", 6, 10) ?? 6;
        var isOld = model.EndsWith("01", StringComparison.Ordinal) || model.Contains("01-", StringComparison.Ordinal);
        var resolution = body.MaybeOneOf("resolution", isOld ? ["720P"] : ["512P", "768P", "1080P"]) ?? (isOld ? "720P" : "768P");
        if (seconds is not (6 or 10) || (resolution == "1080P" && seconds != 6))
        {
            body.Fail("duration", "must be 6 or 10, and 6 with 1080P");
        }

        body.MaybeFlag("prompt_optimizer");
        body.MaybeFlag("fast_pretreatment");
        body.MaybeFlag("aigc_watermark");
        if (!body.MaybeLink("first_frame_image") && prompt.Length == 0)
        {
            body.Fail("prompt", "is required", WrongKind.Missing);
        }

        if (body.MaybeLink("last_frame_image") && model != "MiniMax-Hailuo-02")
        {
            body.Fail("last_frame_image", "is not supported by this model");
        }

        return new(model, prompt, [Piece.Video(Shape.Of("16:9", Shape.Shorter(resolution, 768)), seconds)]) { Webhook = body.MaybeText("callback_url"),
            Facts = new() { ["v1"] = true } };
    }

    private static Reply Poll(View view)
    {
        var done = view.State == JobState.Succeeded;
        var piece = view.Order.Pieces[0];
        var answer = new JsonObject
        {
            ["task_id"] = view.Job.Id,
            ["status"] = view.State switch { JobState.Queued => "Queueing", JobState.Running => "Processing", JobState.Succeeded => "Success", _ => "Fail" },
            ["file_id"] = done ? FileOf(view.Job.Id) : "",
        };
        if (view.State is JobState.Moderated or JobState.Failed or JobState.TimedOut)
        {
            answer["base_resp"] = view.State == JobState.Moderated ? Base(1027, "output new_sensitive")
                : Base(int.TryParse(view.Job.Magic.Fail, out var code) ? code : 1000, "unknown error");
            return Reply.Ok(answer);
        }

        answer["video_width"] = done ? piece.Width : 0;
        answer["video_height"] = done ? piece.Height : 0;
        answer["base_resp"] = Base();
        return Reply.Ok(answer);
    }

    private static Order Image(Reading body)
    {
        body.Only("model", "prompt", "aspect_ratio", "width", "height", "n", "seed", "response_format", "prompt_optimizer", "subject_reference", "aigc_watermark", "style");
        var model = body.Model("model", "image-01", "image-01-live");
        var prompt = body.Text("prompt", 1500);
        var ratio = body.MaybeOneOf("aspect_ratio", "1:1", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "21:9");
        var width = body.MaybeWhole("width", 512, 2048);
        var height = body.MaybeWhole("height", 512, 2048);
        if (width % 8 > 0 || height % 8 > 0 || width is null != height is null)
        {
            body.Fail("width", "and height must be given together, as multiples of 8");
        }

        body.MaybeWhole("seed");
        body.MaybeFlag("prompt_optimizer");
        var size = width is { } w && height is { } h ? ((int)w, (int)h) : Shape.Area(ratio, 1024 * 1024);
        var count = (int)Math.Clamp(body.MaybeWhole("n", 1, 9) ?? 1, 1, 9);
        var format = body.MaybeOneOf("response_format", "url", "base64") ?? "url";
        return new(model, prompt, [.. Enumerable.Repeat(Piece.Image("jpeg", size), count)]) { Facts = new() { ["v1"] = true, ["format"] = format } };
    }

    private static async Task ImagesAsync(View view, HttpContext context)
    {
        if (view.State != JobState.Succeeded)
        {
            await Reply.Ok(new JsonObject { ["id"] = view.Job.Id, ["base_resp"] = view.State == JobState.Moderated ? Base(1026, "input new_sensitive")
                : Base(1000, "unknown error") }).WriteAsync(context);
            return;
        }

        var inline = (string?)view.Order.Facts["format"] == "base64";
        var good = view.Order.Pieces.Count - view.Job.Filtered;
        var images = new JsonArray();
        for (var i = 0; i < good; i++)
        {
            images.Add((JsonNode)(inline ? Convert.ToBase64String(await view.DrawAsync(i, context.RequestAborted)) : view.Link(i)));
        }

        await Reply.Ok(new JsonObject
        {
            ["id"] = view.Job.Id,
            ["data"] = new JsonObject { [inline ? "image_base64" : "image_urls"] = images },
            ["metadata"] = new JsonObject { ["success_count"] = $"{good}", ["failed_count"] = $"{view.Job.Filtered}" },
            ["base_resp"] = Base(),
        }).WriteAsync(context);
    }
}
