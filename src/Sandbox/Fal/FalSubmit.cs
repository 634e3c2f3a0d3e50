using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.FastApi;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Fal;

/// <summary><c>POST /{endpoint id}</c>: into the queue, or synchronously under <c>/run</c>, which is the host <c>fal.run</c> there.</summary>
internal sealed class FalSubmit(StandInSite site, string provider, JobStore<FalJob> jobs, FalRequests requests)
{
    private const string LifecycleHeader = "x-fal-object-lifecycle-preference";

    private readonly SandboxServices _services = site.Services;

    public async Task QueueAsync(HttpContext context, FalEndpoint endpoint)
    {
        var job = await AcceptAsync(context, endpoint);
        if (job is null)
        {
            return;
        }

        context.Response.Headers["x-fal-request-id"] = job.Id;
        var status = requests.Describe(context, job) with { GatewayRequestId = context.Request.Query.ContainsKey("fal_webhook") ? job.Id : null };
        await Answer.JsonAsync(context, StatusCodes.Status200OK, status, FalJson.Default.FalStatus);
    }

    public async Task RunAsync(HttpContext context, FalEndpoint endpoint)
    {
        var job = await AcceptAsync(context, endpoint);
        if (job is null)
        {
            return;
        }

        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, site.Stopping);
        var takes = job.Timeline.DoneAt - _services.Time.GetUtcNow();
        await Task.Delay(takes > TimeSpan.Zero ? takes : TimeSpan.Zero, _services.Time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (end.IsCancellationRequested)
        {
            context.Abort();
            return;
        }

        await requests.WriteResultAsync(context, job);
    }

    /// <summary>The new request; null when it was refused, or when its answer is to be lost.</summary>
    private async Task<FalJob?> AcceptAsync(HttpContext context, FalEndpoint endpoint)
    {
        if (await JsonBody.ReadAsync(context) is not { } body)
        {
            await FalAnswer.RefuseAsync(context, StatusCodes.Status400BadRequest, "Bad request", "bad_request");
            return null;
        }

        var prompt = body.Text("prompt") ?? body.Text("text") ?? "";
        var magic = MagicPrompt.Parse(prompt);
        var admission = await SubmitGate.AdmitAsync(context, site, provider, prompt, magic);
        if (admission == Admission.Accepted && magic.Refuse is { } asked)
        {
            var (status, type) = Refusal.AskedFor(asked);
            await FalAnswer.RefuseAsync(context, status, type.Replace('_', ' '), type);
            return null;
        }

        if (admission != Admission.Accepted)
        {
            await FalAnswer.RefuseAsync(context, admission);
            return null;
        }

        var now = _services.Time.GetUtcNow();
        var job = new FalJob(
            _services.Chance.Uuid(), endpoint, prompt, Check(endpoint, body),
            new CancellableTimeline(JobTimeline.Begin(now, magic, endpoint.Kind == PieceKind.Video ? _services.Options.VideoTime : _services.Options.ImageTime)))
        {
            Pieces = FalOutput.Of(endpoint, body),
            Seed = body.Whole("seed") ?? _services.Chance.Next(int.MaxValue / 2),
            Magic = magic,
            Input = FalHistory.InputOf(body),
            Lifetime = _services.Options.ResultLifetime ?? AskedLifetime(context) ?? FalJob.UsualLifetime,
        };
        jobs.Add(job);
        site.Record(provider, endpoint.Id, prompt, job.Id, now);
        if (context.Request.Query["fal_webhook"].ToString() is { Length: > 0 } called)
        {
            _services.Webhooks.Schedule(called, job.Timeline.DoneAt, made => FalSignature.Of(job.Id, made, _services.Time.GetUtcNow()), () => Ended(job), site.Stopping);
        }

        if (magic.Drop)
        {
            context.Abort();
            return null;
        }

        return job;
    }

    private byte[] Ended(FalJob job)
    {
        var failure = job.FailureAt(_services.Time.GetUtcNow());
        return JsonSerializer.SerializeToUtf8Bytes(
            new FalCalled(job.Id, job.Id, failure is null ? "OK" : "ERROR", failure is null ? null : $"Invalid status code: {failure.Status}"),
            FalJson.Default.FalCalled);
    }

    private static List<Fault> Check(FalEndpoint endpoint, JsonElement body)
    {
        var faults = BodyCheck.Check(body, endpoint.Fields, strict: false);
        if (faults.Count == 0 && endpoint.Relation(body) is { } issue)
        {
            faults.Add(BodyCheck.ToFault(issue, field: null));
        }

        return faults;
    }

    /// <summary><c>{"expiration_duration_seconds": N}</c>; null when the header is absent or holds something else.</summary>
    private static TimeSpan? AskedLifetime(HttpContext context)
    {
        var header = context.Request.Headers[LifecycleHeader].ToString();
        if (header.Length == 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(header);
            return document.RootElement.Whole("expiration_duration_seconds") is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
