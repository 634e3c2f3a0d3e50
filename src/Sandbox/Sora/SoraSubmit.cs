using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary>The four calls that make a video.</summary>
internal sealed class SoraSubmit(StandInSite site, JobStore<SoraJob> jobs)
{
    private readonly SandboxServices _services = site.Services;

    /// <summary>Reads the body, lets <paramref name="read"/> make an order of it, and accepts that unless a magic word forbids it.</summary>
    public async Task HandleAsync(HttpContext context, Func<SoraBody, (SoraOrder? Order, SoraFault? Fault)> read)
    {
        var (body, fault) = await SoraBody.ReadAsync(context);
        SoraOrder? order = null;
        if (body is not null)
        {
            (order, fault) = read(body);
        }

        if (order is null)
        {
            await fault!.WriteAsync(context);
            return;
        }

        var magic = MagicPrompt.Parse(order.Prompt);
        switch (await SubmitGate.AdmitAsync(context, site, SoraStandIn.ProviderName, order.Prompt, magic))
        {
            case Admission.Accepted:
                await AcceptAsync(context, order, magic);
                break;
            case Admission.Unavailable:
                await SoraFault.Overloaded.WriteAsync(context);
                break;
            case Admission.RateLimited:
                await SoraFault.RateLimited(order.Model).WriteAsync(context);
                break;
            case Admission.NoCredits:
                await SoraFault.NoQuota.WriteAsync(context);
                break;
            case Admission.Gone:
            default:
                break;
        }
    }

    private Task AcceptAsync(HttpContext context, SoraOrder order, MagicPrompt magic)
    {
        var now = _services.Time.GetUtcNow();
        var job = new SoraJob(
            "video_" + _services.Chance.Hex(24), order, JobTimeline.Begin(now, magic, _services.Options.VideoTime), _services.Chance.Next(int.MaxValue));
        jobs.Add(job);
        site.Record(SoraStandIn.ProviderName, order.Model, order.Prompt, job.Id, now);
        if (magic.Drop)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Answer.JsonAsync(context, StatusCodes.Status200OK, job.Describe(now, _services.Options), SoraJson.Default.SoraVideo);
    }
}
