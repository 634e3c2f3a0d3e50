using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.ElevenLabs;

/// <summary>The Flows API: jobs for speech, pictures and clips. Media come as bytes, as assets or as earlier generations, never as addresses.</summary>
internal static class ElevenLabsFlows
{
    private static readonly string[] s_formats = [.. ElevenLabsAudio.Formats.Where(f => f.StartsWith("mp3", StringComparison.Ordinal))];

    private static readonly string[] s_images =
    [
        "gpt-image-1", "gpt-image-1.5", "gpt-image-2", "gpt-image-2.5-flare", "gpt-image-2.5-sunburst", "gemini-2.5-flash-image", "gemini-3-pro-image",
        "gemini-3.1-flash-image",
        "gemini-3.1-flash-lite-image", "bytedance-seedream-5-lite", "bytedance-seedream-5-pro",
    ];

    private static readonly string[] s_videos =
    [
        "bytedance-seedance-v2", "bytedance-seedance-v2-fast", "bytedance-seedance-v2-mini", "bytedance-seedance-v2.5", "veo-3.1-generate-001",
        "veo-3.1-fast-generate-001", "creatify-aurora",
    ];

    public static void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        foreach (var (kind, read) in ((string, Func<Reading, Order>)[])[("text-to-speech", Speech), ("image", Image), ("video", Video)])
        {
            var path = "v1/flows/" + kind;
            routes.MapPost(path, endpoints.Submit((body, _) => read(body) is var order ? order with { Facts = Marked(order.Facts, kind) } : null, view =>
                Reply.Ok(new JsonObject { ["id"] = view.Job.Id, ["status"] = "pending" })));
            routes.MapGet(path + "/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Reply.Ok(Generation(view))));
            routes.MapGet(path, endpoints.Respond(context =>
                {
                var size = int.TryParse(context.Request.Query["page_size"], out var asked) && asked is > 0 and <= 100 ? asked : 20;
                var all = endpoints.Newest().Where(j => (string?)j.Order.Facts["flow"] == kind).Select(j => endpoints.ViewOf(context, j)).ToList();
                return Reply.Ok(new JsonObject { ["generations"] = new JsonArray([.. all.Take(size).Select(Generation)]), ["next_cursor"] = null,
                    ["has_more"] = all.Count > size });
            }));
        }
    }

    private static JsonObject Marked(JsonObject facts, string kind)
    {
        facts["flow"] = kind;
        return facts;
    }

    private static JsonObject Generation(View view)
    {
        var answer = new JsonObject { ["id"] = view.Job.Id };
        switch (view.State)
        {
            case JobState.Queued or JobState.Running:
                answer["status"] = view.State == JobState.Queued ? "pending" : "generating";
                break;
            case JobState.Succeeded:
                answer["status"] = "completed";
                answer["content_url"] = view.Link();
                answer["content_mime_type"] = view.Order.Pieces[0].ContentType;
                break;
            default:
                answer["status"] = "failed";
                (answer["failure_reason"], answer["error_message"]) = view.State switch
                {
                    JobState.Moderated => ("moderated", "The request was refused by moderation."),
                    JobState.TimedOut => ("timeout", "The generation took too long."),
                    _ => (view.Job.Magic.Fail ?? "model_error", "The model failed."),
                };
                break;
        }

        return answer;
    }

    private static Order Speech(Reading body)
    {
        body.Only("model_id", "text", "voice", "output_format", "language_code", "voice_settings", "pronunciation_dictionary_locators", "webhook");
        var model = body.Model("model_id", "eleven_flash_v2_5", "eleven_multilingual_v2", "eleven_v3");
        var text = body.Text("text", 40_000);
        body.Text("voice");
        return new(model, text, [ElevenLabsAudio.Piece(body.MaybeOneOf("output_format", s_formats) is { } format && s_formats.Contains(format) ? format : "mp3_44100_128", (text.Length / 15.0) + 0.5)]);
    }

    private static Order Image(Reading body)
    {
        body.Only("model_id", "prompt", "images", "mask", "quality", "aspect_ratio", "resolution", "webhook");
        var model = body.Model("model_id", s_images);
        var prompt = body.Text("prompt");
        foreach (var image in body.List("images", 16))
        {
            CheckMedia(image);
        }

        return new(model, prompt, [Piece.Image("png", Shape.Area(body.MaybeText("aspect_ratio"), 1024 * 1024))]);
    }

    private static Order Video(Reading body)
    {
        body.Only(
            "model_id", "prompt", "duration_secs", "aspect_ratio", "resolution", "generate_audio", "start_frame", "end_frame", "images", "videos", "audios", "seed",
            "negative_prompt", "webhook");
        var model = body.Model("model_id", s_videos);
        var prompt = body.Text("prompt");
        var isVeo = model.StartsWith("veo", StringComparison.Ordinal);
        if (!isVeo && (body.Has("seed") || body.Has("negative_prompt")))
        {
            body.Fail("seed", "is not supported by this model", WrongKind.Unknown);
        }

        body.MaybeFlag("generate_audio");
        foreach (var media in ((string[])["start_frame", "end_frame"]).Select(body.MaybeObject).OfType<Reading>().Concat(body.List("images", 9)))
        {
            CheckMedia(media);
        }

        var seconds = body.MaybeWhole("duration_secs", 1, 30) ?? 8;
        return new(model, prompt, [Piece.Video(Shape.Of(body.MaybeText("aspect_ratio"),
            Shape.Shorter(body.MaybeOneOf("resolution", "480p", "720p", "1080p", "4k"), 720)), seconds)]);
    }

    private static void CheckMedia(Reading media)
    {
        switch (media.OneOf("type", "inline_base64", "asset", "generation"))
        {
            case "inline_base64":
                media.Only("type", "content_base64", "mime_type");
                media.Text("mime_type");
                media.Link("content_base64", Inline.Base64);
                break;
            case "asset":
                media.Text("asset_id");
                break;
            default:
                media.Text("generation_id");
                break;
        }
    }
}
