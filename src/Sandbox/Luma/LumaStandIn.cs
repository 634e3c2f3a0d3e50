using System.Text.Json.Nodes;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Luma;

/// <summary>Luma: the Agents API, and Dream Machine for old clients.</summary>
internal sealed class LumaStandIn : StandInApi
{
    private static readonly string[] s_imageRatios = ["3:1", "2:1", "16:9", "3:2", "1:1", "2:3", "9:16", "1:2", "1:3", "21:9", "4:3", "3:4"];

    private static readonly string[] s_videoRatios = ["9:16", "3:4", "1:1", "4:3", "16:9", "21:9"];

    public override string Name => "luma";

    public override TimeSpan Lifetime => TimeSpan.FromHours(1);

    public override bool LinksRenew => true;

    public override JsonNode? Called(View view) => LumaDreamMachine.Generation(view);

    public override Reply Refuse(Refusal refusal) => refusal.Kind switch
    {
        RefusalKind.MissingKey => Detail(401, "Missing API key"),
        RefusalKind.WrongKey => Detail(401, "Invalid API key"),
        RefusalKind.UnknownModel => Detail(400, $"Unknown model: {refusal.Subject}"),
        RefusalKind.UnknownJob => Detail(404, "Generation not found"),
        RefusalKind.UnknownPath => Detail(404, "Not Found"),
        RefusalKind.RateLimited => Detail(429, "Rate limit exceeded").With("Retry-After", "1").With("X-RateLimit-Limit", "30").With("X-RateLimit-Remaining",
        "0").With("X-RateLimit-Reset", "1795168812"),
        RefusalKind.TooManyJobs => Detail(429, "Too many concurrent jobs").With("Retry-After", "60"),
        RefusalKind.NoCredits => Detail(402, "Insufficient credits. Please add credits to continue."),
        RefusalKind.Unavailable => Detail(502, "Upstream service unavailable"),
        RefusalKind.Asked => Detail(refusal.Asked.Status, refusal.Asked.Code.Replace('_', ' ')),
        RefusalKind.NotJson => Detail(400, "Invalid request body"),
        _ => Detail(refusal.Wrong?.Kind == WrongKind.Picture ? 422 : 400, $"{refusal.Wrong?.Path} {refusal.Wrong?.Message}"),
    };

    protected override void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost("v1/generations", endpoints.Submit((body, _) => Read(endpoints, body), view => Versioned(new(StatusCodes.Status201Created, Generation(view, "queued")))));
        routes.MapGet("v1/generations/{id}", endpoints.ForJob(JobEndpoints.RouteValue("id"), view => Versioned(Reply.Ok(Generation(view, Word(view.State))))));
        routes.MapPost("v1/files", endpoints.Respond(_ => Versioned(new(StatusCodes.Status201Created, new JsonObject { ["file_id"] = endpoints.Chance.Uuid() }))));
        LumaDreamMachine.Map(routes, endpoints);
    }

    internal static Reply Detail(int status, string text) => new(status, new JsonObject { ["detail"] = text });

    private static Reply Versioned(Reply reply) => reply.With("X-API-Version", "2026-04-01");

    private static Order Read(JobEndpoints endpoints, Reading body)
    {
        body.Only("prompt", "model", "type", "aspect_ratio", "style", "output_format", "web_search", "image_ref", "source", "user_id", "video");
        var model = body.Has("model") ? body.Model("model", "uni-1", "uni-1-max", "ray-3.2") : "uni-1";
        var type = body.MaybeOneOf("type", model == "ray-3.2" ? ["video", "video_edit", "video_reframe"]
            : ["image", "image_edit", "layering"]) ?? (model == "ray-3.2" ? "" : "image");
        var isVideo = model == "ray-3.2";
        if (type.Length == 0)
        {
            body.Fail("type", "image is not supported by model ray-3.2");
        }

        var prompt = body.Text("prompt", 6000);
        var ratio = body.MaybeOneOf("aspect_ratio", isVideo ? s_videoRatios : s_imageRatios);
        body.MaybeOneOf("style", "auto", "manga");
        var format = body.MaybeOneOf("output_format", "png", "jpeg") ?? "png";
        body.MaybeFlag("web_search");
        foreach (var image in body.List("image_ref", type == "image_edit" ? 8 : 9))
        {
            CheckMedia(endpoints, image);
        }

        if (body.MaybeObject("source") is { } source)
        {
            CheckMedia(endpoints, source);
        }
        else if (type is "image_edit" or "video_edit" or "video_reframe")
        {
            body.Fail("source", "is required", WrongKind.Missing);
        }

        if (!isVideo)
        {
            if (body.Has("video"))
            {
                body.Fail("video", "is not supported for images");
            }

            return new(model, prompt, [Piece.Image(format, Shape.Area(ratio, 2048 * 2048))]) { Facts = new() { ["type"] = type } };
        }

        var (size, seconds, exr) = Video(endpoints, body.Object("video"), ratio);
        var clip = Piece.Video(size, seconds);
        return new(model, prompt, exr ? [clip, Piece.Image("png", size)] : [clip]) { Facts = new() { ["type"] = type } };
    }

    private static ((int Width, int Height) Size, int Seconds, bool Exr) Video(JobEndpoints endpoints, Reading video, string? ratio)
    {
        video.Only("resolution", "duration", "loop", "hdr", "exr_export", "start_frame", "end_frame", "edit", "source_position");
        var resolution = video.MaybeOneOf("resolution", "360p", "540p", "720p", "1080p") ?? "720p";
        var isLong = video.MaybeOneOf("duration", "5s", "10s") == "10s";
        var (loops, hdr, exr) = (video.MaybeFlag("loop") == true, video.MaybeFlag("hdr") == true, video.MaybeFlag("exr_export") == true);
        foreach (var name in (string[])["start_frame", "end_frame"])
        {
            if (video.MaybeObject(name) is { } frame)
            {
                CheckMedia(endpoints, frame);
            }
        }

        if (isLong && (loops || hdr || video.Has("start_frame") || video.Has("end_frame")))
        {
            video.Fail("duration", "10s cannot be combined with loop, hdr or frames");
        }

        if (loops && (hdr || video.Has("end_frame")))
        {
            video.Fail("loop", "cannot be combined with hdr or end_frame");
        }

        if (hdr && resolution is "360p" or "540p")
        {
            video.Fail("hdr", "needs at least 720p");
        }

        return (Shape.Of(ratio, Shape.Shorter(resolution, 720)), isLong ? 10 : 5, exr);
    }

    /// <summary>One of an address, base64 with its type, an earlier generation, or a file.</summary>
    private static void CheckMedia(JobEndpoints endpoints, Reading media)
    {
        media.Only("url", "data", "media_type", "generation_id", "file_id");
        var given = ((string[])["url", "data", "generation_id", "file_id"]).Count(media.Has);
        if (given != 1 || media.Has("data") != media.Has("media_type"))
        {
            media.Fail("url", "must be given, or data with media_type, or generation_id, or file_id");
        }

        media.MaybeLink("url", Inline.No);
        media.MaybeLink("data", Inline.Base64);
        if (media.MaybeText("generation_id") is { } id && endpoints.Find(id) is null)
        {
            media.Fail("generation_id", "is not known");
        }
    }

    private static string Word(JobState state) => state switch
    {
        JobState.Queued => "queued",
        JobState.Running => "processing",
        JobState.Succeeded => "completed",
        _ => "failed",
    };

    private static JsonObject Generation(View view, string word)
    {
        var (code, reason) = word != "failed" ? (null, null) : view.State == JobState.Moderated
            ? ("content_moderated", "The prompt was refused by moderation.")
            : (view.Job.Magic.Fail ?? "generation_failed", "Generation failed.");
        return new()
        {
            ["id"] = view.Job.Id,
            ["type"] = view.Order.Facts["type"]?.DeepClone(),
            ["state"] = word,
            ["model"] = view.Order.Model,
            ["created_at"] = view.Timeline.AcceptedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["output"] = word == "completed" ? new JsonArray([.. view.Order.Pieces.Select((p, i) => Output(view, p, i))]) : null,
            ["failure_reason"] = reason,
            ["failure_code"] = code,
        };
    }

    private static JsonObject Output(View view, Piece piece, int index) =>
        new() { ["type"] = piece.Kind == PieceKind.Video ? "video" : index == 0 ? "image" : "exr", ["url"] = view.Link(index) };
}
