using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Google's Veo on Vertex AI (Agent Platform).</summary>
/// <remarks>
/// <para>A destination is the collection of models in one project and region:
/// <c>https://us-central1-aiplatform.googleapis.com/v1/projects/PROJECT/locations/us-central1/publishers/google/models/</c>.</para>
/// <para>Native parameters go under <c>parameters.veo</c>, as in <c>{"personGeneration": "allow_adult", "storageUri": "gs://bucket/veo/"}</c>;
/// <c>image</c>, <c>lastFrame</c>, <c>video</c>, <c>referenceImages</c> and <c>mask</c> belong to the instance and may name objects in Cloud
/// Storage, as in <c>{"video": {"gcsUri": "gs://bucket/a.mp4", "mimeType": "video/mp4"}}</c>. Those that are documented are checked, others
/// are passed on with the parameters.</para>
/// <para>Without <c>storageUri</c> the clips come inside the answer to the poll, with it they are fetched from Cloud Storage.</para>
/// <para>A country that Google does not serve is AUTHENTICATION_FAILED: the account, not the request, is at fault.</para>
/// <para>There is no cancel, and nothing keeps a submit from starting a second operation.</para>
/// </remarks>
public sealed class VeoAdapter : ProviderAdapter
{
    private const string Model = "/{version}/projects/{project}/locations/{location}/publishers/google/models/{model}";

    /// <summary>With an API key a call names neither project nor region.</summary>
    private const string Express = "/{version}/publishers/google/models/{model}";
    internal const string ProviderName = "veo";

    private static readonly VeoDialect s_dialect = VeoModels.Dialect(vertex: true);

    /// <inheritdoc/>
    public override string Name => ProviderName;

    /// <inheritdoc/>
    public override IReadOnlyList<ModelInfo> Models { get; } = [.. VeoModels.Vertex.Select(m => s_dialect.Of(m.Id).Info)];

    /// <inheritdoc/>
    public override IReadOnlyList<string> KeyVariables { get; } = ["GOOGLE_VERTEX_ACCESS_TOKEN"];

    /// <inheritdoc/>
    public override string CredentialScheme => "google";

    /// <inheritdoc/>
    public override KeyValuePair<string, string> Authorize(Secret key) => new("Authorization", $"Bearer {key.Reveal()}");

    /// <inheritdoc/>
    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) =>
        NativeRequest.PostJson($"/{model.Id}:predictLongRunning", VeoMapping.Build(request, s_dialect.Of(model.Id) with { Info = model }, s_dialect, issues));

    /// <inheritdoc/>
    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => VeoAnswers.ReadSubmit(response, model);

    /// <inheritdoc/>
    public override NativeRequest BuildPoll(JobHandle job) => Fetch(job.Model, job.NativeId);

    /// <inheritdoc/>
    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) => VeoAnswers.ReadPoll(response, job);

    /// <inheritdoc/>
    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => VeoFailures.Read(response, operation);

    /// <summary>A finished operation may hold its clips, tens of megabytes each.</summary>
    /// <param name="operation">What is asked.</param>
    /// <returns>256 MiB for a poll, else the default.</returns>
    public override int MaxResponseBytes(NativeCall operation) =>
        operation == NativeCall.Poll ? 256 * 1024 * 1024 : base.MaxResponseBytes(operation);

    /// <inheritdoc/>
    public override UrlTrust TrustOf(Uri url, Uri destination, UrlUse use) =>
        VeoLinks.OfVertex(url, destination, use, base.TrustOf(url, destination, use));

    /// <inheritdoc/>
    public override PollPace PaceOf(ModelInfo model) => VeoShared.Pace;

    /// <summary>Asks for an operation that does not exist: the token and the permission to predict are checked before Google looks for it.
    /// No free call of Vertex AI is documented for Veo, and reading the model is answered alike for good and bad tokens.</summary>
    /// <returns>The native request.</returns>
    public override NativeRequest BuildProbe() => Fetch(Models[0].Id, "framegate-probe");

    /// <summary>What the answer to a probe means: a refusal of the name of the operation is all that can be hoped for.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>Null when all is well.</returns>
    public override ProviderFailure? ReadProbe(NativeResponse response)
    {
        var failure = base.ReadProbe(response);
        return response.Status is 400 or 404 && failure?.Code is ErrorCode.InvalidRequest or ErrorCode.UnknownError ? null : failure;
    }

    /// <summary>Submits and their operations, and what a model is.</summary>
    public override IReadOnlyList<NativeEndpoint> NativeEndpoints { get; } =
    [
        new("POST", Model + ":predictLongRunning", NativeEndpointUse.Submit),
        new("POST", Model + ":fetchPredictOperation", NativeEndpointUse.Job) { IdMember = "operationName" },
        new("GET", Model + "/operations/{id}", NativeEndpointUse.Job),
        new("POST", Express + ":predictLongRunning", NativeEndpointUse.Submit),
        new("POST", Express + ":fetchPredictOperation", NativeEndpointUse.Job) { IdMember = "operationName" },
        new("GET", Express + "/operations/{id}", NativeEndpointUse.Job),
        new("GET", Express),
    ];

    /// <inheritdoc/>
    public override ReadOnlyMemory<byte> NativeError(int status, string message) => VeoShared.Error(status, message);

    /// <summary>Native calls name project and region themselves.</summary>
    /// <param name="destination">The address of the destination.</param>
    /// <returns>The part before <c>/v1/projects/</c>.</returns>
    public override string NativeBase(string destination)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var collection = destination.IndexOf("/v1/projects/", StringComparison.Ordinal);
        return collection < 0 ? destination : destination[..(collection + 1)];
    }

    private static NativeRequest Fetch(string model, string operation)
    {
        var fields = new NativeFields();
        fields.Set("operationName", operation);
        return NativeRequest.PostJson($"/{Uri.EscapeDataString(model)}:fetchPredictOperation", fields.ToJson());
    }
}
