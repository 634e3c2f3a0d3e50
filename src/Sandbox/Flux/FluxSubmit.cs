using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Flux;

/// <summary><c>POST /v1/{model}</c>.</summary>
internal sealed class FluxSubmit(StandInSite site, JobStore<FluxJob> jobs)
{
    private readonly SandboxServices _services = site.Services;
    private readonly ActiveTasks _active = new(site.Services.Options.MaxActiveTasks, site.Services.Time);

    public async Task HandleAsync(HttpContext context, FluxModel model, string? region)
    {
        if (region is not null && model.Region is not null && region != model.Region)
        {
            await FastApiAnswer.NotFoundAsync(context);
            return;
        }

        var (document, faults) = await BodyCheck.ReadAsync(context);
        using var disposing = document;
        if (document is not null)
        {
            faults = Check(model, document);
        }

        if (document is null || faults.Count > 0)
        {
            await FastApiAnswer.FaultsAsync(context, faults);
            return;
        }

        var body = new FluxBody(document.RootElement);
        var prompt = body.Text("prompt") ?? "";
        var magic = MagicPrompt.Parse(prompt);
        var admission = await SubmitGate.AdmitAsync(context, site, FluxStandIn.ProviderName, prompt, magic);
        var timeline = JobTimeline.Begin(
            _services.Time.GetUtcNow(), magic, model.IsVideo ? _services.Options.VideoTime : _services.Options.ImageTime);
        if (admission != Admission.Accepted || !_active.TryEnter(timeline.Takes))
        {
            await RefuseAsync(context, admission);
            return;
        }

        await AcceptAsync(context, body, CreateJob(model, region, body, prompt, timeline), magic.Drop);
    }

    private static List<Fault> Check(FluxModel model, JsonDocument document)
    {
        var faults = BodyCheck.Check(document.RootElement, model.Fields, model.Strict);

        // Relations read values, so they wait until each is right by itself.
        if (faults.Count == 0 && model.Relation(new FluxBody(document.RootElement)) is { } issue)
        {
            faults.Add(BodyCheck.ToFault(issue, field: null));
        }

        return faults;
    }

    private static Task RefuseAsync(HttpContext context, Admission admission)
    {
        if (admission == Admission.RateLimited)
        {
            context.Response.Headers.RetryAfter = $"{SubmitGate.RetryAfterSeconds}";
        }

        return admission switch
        {
            Admission.Gone => Task.CompletedTask,
            Admission.Unavailable => FastApiAnswer.DetailAsync(context, StatusCodes.Status503ServiceUnavailable, "Service Unavailable"),
            Admission.NoCredits => FastApiAnswer.DetailAsync(context, StatusCodes.Status402PaymentRequired, "Insufficient credits"),
            _ => FastApiAnswer.DetailAsync(context, StatusCodes.Status429TooManyRequests, "Too many active tasks"),
        };
    }

    private FluxJob CreateJob(FluxModel model, string? region, FluxBody body, string prompt, JobTimeline timeline)
    {
        var size = FluxSizes.Drawable(model.Size(body));
        return new FluxJob(_services.Chance.Uuid(), model, model.Region ?? region ?? AnyRegion(), prompt, timeline)
        {
            Size = size,
            Seed = body.Integer("seed") ?? _services.Chance.Next(int.MaxValue),
            Cost = model.Cost(body, InputMegapixels(model, body), FluxSizes.Megapixels(size)),
            IsDraft = body.Flag("draft"),
            IsHooked = body.Text("webhook_url") is not null,

            // The live service makes JPEG by default; a sandbox draws lossless PNG unless asked otherwise, so that pixels can be compared.
            Encoding = body.Text("output_format") switch
            {
                "jpeg" => ImageEncoding.Jpeg,
                "webp" => ImageEncoding.Webp,
                _ => ImageEncoding.Png,
            },
        };
    }

    private Task AcceptAsync(HttpContext context, FluxBody body, FluxJob job, bool drop)
    {
        jobs.Add(job);
        site.Record(FluxStandIn.ProviderName, job.Model.Name, job.Prompt, job.Id, job.Timeline.AcceptedAt);
        if (body.Text("webhook_url") is { } called)
        {
            KeyValuePair<string, string>[] headers = body.Text("webhook_secret") is { } secret ? [new("X-Webhook-Secret", secret)] : [];
            site.Services.Webhooks.Schedule(
                called, job.Timeline.DoneAt, _ => headers, () => Ended(job), site.Stopping);
        }

        if (drop)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        // FLUX 3 settles at the end: nothing is reported about the price here.
        double? cost = job.Model.IsVideo ? null : job.Cost;
        double? input = job.Model.IsVideo ? null : InputMegapixels(job.Model, body);
        double? output = job.Model.IsVideo ? null : FluxSizes.Megapixels(job.Size);
        return body.Text("webhook_url") is { } hook
            ? Answer.JsonAsync(context, StatusCodes.Status200OK,
                new FluxHooked(job.Id, "Pending", hook, cost, input, output), FluxJson.Default.FluxHooked)
            : Answer.JsonAsync(context, StatusCodes.Status200OK,
                new FluxSubmitted(job.Id, $"{site.BaseUrl(context)}/{job.Region}/v1/get_result?id={job.Id}", cost, input, output),
                FluxJson.Default.FluxSubmitted);
    }

    /// <summary>What a webhook receives. The live service adds the result; whoever believes it without asking has been warned.</summary>
    private static byte[] Ended(FluxJob job) => JsonSerializer.SerializeToUtf8Bytes(
        new FluxPolled(
            job.Id, job.Timeline.Ending switch { JobEnding.Moderated => "Request Moderated", JobEnding.Error => "Error", _ => "Ready" }, null, null, null, null),
        FluxJson.Default.FluxPolled);

    private string AnyRegion() => FluxRegions.All[_services.Chance.Next(FluxRegions.All.Count)];

    /// <summary>An image given by URL counts as one megapixel.</summary>
    private static double InputMegapixels(FluxModel model, FluxBody body) =>
        Math.Round(model.ImageInputs.Where(body.Has).Sum(i => body.ImageSize(i) is { } size ? FluxSizes.Megapixels(size) : 1), 2);
}
