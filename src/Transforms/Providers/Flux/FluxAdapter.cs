using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>Black Forest Labs' native API: FLUX.1, FLUX.1 Kontext, FLUX.2 and FLUX 3.</summary>
/// <remarks>
/// <para>A destination is an origin: <c>https://api.bfl.ai/</c> (global), <c>https://api.eu.bfl.ai/</c>, <c>https://api.us.bfl.ai/</c>;
/// finetuned models are served by <c>https://api.us1.bfl.ai/</c> only.</para>
/// <para>Native parameters go under <c>parameters.flux</c>, as in <c>{"raw": true}</c>, <c>{"finetune_id": "acme/style"}</c> or
/// <c>{"top": 256}</c>. Those that are documented for the model are checked, others are passed on as they are. A native parameter
/// cannot replace what the rest of the request already specifies; webhooks are Framegate's own.</para>
/// <para>A shape (<c>aspect_ratio</c>) given to a model that takes pixels becomes a size of at most 1024 x 1024 pixels: of those that are nearly as
/// large the truest, within 2 % of the shape; 16:9 is 1312 x 736 on FLUX.1. A warning names what was sent where the shape is not met exactly.</para>
/// <para>There is no way to cancel a task and no way to submit one twice safely.</para>
/// </remarks>
public sealed class FluxAdapter : ProviderAdapter
{
    internal const string ProviderName = "flux";

    private static readonly KeyValuePair<string, string>[] s_headers = [new("Accept", "application/json")];
    private static readonly PollPace s_images = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(3), 1.4);
    private static readonly PollPace s_videos = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), 1.4);

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models => FluxModels.Infos;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables { get; } = ["BFL_API_KEY"];

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new("x-key", key.Reveal());

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues)
    {
        var known = FluxModels.Of(model) with { Info = model };
        FluxMapping.CheckCommon(request, known, issues);
        var body = known.Id switch
        {
            FluxModels.Video => FluxVideoMapping.Build(request, known, issues),
            FluxThreeImage.Id => FluxThreeImage.Build(request, known, issues),
            _ => FluxMapping.Build(request, known, issues),
        };
        return NativeRequest.PostJson($"/v1/{model.Id}", body) with { Headers = s_headers };
    }

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => FluxAnswers.ReadSubmit(response, model);

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job) => NativeRequest.Get(FluxLinks.PollTarget(job)) with { Headers = s_headers };

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) =>
        FluxAnswers.ReadPoll(response, job, FindModel(job.Model)?.MediaType ?? MediaType.Image);

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => FluxFailures.Read(response, operation);

    /// <inheritdoc/>
    public override ProviderWebhook Webhook => FluxWebhook.Instance;

    /// <summary>Where a URL from Flux may lead: the key goes to <c>bfl.ai</c> over https, and to the destination itself, for polls only.
    /// A result is fetched without it, from any https host.</summary>
    /// <param name="url">The absolute URL.</param>
    /// <param name="destination">The address of the destination the job lives at.</param>
    /// <param name="use">What for.</param>
    /// <returns>On a loopback destination, other loopback URLs are called without the key; all else is refused.</returns>
    public override UrlTrust TrustOf(Uri url, Uri destination, UrlUse use) => FluxLinks.TrustOf(url, destination, use);

    /// <inheritdoc/>
    public override PollPace PaceOf(ModelInfo model) => model.MediaType == MediaType.Video ? s_videos : s_images;

    /// <inheritdoc/>
    public override NativeRequest BuildProbe() => NativeRequest.Get("/v1/credits") with { Headers = s_headers };

    /// <summary>What the answer to a probe means: an account without credits is not well.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>Null when all is well.</returns>
    public override ProviderFailure? ReadProbe(NativeResponse response) => FluxFailures.ReadProbe(response);

    /// <inheritdoc />
    public override IReadOnlyList<string> NativeLinks { get; } = ["polling_url"];

    /// <inheritdoc />
    public override IReadOnlyList<string> NativeResults { get; } = ["sample"];

    /// <summary>Submits and polls. The account, and the fine-tunes in it, are whose the key is.</summary>
    public override IReadOnlyList<NativeEndpoint> NativeEndpoints { get; } =
    [
        new("POST", "/v1/flux-{model}", NativeEndpointUse.Submit),
        new("POST", "/v1/vto-{model}", NativeEndpointUse.Submit),
        new("GET", "/v1/get_result", NativeEndpointUse.Job) { IdParameter = "id" },

        // The stand-in has its regions below one host, as paths.
        new("GET", "/{region}/v1/get_result", NativeEndpointUse.Job) { IdParameter = "id" },
    ];

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> NativeError(int status, string message) => NativeErrors.Flat("detail", message);
}
