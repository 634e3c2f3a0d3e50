using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Veo in the dialect of the Gemini API, by API key.</summary>
/// <remarks>
/// <para>Google retired Veo there on 22 October 2026; resellers and gateways still speak it. A cluster that is called <c>veo</c> uses it with the
/// metadata <c>Adapter: veo-gemini</c>. A destination is an origin: <c>https://generativelanguage.googleapis.com/</c>.</para>
/// <para>Native parameters go under <c>parameters.veo</c> as on Vertex AI; what only Vertex AI takes is refused. A clip is extended by the URL that
/// this API gave for it, in <c>parameters.video</c>.</para>
/// <para>There is no cancel, and nothing keeps a submit from starting a second operation.</para>
/// </remarks>
public sealed class VeoGeminiAdapter : ProviderAdapter
{
    private static readonly VeoDialect s_dialect = VeoModels.Dialect(vertex: false);

    /// <inheritdoc/>
    public override string Name => "veo-gemini";

    /// <inheritdoc/>
    public override string ExtrasKey => VeoDialect.Extras;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models { get; } = [.. VeoModels.Gemini.Select(m => s_dialect.Of(m.Id).Info)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables { get; } = ["GOOGLE_API_KEY", "GEMINI_API_KEY"];

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new("x-goog-api-key", key.Reveal());

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) => NativeRequest.PostJson(
        $"/v1beta/models/{model.Id}:predictLongRunning", VeoMapping.Build(request, s_dialect.Of(model.Id) with { Info = model }, s_dialect, issues));

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => VeoAnswers.ReadSubmit(response, model);

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job) => NativeRequest.Get(VeoAnswers.PathOf(job.NativeId));

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) => VeoAnswers.ReadPoll(response, job);

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => VeoFailures.Read(response, operation);

    /// <inheritdoc/>
    public override PollPace PaceOf(ModelInfo model) => VeoShared.Pace;

    /// <inheritdoc/>
    public override NativeRequest BuildProbe() => NativeRequest.Get("/v1beta/models?pageSize=1");

    /// <inheritdoc/>
    public override IReadOnlyList<string> NativeLinks { get; } = ["uri"];

    /// <summary>Submits, their operations and files, and the list of models.</summary>
    public override IReadOnlyList<NativeEndpoint> NativeEndpoints { get; } =
    [
        new("POST", "/{version}/models/{model}:predictLongRunning", NativeEndpointUse.Submit) { IdMember = "instances.video.uri,instances.video.fileUri", IdIsOptional = true },
        new("GET", "/{version}/models/{model}/operations/{id}", NativeEndpointUse.Job) { AnswerMember = "uri" },
        new("GET", "/{version}/operations/{id}", NativeEndpointUse.Job) { AnswerMember = "uri" },
        new("GET", "/{version}/files/{id}:download", NativeEndpointUse.Job),
        new("GET", "/{version}/files/{id}", NativeEndpointUse.Job),
        new("GET", "/{version}/models"),
        new("GET", "/{version}/models/{model}"),
    ];

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> NativeError(int status, string message) => VeoShared.Error(status, message);

    /// <inheritdoc/>
    public override Func<string, string> NativePathRepair { get; } = VeoLinks.Repair;
}
