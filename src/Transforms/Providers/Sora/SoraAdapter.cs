using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>OpenAI's Videos API, <c>/v1/videos</c>, and whoever else speaks it.</summary>
/// <remarks>
/// <para>OpenAI shut it down on 24 September 2026: at <c>https://api.openai.com/</c> every model is retired, and a 404 or 410 on submit
/// is INVALID_MODEL. A destination is an origin, or the origin and path prefix before <c>/v1</c>.</para>
/// <para>Native parameters go under <c>parameters.sora</c>. <c>{"remix_video_id": "video_..."}</c> varies an earlier video,
/// <c>{"edit_video_id": ...}</c> changes one, <c>{"extend_video_id": ...}</c> adds <c>duration</c> seconds to one;
/// <c>{"characters": [{"id": ...}]}</c> puts in up to two uploaded characters, <c>{"input_reference": {"file_id": ...}}</c> starts from an
/// uploaded file. Others are passed on as they are.</para>
/// <para>Bytes of an image travel as a file part of a multipart form; its pixels must be those of the size asked for, which the
/// provider checks. Frame rate, seed, count and silence have no field.</para>
/// <para>There is no cancel: the delete call is for finished videos only.</para>
/// </remarks>
public sealed class SoraAdapter : ProviderAdapter
{
    internal const string ProviderName = "sora";

    private static readonly PollPace s_pace = new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), 1.5);

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models => SoraModels.All;

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables { get; } = ["OPENAI_API_KEY"];

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new("Authorization", $"Bearer {key.Reveal()}");

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) =>
        SoraMapping.Build(request, model, issues) with { Headers = [new("Accept", "application/json")] };

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => SoraAnswers.ReadSubmit(response, model);

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job) => NativeRequest.Get(SoraAnswers.PathOf(job.NativeId));

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) => SoraAnswers.ReadPoll(response, job);

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => SoraFailures.Read(response, operation);

    /// <inheritdoc/>
    public override Reconciliation Reconciliation { get; } = new() { List = new JobList(SoraSearch.Build, SoraSearch.Read) { CompleteAfter = SoraSearch.Window } };

    /// <inheritdoc/>
    public override PollPace PaceOf(ModelInfo model) => s_pace;

    /// <inheritdoc/>
    public override NativeRequest BuildProbe() => NativeRequest.Get("/v1/models");

    /// <summary>The videos, the characters and the models. The rest of OpenAI's API takes the key too, and costs money or shows the account.</summary>
    public override IReadOnlyList<NativeEndpoint> NativeEndpoints { get; } =
    [
        new("POST", "/v1/videos", NativeEndpointUse.Submit) { IdMember = "characters.id,input_reference.file_id", IdIsOptional = true },
        new("POST", "/v1/videos/edits", NativeEndpointUse.Submit) { IdMember = "video.id,characters.id,input_reference.file_id", IdIsOptional = true },
        new("POST", "/v1/videos/extensions", NativeEndpointUse.Submit) { IdMember = "video.id,characters.id,input_reference.file_id", IdIsOptional = true },
        new("POST", "/v1/videos/characters", NativeEndpointUse.Submit),
        new("GET", "/v1/videos/characters/{id}", NativeEndpointUse.Job),
        new("POST", "/v1/videos/{id}/remix", NativeEndpointUse.Submit),
        new("GET", "/v1/videos", NativeEndpointUse.List),
        new("GET,DELETE", "/v1/videos/{id}", NativeEndpointUse.Job),
        new("GET", "/v1/videos/{id}/content", NativeEndpointUse.Job),
        new("GET", "/v1/models"),
        new("GET", "/v1/models/{model}"),
    ];

    /// <inheritdoc />
    public override ReadOnlyMemory<byte> NativeError(int status, string message) => NativeErrors.Write(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", message);
        writer.WriteString("type", status < 500 ? "invalid_request_error" : "server_error");
        writer.WriteNull("param");
        writer.WriteNull("code");
        writer.WriteEndObject();
    });
}
