using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>Runway's API: its own Gen-4 models and the models of others it hosts.</summary>
/// <remarks>
/// <para>A destination is an origin: <c>https://api.dev.runwayml.com/</c>, the production host in spite of its name.</para>
/// <para>The endpoint follows from the model and the inputs: <c>video</c> asks for video_to_video, <c>image</c> for image_to_video. The one
/// model at two endpoints with the same inputs, <c>seed_audio</c>, speaks; <c>{"endpoint": "sound_effect"}</c> makes it a sound effect.</para>
/// <para>Native parameters go under <c>parameters.runway</c>, as in <c>{"contentModeration": {"publicFigureThreshold": "low"}}</c>,
/// <c>{"mode": "extend"}</c>, <c>{"referenceImages": [{"uri": "https://...", "tag": "hero"}]}</c> or <c>{"duration": "auto"}</c>. Those that
/// are documented for the model are checked, others are passed on as they are, and Runway refuses what it does not know. Formats whose result
/// is an archive of frames are refused here, since the archive could not be kept.</para>
/// <para>A size must be one of the model's own; <c>aspect_ratio</c> and <c>resolution</c> choose the cheapest that fits. Where Runway insists
/// on a value and the request names none, 720p landscape (images: <c>auto</c>, else the first of the table) and 5 seconds are sent.</para>
/// <para>Moderated content is charged, and sending it again and again can get the account suspended: it is never retryable.</para>
/// <para>Nothing keeps a submit from starting a second task, and there is no list to find a lost one in.</para>
/// </remarks>
public sealed class RunwayAdapter : ProviderAdapter
{
    private static readonly string[] s_submits =
    [
        "text_to_video", "image_to_video", "video_to_video", "text_to_image", "image_upscale", "video_upscale", "video_to_hdr", "character_performance",
        "text_to_speech", "speech_to_speech", "sound_effect", "voice_dubbing", "voice_isolation",
    ];

    internal const string ProviderName = "runway";

    /// <summary>The only version of the API there is.</summary>
    private static readonly KeyValuePair<string, string>[] s_headers = [new("X-Runway-Version", "2024-11-06")];

    // Runway asks for 5 s between two polls; the first may come earlier.
    private static readonly PollPace s_pace = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(6), 2.5);

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models => RunwayModels.Infos;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables { get; } = ["RUNWAYML_API_SECRET"];

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new("Authorization", $"Bearer {key.Reveal()}");

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) =>
        RunwayMapping.Build(request, RunwayModels.Of(model) with { Info = model }, issues) with { Headers = s_headers };

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => RunwayAnswers.ReadSubmit(response, model);

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job) => NativeRequest.Get(RunwayAnswers.PathOf(job.NativeId)) with { Headers = s_headers };

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) =>
        RunwayAnswers.ReadPoll(response, job, FindModel(job.Model)?.MediaType ?? MediaType.Video);

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => RunwayFailures.Read(response, operation);

    /// <summary>Ends a task. Whether a running one is charged all the same is not documented, so the answer counts as a request only.</summary>
    /// <param name="job">The job.</param>
    /// <returns>DELETE of the task; a finished one is deleted with its results.</returns>
    public override NativeRequest BuildCancel(JobHandle job) => new("DELETE", RunwayAnswers.PathOf(job.NativeId)) { Headers = s_headers };

    /// <inheritdoc/>
    public override bool CancelsAtDeadline => true;

    /// <inheritdoc/>
    public override PollPace PaceOf(ModelInfo model) => s_pace;

    /// <inheritdoc/>
    public override NativeRequest BuildProbe() => NativeRequest.Get("/v1/organization") with { Headers = s_headers };

    /// <summary>What the answer to a probe means: an organisation without credits is not well.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>Null when all is well.</returns>
    public override ProviderFailure? ReadProbe(NativeResponse response) => RunwayFailures.ReadProbe(response);

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeResults { get; } = ["output"];

    /// <summary>An upload is named wherever a picture or a clip may be.</summary>
    private const string Uploads = "**@runway://";

    /// <summary>The submits of the API reference, their tasks, and uploads. The organization is whose the key is.</summary>
    public override IReadOnlyList<NativeEndpoint> NativeEndpoints { get; } =
    [
        .. s_submits.Select(name => new NativeEndpoint("POST", "/v1/" + name, NativeEndpointUse.Submit) { IdMember = Uploads, IdIsOptional = true }),
        new("POST", "/v1/generate/{kind}", NativeEndpointUse.Submit) { IdMember = Uploads, IdIsOptional = true },
        new("GET,DELETE", "/v1/tasks/{id}", NativeEndpointUse.Job),
        new("POST", "/v1/uploads") { AnswerMember = "runwayUri" },
    ];

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> NativeError(int status, string message) => NativeErrors.Flat("error", message);
}
