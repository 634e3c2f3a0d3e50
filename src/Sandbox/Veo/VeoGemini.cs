using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Veo;

/// <summary>The Gemini Developer API: submit, poll, download, models.</summary>
internal sealed class VeoGemini(StandInSite site, JobStore<VeoJob> jobs, string version)
{
    private const string ResultType = "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse";

    /// <summary>Documented: the server keeps files for two days.</summary>
    private static readonly TimeSpan FileLifetime = TimeSpan.FromDays(2);

    private readonly SandboxServices _services = site.Services;
    private readonly VeoSubmit _submit = new(site, jobs);
    private readonly VeoGeminiOrders _orders = new(jobs, site.Services.Time);

    public Task SubmitAsync(HttpContext context)
    {
        var id = VeoStandIn.Route(context, "model");
        return VeoModels.Find(VeoModels.Gemini, id) is { } model
            ? _submit.HandleAsync(context, json => _orders.Read(json, model), Refuse, () => Begin(id))
            : NoModel(id).WriteAsync(context);
    }

    /// <summary><c>GET /v1beta/models/{model}/operations/{id}</c>.</summary>
    public Task PollAsync(HttpContext context)
    {
        var id = VeoStandIn.Route(context, "id");
        return jobs.TryGet(id, out var job) && job.Name == $"models/{VeoStandIn.Route(context, "model")}/operations/{id}"
            ? _services.BadDay.PollAsync(
                context, job, () => Answer.JsonAsync(context, StatusCodes.Status200OK, Describe(context, job), VeoJson.Default.VeoOperation))
            : VeoFault.NoEntity.WriteAsync(context);
    }

    /// <summary><c>GET /v1beta/files/{id}:download?alt=media</c>.</summary>
    /// <remarks>The SDK appends the whole address when that is not https; the id in it is found all the same.</remarks>
    public Task DownloadAsync(HttpContext context)
    {
        var id = VeoGeminiOrders.FileId(VeoStandIn.Route(context, "file"));
        return id is { Length: > 1 } && jobs.TryGet(id[..^1], out var job) && job.Order.Storage is null
            && id[^1] - '0' is var sample && sample >= 0 && sample < job.Order.Samples
            && job.Timeline.SucceededBy(_services.Time.GetUtcNow())
            && _services.Time.GetUtcNow() < job.Timeline.DoneAt + (_services.Options.ResultLifetime ?? FileLifetime)
            ? _services.BadDay.FetchAsync(context, job, () => Answer.BytesAsync(context, job.Clip(sample), ClipShelf.ContentType))
            : VeoFault.NoEntity.WriteAsync(context);
    }

    public static Task ModelsAsync(HttpContext context)
    {
        var size = int.TryParse(context.Request.Query["pageSize"], out var asked) && asked > 0 ? asked : int.MaxValue;
        return Answer.JsonAsync(context, StatusCodes.Status200OK,
            new VeoModelList([.. VeoModels.Gemini.Take(size).Select(Describe)], null), VeoJson.Default.VeoModelList);
    }

    public Task ModelAsync(HttpContext context)
    {
        var id = VeoStandIn.Route(context, "model");
        return VeoModels.Find(VeoModels.Gemini, id) is { } model
            ? Answer.JsonAsync(context, StatusCodes.Status200OK, Describe(model), VeoJson.Default.VeoModelEntry)
            : NoModel(id).WriteAsync(context);
    }

    private static VeoModelEntry Describe(VeoModel model)
    {
        var name = $"Veo {model.Id.Split('-')[1]}";
        return new($"models/{model.Id}", model.Id.Split('-')[1], name, name, 480, 8192, ["predictLongRunning"]);
    }

    private VeoFault NoModel(string id) => VeoFault.NotFound(VeoModels.IsRetired(id)
        ? $"This model models/{id} is no longer available. Please update your code to use a newer model for the latest features and improvements."
        : $"models/{id} is not found for API version {version}, or is not supported for predictLongRunning. "
            + "Call ListModels to see the list of available models and their supported methods.");

    private static VeoFault Refuse(Admission admission, VeoOrder order) => admission switch
    {
        Admission.Unavailable => VeoFault.Unavailable("The model is overloaded. Please try again later."),
        Admission.NoCredits => VeoFault.Exhausted(
            "Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and billing."),
        _ => VeoFault.Exhausted(
            "You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: "
            + $"https://ai.google.dev/gemini-api/docs/rate-limits. Please retry in {SubmitGate.RetryAfterSeconds}s.") with
        {
            Details = () =>
            [
                VeoFault.QuotaFailure("generativelanguage.googleapis.com/predict_long_running_requests",
                    "PredictLongRunningRequestsPerMinutePerProjectPerModel", order.Model.Id),
                VeoFault.RetryInfo(SubmitGate.RetryAfterSeconds),
            ],
        },
    };

    private (string Id, string Name) Begin(string model)
    {
        var id = _services.Chance.Hex(6);
        return (id, $"models/{model}/operations/{id}");
    }

    private VeoOperation Describe(HttpContext context, VeoJob job)
    {
        var operation = new VeoOperation(job.Name);
        if (job.Timeline.PhaseAt(_services.Time.GetUtcNow()) != JobPhase.Done)
        {
            return operation;
        }

        operation = operation with { Done = true };
        return job.Timeline.Ending switch
        {
            JobEnding.Error => operation with
            {
                Error = new(13, "Video generation failed due to an internal server issue. Please try again in a few minutes. "
                    + "If the problem persists, please contact Gemini API support."),
            },
            JobEnding.Moderated => operation with { Response = new(ResultType) { GenerateVideoResponse = Filtered(job.Order.Samples) } },
            _ => operation with
            {
                Response = new(ResultType)
                {
                    GenerateVideoResponse = new()
                    {
                        GeneratedSamples = [.. Enumerable.Range(0, job.Order.Samples).Select(i => new VeoSample(
                            new($"{site.BaseUrl(context)}/v1beta/files/{job.FileId(i)}:download?alt=media")))],
                    },
                },
            },
        };
    }

    private static VeoGenerated Filtered(int samples) => new()
    {
        RaiMediaFilteredCount = samples,
        RaiMediaFilteredReasons =
        [
            $"{samples} videos were filtered out because they violated Google’s Responsible AI practices. "
                + "You will not be charged for blocked videos. Support codes: 58061214",
        ],
    };
}
