using System.Buffers.Binary;
using System.Globalization;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Veo;

/// <summary>Vertex AI: submit and poll of publisher models, with a project or in express mode.</summary>
internal sealed class VeoVertex(StandInSite site, JobStore<VeoJob> jobs)
{
    private const string ResultType = "type.googleapis.com/cloud.ai.large_models.vision.GenerateVideoResponse";

    private readonly SandboxServices _services = site.Services;
    private readonly VeoSubmit _submit = new(site, jobs);

    public Task SubmitAsync(HttpContext context)
    {
        var resource = Resource(context);
        return VeoModels.Find(VeoModels.Vertex, VeoStandIn.Route(context, "model")) is { } model
            ? _submit.HandleAsync(context, json => VeoVertexOrders.Read(json, model), (admission, order) => Refuse(admission, order, context), () => Begin(resource))
            : NoModel(resource).WriteAsync(context);
    }

    /// <summary><c>POST ...:fetchPredictOperation</c> with the name in the body; it must belong to the model in the path.</summary>
    public async Task FetchAsync(HttpContext context)
    {
        var name = (await JsonBody.ReadAsync(context))?.Text("operationName");
        var resource = Resource(context);
        if (name is null || !name.StartsWith(resource + "/operations/", StringComparison.Ordinal)
            || !Guid.TryParseExact(name[(resource.Length + "/operations/".Length)..], "D", out var operation))
        {
            await VeoFault.Invalid($"Invalid operation name: '{name}'. Expected {resource}/operations/OPERATION_ID.").WriteAsync(context);
        }
        else if (jobs.TryGet(FolderOf(operation), out var job) && job.Name == name)
        {
            await _services.BadDay.PollAsync(
                context, job, () => Answer.JsonAsync(context, StatusCodes.Status200OK, Describe(job), VeoJson.Default.VeoOperation));
        }
        else
        {
            await VeoFault.NoEntity.WriteAsync(context);
        }
    }

    /// <summary><c>GET ...publishers/google/models/{model}</c>: the free way to see that a model is alive.</summary>
    public static Task ModelAsync(HttpContext context)
    {
        var id = VeoStandIn.Route(context, "model");
        return VeoModels.Find(VeoModels.Vertex, id) is null
            ? NoModel(Resource(context)).WriteAsync(context)
            : Answer.JsonAsync(context, StatusCodes.Status200OK, new VeoPublisherModel($"publishers/google/models/{id}", id, "GA"),
                VeoJson.Default.VeoPublisherModel);
    }

    /// <summary>The folder on Cloud Storage: a number of 19 or 20 digits, taken from the operation's id so that each leads to the other.</summary>
    private static string FolderOf(Guid operation) =>
        BinaryPrimitives.ReadUInt64BigEndian(operation.ToByteArray(bigEndian: true).AsSpan(8)).ToString(CultureInfo.InvariantCulture);

    /// <summary>The model's resource name, as the client addressed it: without a leading slash, which the SDKs could not take.</summary>
    private static string Resource(HttpContext context)
    {
        var values = context.Request.RouteValues;
        return (values.TryGetValue("project", out var project) ? $"projects/{project}/locations/{values["location"]}/" : "")
            + $"publishers/google/models/{values["model"]}";
    }

    private static VeoFault NoModel(string resource) => VeoFault.NotFound(
        $"Publisher Model `{resource}` was not found or your project does not have access to it. Please ensure you are using a valid model version.");

    private static VeoFault Refuse(Admission admission, VeoOrder order, HttpContext context) => admission switch
    {
        Admission.Unavailable => VeoFault.Unavailable("The service is currently unavailable."),
        Admission.NoCredits => VeoFault.Denied("This API method requires billing to be enabled.") with
        {
            Details = () =>
            [
                VeoFault.ErrorInfo("BILLING_DISABLED", "googleapis.com", ("service", VeoKeys.VertexService),
                    ("consumer", $"projects/{context.Request.RouteValues["project"] ?? "express"}")),
            ],
        },
        _ => VeoFault.Exhausted(
            $"Quota exceeded for aiplatform.googleapis.com/long_running_online_prediction_requests_per_base_model with base model: {order.Model.Id}. "
            + "Please submit a quota increase request.") with
        { Details = () => [VeoFault.RetryInfo(SubmitGate.RetryAfterSeconds)] },
    };

    private (string Id, string Name) Begin(string resource)
    {
        var operation = Guid.Parse(_services.Chance.Uuid());
        return (FolderOf(operation), $"{resource}/operations/{operation}");
    }

    private VeoOperation Describe(VeoJob job)
    {
        var operation = new VeoOperation(job.Name);
        if (job.Timeline.PhaseAt(_services.Time.GetUtcNow()) != JobPhase.Done)
        {
            return operation;
        }

        operation = operation with { Done = true };
        var filtered = job.Order.Samples - job.Delivered;
        return job.Timeline.Ending switch
        {
            JobEnding.Error => operation with
            {
                Error = new(13, "Internal error. Please try again. If the issue persists, please contact support."),
            },
            _ => operation with
            {
                Response = new(ResultType)
                {
                    RaiMediaFilteredCount = filtered,
                    RaiMediaFilteredReasons = filtered == 0
                        ? null
                        : [$"{filtered} videos were filtered out because they violated Vertex AI's usage guidelines. Support codes: 61493863"],
                    Videos = job.Delivered == 0 ? null : [.. Enumerable.Range(0, job.Delivered).Select(i => Video(job, i))],
                },
            },
        };
    }

    private static VeoVideo Video(VeoJob job, int sample) => job.Order.Storage is null
        ? new(null, job.Clip(sample), ClipShelf.ContentType)
        : new(job.GcsUri(sample), null, ClipShelf.ContentType);
}
