using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary>The calls that start a task.</summary>
internal sealed class RunwaySubmit(StandInSite site, JobStore<RunwayJob> jobs, RunwayAccount account, RunwaySchema schema)
{
    private readonly SandboxServices _services = site.Services;
    private readonly RunwaySlots _slots = new(site.Services.Options.MaxActiveTasks);

    public async Task HandleAsync(HttpContext context, RunwayEndpoint endpoint)
    {
        var body = await JsonBody.ReadAsync(context);
        var (order, issues) = body is { } json ? Read(endpoint, json) : (null, [RunwayIssue.WrongType("object", null, RunwayPath.Root)]);
        if (order is null)
        {
            await RunwayFault.Validation(issues).WriteAsync(context);
            return;
        }

        var magic = MagicPrompt.Parse(order.Prompt);
        switch (await SubmitGate.AdmitAsync(context, site, RunwayStandIn.ProviderName, order.Prompt, magic))
        {
            case Admission.Accepted:
                await AcceptAsync(context, order, magic);
                break;
            case Admission.Unavailable:
                await RunwayFault.Unavailable.WriteAsync(context);
                break;
            case Admission.RateLimited:
                await RunwayFault.RateLimited.WriteAsync(context);
                break;
            case Admission.NoCredits:
                await RunwayFault.NoCredits.WriteAsync(context);
                break;
            case Admission.Gone:
            default:
                break;
        }
    }

    private (RunwayOrder? Order, IReadOnlyList<JsonObject> Issues) Read(RunwayEndpoint endpoint, JsonElement body)
    {
        if (body.Text(RunwaySchema.Discriminator) is not { } model || !endpoint.Models.TryGetValue(model, out var rules))
        {
            return (null, [RunwayIssue.NoModel()]);
        }

        var issues = schema.Check(rules, body);
        if (issues.Count == 0 && RunwayRelations.Check(model, body) is { } issue)
        {
            issues.Add(issue);
        }

        return issues.Count > 0 ? (null, issues) : (RunwayOrder.Read(endpoint, model, body), []);
    }

    private Task AcceptAsync(HttpContext context, RunwayOrder order, MagicPrompt magic)
    {
        var now = _services.Time.GetUtcNow();
        var takes = magic.Takes ?? (order.Output == RunwayMedia.Video ? _services.Options.VideoTime : _services.Options.ImageTime);
        var job = new RunwayJob(
            _services.Chance.Uuid(), order, now, new JobTimeline(_slots.Reserve(now, takes), takes, magic.Ending),
            order.Seed ?? _services.Chance.Next(int.MaxValue));
        jobs.Add(job);
        account.Charge(order);
        site.Record(RunwayStandIn.ProviderName, order.Model, order.Prompt, job.Id, now);
        if (magic.Drop)
        {
            context.Abort();
            return Task.CompletedTask;
        }

        return Answer.JsonAsync(
            context, StatusCodes.Status200OK, new RunwaySubmitted(job.Id, new RunwayCredits(order.Credits)), RunwayJson.Default.RunwaySubmitted);
    }
}
