using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>Pika through fal.ai's queue.</summary>
/// <remarks>
/// <para>A destination is the origin of a queue: <c>https://queue.fal.run/</c>. A model is an endpoint, as in
/// <c>fal-ai/pika/v2.2/text-to-video</c>, or short <c>v2.2/text-to-video</c>.</para>
/// <para>The key is <c>ID:SECRET</c> in one variable; keys that are kept in two, <c>FAL_KEY_ID</c> and <c>FAL_KEY_SECRET</c>, must be joined.</para>
/// <para>Native parameters go under <c>parameters.pika</c>, as in <c>{"pikaffect": "Melt"}</c>, <c>{"ingredients_mode": "creative"}</c> or
/// <c>{"transitions": [{"duration": 5, "prompt": "..."}]}</c>. What is documented is checked; what is not is sent with a warning.</para>
/// <para>Key frames are <c>image</c>, <c>reference_images</c> and <c>last_image</c>, in this order; <c>duration</c> is split evenly between them.</para>
/// <para>fal would run a failed job again by itself; that is switched off, so that one submit is one run.</para>
/// </remarks>
public sealed class PikaAdapter : ProviderAdapter
{
    internal const string ProviderName = "pika";

    private static readonly KeyValuePair<string, string>[] s_once = [new("x-fal-no-retry", "1")];
    private static readonly PollPace s_pace = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 1.5);

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models => PikaModels.Infos;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables { get; } = ["FAL_KEY"];

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new("Authorization", $"Key {key.Reveal()}");

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) =>
        NativeRequest.PostJson($"/{model.Id}", PikaMapping.Build(request, PikaModels.Of(model) with { Info = model }, issues)) with { Headers = s_once };

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => PikaAnswers.ReadSubmit(response, model);

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job) => NativeRequest.Get(PikaLinks.PollTarget(job));

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) => PikaAnswers.ReadPoll(response, job);

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => PikaFailures.Read(response, operation);

    /// <inheritdoc/>
    public override NativeRequest BuildCancel(JobHandle job) => new("PUT", PikaLinks.CancelTarget(job));

    /// <summary>What the answer to a cancel means: a request that still waited is gone and costs nothing, a running one may go on.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>By its status word, else by its HTTP status.</returns>
    public override CancelOutcome ReadCancel(NativeResponse response) => JsonReading.Parse(response.Json.Span).Member("status").Text() switch
    {
        "OK" when response.IsSuccess => CancelOutcome.Cancelled,
        "ALREADY_COMPLETED" or "NOT_FOUND" => CancelOutcome.TooLate,
        _ => base.ReadCancel(response),
    };

    /// <inheritdoc/>
    public override ProviderWebhook Webhook => PikaWebhook.Instance;

    /// <summary>Where a URL from fal may lead: the key goes to the queue's hosts over https, and to the destination itself, for jobs only. A
    /// result is fetched without it, from any https host.</summary>
    /// <param name="url">The absolute URL.</param>
    /// <param name="destination">The address of the destination the job lives at.</param>
    /// <param name="use">What for.</param>
    /// <returns>On a loopback destination, other loopback URLs are called without the key; all else is refused.</returns>
    public override UrlTrust TrustOf(Uri url, Uri destination, UrlUse use) => PikaLinks.TrustOf(url, destination, use);

    /// <summary>fal lists an endpoint's recent requests with their inputs. When a request is in the list at the latest is not documented, so that absence proves nothing.</summary>
    public override Reconciliation Reconciliation { get; } = new() { List = new JobList(PikaSearch.Build, PikaSearch.Read) };

    /// <inheritdoc/>
    public override PollPace PaceOf(ModelInfo model) => s_pace;

    /// <summary>Asks for a request that does not exist. fal's free calls that check a key are on another host than the queue and unknown to
    /// stand-ins; this one exercises the very host that jobs go to.</summary>
    /// <returns>The native request.</returns>
    public override NativeRequest BuildProbe() => NativeRequest.Get("/fal-ai/pika/requests/00000000-0000-4000-8000-000000000000/status");

    /// <summary>What the answer to a probe means: that the request is unknown is all that can be hoped for.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>Null when all is well.</returns>
    public override ProviderFailure? ReadProbe(NativeResponse response) =>
        response.Status is 400 or 404 or 422 ? null : base.ReadProbe(response);

    /// <inheritdoc/>
    public override ModelInfo? FindModel(string id) => PikaModels.Find(id);

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeResults { get; } = ["url"];

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeLinks { get; } = ["status_url", PikaLinks.Result, PikaLinks.Cancel];

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, string>> NativeSubmitHeaders => s_once;

    /// <summary>The queue, and the direct call, of Pika's models. What fal's other models cost is not known here.</summary>
    public override IReadOnlyList<NativeEndpoint> NativeEndpoints { get; } =
    [
        new("GET,PUT,POST", "/fal-ai/pika/**/requests/{id}", NativeEndpointUse.Job),
        new("GET", "/fal-ai/pika/**/requests/{id}/status", NativeEndpointUse.Job),
        new("GET", "/fal-ai/pika/**/requests/{id}/status/stream", NativeEndpointUse.Job),
        new("PUT,POST", "/fal-ai/pika/**/requests/{id}/cancel", NativeEndpointUse.Job),
        new("POST", "/fal-ai/pika/**", NativeEndpointUse.Submit),
        new("POST", "/fal-ai/pika/**", NativeEndpointUse.Submit) { Host = "fal.run" },
        .. ((string[])["rest.fal.ai", "rest.alpha.fal.ai"]).Select(host => new NativeEndpoint("POST", "/storage/upload/**") { Host = host }),
    ];

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> NativeError(int status, string message) => NativeErrors.Flat("detail", message);

    /// <inheritdoc/>
    public override NativeTargetHeader NativeTargetHeader { get; } = new("x-fal-target-url", PikaLinks.Resolve);
}
