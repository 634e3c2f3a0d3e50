using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Veo;

/// <summary>Reads and accepts a submit of either dialect.</summary>
internal sealed class VeoSubmit(StandInSite site, JobStore<VeoJob> jobs)
{
    private readonly SandboxServices _services = site.Services;

    /// <summary>Lets <paramref name="read"/> make an order of the body and accepts it unless a magic word forbids it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="read">The dialect's rules.</param>
    /// <param name="refuse">The dialect's way to reject.</param>
    /// <param name="begin">The id of the new operation's files, and its name.</param>
    public async Task HandleAsync(
        HttpContext context,
        Func<JsonElement, (VeoOrder? Order, VeoFault? Fault)> read,
        Func<Admission, VeoOrder, VeoFault> refuse,
        Func<(string Id, string Name)> begin)
    {
        var body = await JsonBody.ReadAsync(context);
        var (order, fault) = body is { } json ? read(json) : (null, VeoFault.BadJson);
        if (order is null)
        {
            await fault!.WriteAsync(context);
            return;
        }

        var magic = MagicPrompt.Parse(order.Prompt);
        switch (await SubmitGate.AdmitAsync(context, site, VeoStandIn.ProviderName, order.Prompt, magic))
        {
            case Admission.Accepted:
                await AcceptAsync(context, order, magic, begin());
                break;
            case Admission.Gone:
                break;
            case var admission:
                await refuse(admission, order).WriteAsync(context);
                break;
        }
    }

    private Task AcceptAsync(HttpContext context, VeoOrder order, MagicPrompt magic, (string Id, string Name) names)
    {
        var now = _services.Time.GetUtcNow();
        var job = new VeoJob(names.Id, names.Name, order, JobTimeline.Begin(now, magic, _services.Options.VideoTime), magic.Filtered);
        jobs.Add(job);
        site.Record(VeoStandIn.ProviderName, order.Model.Id, order.Prompt, job.Name, now);
        if (magic.Drop)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Answer.JsonAsync(context, StatusCodes.Status200OK, new VeoOperation(job.Name), VeoJson.Default.VeoOperation);
    }
}
