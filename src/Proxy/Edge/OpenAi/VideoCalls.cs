using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>/v1/videos</c>.</summary>
internal sealed class VideoCalls(
    OpenAiRequestReader reader, OpenAiAdmission admissions, GenerationService generations, VideoJobs jobs, PublicAddress address, MediaStore media, MediaStills stills,
    IOptions<OpenAiOptions> options, TimeProvider time)
{
    private static readonly Dictionary<DialectCall, string> s_ofSora = new()
    {
        [DialectCall.Remix] = "remix_video_id", [DialectCall.Edit] = "edit_video_id", [DialectCall.Extend] = "extend_video_id",
    };

    /// <summary><c>POST /v1/videos</c>.</summary>
    public async Task CreateAsync(HttpContext context)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (body, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        var (request, refused) = body is null ? (null, problem) : reader.ReadVideo(body);
        await StartAsync(context, request, refused, caller);
    }

    /// <summary><c>POST /v1/videos/{id}/remix</c>.</summary>
    public async Task RemixAsync(string id, HttpContext context)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        if (await jobs.FindAsync(id, caller.Client, context.RequestAborted) is not { } video)
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.NoVideo(id), StatusCodes.Status404NotFound);
            return;
        }

        if (video.Job.Status != "completed")
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("video_id", "The video is not completed.", "video_not_ready"));
            return;
        }

        var (body, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        var (request, refused) = body is null ? (null, problem) : reader.ReadRemix(body, SourceOf(video.State, DialectCall.Remix), video.Job);
        await StartAsync(context, request, refused, caller);
    }

    /// <summary><c>POST /v1/videos/edits</c> and <c>/extensions</c>: of a video by its id, or of one that is uploaded.</summary>
    public async Task ChangeAsync(HttpContext context, DialectCall call)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (body, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        if (body is null)
        {
            await OpenAiErrorWriter.WriteAsync(context, problem!);
            return;
        }

        FoundVideo? video = null;
        var id = body.Of("video") switch
        {
            [{ Member: "id" } or { Json.ValueKind: JsonValueKind.Object }] => new OpenAiFields(body).Object("video")?["id"]?.ToString(),

            // No address has no colon.
            [{ Member: null, File: null } given] when (given.Text ?? OpenAiFields.TextOf(given.Json)) is { Length: > 0 and < 128 } name && !name.Contains(':', StringComparison.Ordinal) => name,
            _ => null,
        };
        if (id is not null)
        {
            video = await jobs.FindAsync(id, caller.Client, context.RequestAborted);
            if (video is null || video.Job.Status != "completed")
            {
                await OpenAiErrorWriter.WriteAsync(
                    context, video is null ? OpenAiErrors.NoVideo(id) : OpenAiErrors.Invalid("video", "The video is not completed.", "video_not_ready"),
                    video is null ? StatusCodes.Status404NotFound : StatusCodes.Status400BadRequest);
                return;
            }
        }

        var (request, refused) = reader.ReadClip(body, call, video is null ? null : SourceOf(video.State, call), video?.Job);
        await StartAsync(context, request, refused, caller);
    }

    /// <summary><c>GET /v1/videos/{id}</c>.</summary>
    public async Task GetAsync(string id, HttpContext context)
    {
        if (await jobs.FindAsync(id, Client.Of(context), context.RequestAborted) is not { } video)
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.NoVideo(id), StatusCodes.Status404NotFound);
            return;
        }

        OpenAiHeaders.Warn(context, video.State.Warnings);
        await WriteAsync(context, video.State, video.Job);
    }

    /// <summary><c>DELETE /v1/videos/{id}</c>: ends it first, where it still runs.</summary>
    public async Task DeleteAsync(string id, HttpContext context)
    {
        if (await jobs.FindAsync(id, Client.Of(context), context.RequestAborted) is not { } video)
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.NoVideo(id), StatusCodes.Status404NotFound);
            return;
        }

        await generations.HideAsync(video.State.Id, CancellationToken.None);
        if (video is { Running: { } running, State.IsOpen: true })
        {
            await generations.CancelAsync(running, context.RequestAborted);
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.BodyWriter, new DeletedVideo(id, "video.deleted", true), OpenAiJson.Default.DeletedVideo, context.RequestAborted);
    }

    /// <summary><c>GET /v1/videos/{id}/content</c>.</summary>
    public async Task ContentAsync(string id, string? variant, HttpContext context, IMediaCatalogue catalogue)
    {
        if (await jobs.FindAsync(id, Client.Of(context), context.RequestAborted) is not { } video)
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.NoVideo(id), StatusCodes.Status404NotFound);
            return;
        }

        variant = variant is "" ? null : variant;
        if (variant is not (null or "video" or "thumbnail" or "spritesheet"))
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("variant", "There is no such variant.", allowed: ["video", "thumbnail", "spritesheet"]));
            return;
        }

        if (video.Job.Status != "completed")
        {
            await OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("video_id", $"The video is not ready; its status is {video.Job.Status}.", "video_not_ready"));
            return;
        }

        // A thumbnail that the provider made is better than one that is drawn here.
        var made = variant == "spritesheet" ? null : video.State.Result!.Media.FirstOrDefault(m => m.Type == MediaType.Image);
        StillKind? drawn = variant == "spritesheet" ? StillKind.Spritesheet : variant == "thumbnail" && made is null ? StillKind.Thumbnail : null;
        var wanted = variant == "thumbnail" && made is not null ? made : video.State.Result!.Media.FirstOrDefault(m => m.Type == MediaType.Video);
        if (wanted is not { } item || await catalogue.FindAsync(item.Id, context.RequestAborted) is not { } stored || stored.ExpiresAt <= time.GetUtcNow() 
            || !await media.IsWholeAsync(stored.Id, stored.Bytes, stored.Sha256, context.RequestAborted))
        {
            await OpenAiErrorWriter.WriteAsync(
                context, OpenAiErrors.Invalid("variant", $"This video has no {variant ?? "video"}, or it has expired.", "variant_not_available"), StatusCodes.Status404NotFound);
            return;
        }

        OpenAiHeaders.Stamp(context);
        MediaAnswer.KeepByteRange(context.Request);
        if (drawn is { } kind)
        {
            await DrawnAsync(context, stored, kind, item.Duration);
            return;
        }

        await MediaAnswer.Of(media, stored, SafeMedia.Stored(context.Response.Headers, stored.ContentType)).ExecuteAsync(context);
    }

    private async Task DrawnAsync(HttpContext context, StoredMedia clip, StillKind kind, double? seconds)
    {
        var (path, whyNot) = await stills.DrawAsync(media.PathOf(clip.Id), clip.Id, kind, seconds, context.RequestAborted);
        await (path is null
            ? OpenAiErrorWriter.WriteAsync(context, OpenAiErrors.Invalid("variant", whyNot!, "variant_not_available"), StatusCodes.Status404NotFound)
            : TypedResults.PhysicalFile(path, SafeMedia.Stored(context.Response.Headers, MediaStills.ContentType), lastModified: clip.CreatedAt, enableRangeProcessing: true).ExecuteAsync(context));
    }

    private async Task StartAsync(HttpContext context, DialectRequest? request, OpenAiError? refused, DialectCaller caller)
    {
        if (request is null)
        {
            await OpenAiErrorWriter.WriteAsync(context, refused!);
            return;
        }

        var admission = await admissions.AdmitAsync(request, caller, context.RequestAborted);
        if (admission.Refusal is { } refusal)
        {
            var (error, status) = OpenAiErrors.Of(refusal, admission.Status, request.Call);
            await OpenAiErrorWriter.WriteAsync(context, error, status);
            return;
        }

        // The job's id is the answer, whatever becomes of the job.
        using var turn = admission.Turn;
        var state = admission.State!;
        OpenAiHeaders.Warn(context, [.. request.Warnings, .. state.Warnings]);
        turn?.Answering();
        await WriteAsync(context, state, jobs.Show(state, request.Video));
        turn?.Answered();
    }

    /// <summary>A provider that changes its own jobs is asked for that; any other gets the clip.</summary>
    private static RemixSource SourceOf(GenerationState state, DialectCall call)
    {
        var clip = state.Result!.Media.FirstOrDefault(m => m.Type == MediaType.Video);
        KeyValuePair<string, JsonElement>? native = state is { Adapter: "sora", Job.NativeId: { } job }
            ? new("sora", JsonSerializer.SerializeToElement(new Dictionary<string, string> { [s_ofSora[call]] = job }, OpenAiJson.Default.DictionaryStringString))
            : null;
        return new RemixSource($"{state.Provider}/{state.Model}", native is null ? state.Alias : null, clip is null ? null : MediaInput.FromStore(clip.Id), native);
    }

    private Task WriteAsync(HttpContext context, GenerationState state, VideoJob job)
    {
        GenerationHeaders.Write(context, state, time.GetUtcNow());
        OpenAiHeaders.Stamp(context);
        OpenAiHeaders.PollAfter(context, options.Value.PollInterval);
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.BodyWriter, job, OpenAiJson.Default.VideoJob, context.RequestAborted);
    }
}
