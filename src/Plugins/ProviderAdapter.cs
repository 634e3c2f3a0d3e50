using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>
/// Translates between the unified contract and one provider's native API. A pure mapping: unified in, native out; native in,
/// outcome out. No I/O, no clock, no randomness; the host sends, waits, retries, stores and downloads.
/// </summary>
/// <remarks>One instance serves all requests at once; it holds no state.</remarks>
public abstract class ProviderAdapter
{
    /// <summary>The name that <c>routes.json</c> uses in a cluster's <c>Adapter</c> metadata. Lower case.</summary>
    public abstract string Name { get; }

    /// <summary>The key of native parameters in a request, as in <c>"parameters": {"flux": {"raw": true}}</c>. Default: <see cref="Name"/>;
    /// adapters of one family share one.</summary>
    public virtual string ExtrasKey => Name;

    /// <summary>The models it knows, retired ones included.</summary>
    public abstract IReadOnlyList<ModelInfo> Models { get; }

    /// <summary>Environment variables that may hold the key, the first that is set wins. A destination's <c>KeyEnv</c> goes before them. <c>A+B</c> names two
    /// for the halves of one key, which is then <c>ACCESS:SECRET</c>.</summary>
    public abstract IReadOnlyList<string> KeyVariables { get; }

    /// <summary>How the value that <see cref="Authorize"/> sends comes about. <c>key</c> (the default): it is the value of the key variable.
    /// <c>google</c>: it is an OAuth access token; where no key variable is set, the host makes one from Google's application default
    /// credentials (a service account's key file, or the metadata server) for the scope <c>https://www.googleapis.com/auth/cloud-platform</c>,
    /// renews it before it runs out, and repeats a call that was answered 401 once with a fresh one.</summary>
    public virtual string CredentialScheme => "key";

    /// <summary>How the key travels.</summary>
    /// <param name="key">The key.</param>
    /// <returns>Name and value of one request header.</returns>
    public abstract KeyValuePair<string, string> Authorize(Secret key);

    /// <summary>The parameter of the query that carries the key, in place of a header; null (the default) where a header does.</summary>
    public virtual string? KeyParameter => null;

    /// <summary>True where <see cref="Sign"/> makes another proof for each call, which is no secret itself. Default false.</summary>
    public virtual bool SignsCalls => false;

    /// <summary>What proves that a call comes from the account.</summary>
    /// <param name="key">The key.</param>
    /// <param name="outgoing">The call.</param>
    /// <returns>Names and values of headers. Default: the one of <see cref="Authorize"/>.</returns>
    public virtual IReadOnlyList<KeyValuePair<string, string>> Sign(Secret key, OutgoingCall outgoing) => [Authorize(key)];

    /// <summary>The native submit of a request.</summary>
    /// <param name="request">The request; its stored media inputs have been read, and its URL inputs too when the model takes only bytes.</param>
    /// <param name="model">The model, one of <see cref="Models"/>.</param>
    /// <param name="issues">Takes refusals (the request is not sent) and warnings.</param>
    /// <returns>The native request; ignored when there are refusals.</returns>
    public abstract NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues);

    /// <summary>What a 2xx answer to a submit means.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="model">The model that was asked for.</param>
    /// <returns><see cref="JobOutcome.Running"/> for an accepted job, <see cref="JobOutcome.Succeeded"/> for one that is done at once, or a failure.</returns>
    /// <exception cref="System.Text.Json.JsonException">The answer is not what the provider documents; the host treats the submit as unknown.</exception>
    public abstract JobOutcome ReadSubmit(NativeResponse response, ModelInfo model);

    /// <summary>The same, where it depends on what was sent.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="model">The model that was asked for.</param>
    /// <param name="operation">The <see cref="NativeRequest.Operation"/> of the submit.</param>
    /// <returns>Default: what <see cref="ReadSubmit(NativeResponse, ModelInfo)"/> returns.</returns>
    /// <exception cref="System.Text.Json.JsonException">The answer is not what the provider documents; the host treats the submit as unknown.</exception>
    public virtual JobOutcome ReadSubmit(NativeResponse response, ModelInfo model, string? operation) => ReadSubmit(response, model);

    /// <summary>Asks how a job stands.</summary>
    /// <param name="job">The job.</param>
    /// <returns>The native request.</returns>
    public abstract NativeRequest BuildPoll(JobHandle job);

    /// <summary>What the answer to a poll means, whatever its status.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="job">The job.</param>
    /// <returns>Any outcome; <see cref="JobOutcome.Unreadable"/> when the answer decides nothing about the job.</returns>
    /// <exception cref="System.Text.Json.JsonException">The answer is not what the provider documents; the host polls again.</exception>
    public abstract JobOutcome ReadPoll(NativeResponse response, JobHandle job);

    /// <summary>What an answer that is not 2xx means.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="operation">What was asked.</param>
    /// <returns>The failure; for a submit it states whether the provider may have a job.</returns>
    public abstract ProviderFailure ReadError(NativeResponse response, NativeCall operation);

    /// <summary>Whether a job can be followed by what the adapter knows now.</summary>
    /// <param name="model">The id of the model that runs it.</param>
    /// <param name="job">The job; null when none is known yet.</param>
    /// <returns>Default: true for a model that is known.</returns>
    public virtual bool CanFollow(string model, JobHandle? job) => FindModel(model) is not null;

    /// <summary>Ends a job at the provider.</summary>
    /// <param name="job">The job.</param>
    /// <returns>The native request; null (the default) where the provider cannot.</returns>
    public virtual NativeRequest? BuildCancel(JobHandle job) => null;

    /// <summary>What the answer to a cancel means, whatever its status.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>Default: requested for 2xx, else too late.</returns>
    public virtual CancelOutcome ReadCancel(NativeResponse response) =>
        response.IsSuccess ? CancelOutcome.Requested : CancelOutcome.TooLate;

    /// <summary>True when the host should cancel the job at the provider once the caller's time is over, since that stops the bill. Default false.</summary>
    public virtual bool CancelsAtDeadline => false;

    /// <summary>What can be known about a submit whose answer was lost. Default: nothing.</summary>
    public virtual Reconciliation Reconciliation => Reconciliation.None;

    /// <summary>The same of one way to submit, where an adapter has several that differ in it.</summary>
    /// <param name="operation">The <see cref="NativeRequest.Operation"/> of the lost submit.</param>
    /// <returns>Default: <see cref="Reconciliation"/>.</returns>
    public virtual Reconciliation ReconciliationOf(string? operation) => Reconciliation;

    /// <summary>How the provider calls back about a job; null (the default) where it does not.</summary>
    public virtual ProviderWebhook? Webhook => null;

    /// <summary>How the provider streams an answer with results in it; null (the default) where it does not.</summary>
    public virtual AnswerEvents? Events => null;

    /// <summary>The largest answer that is read into memory, bytes; a larger one counts as broken. Downloads are streamed and not limited by it.</summary>
    /// <param name="operation">What is asked.</param>
    /// <returns>Default: 4 MiB. More where a provider sends results inside its answers.</returns>
    public virtual int MaxResponseBytes(NativeCall operation) => 4 * 1024 * 1024;

    /// <summary>Fetches one result.</summary>
    /// <param name="media">The result.</param>
    /// <returns>Default: GET of its URL.</returns>
    public virtual NativeRequest BuildDownload(MediaSource media) => NativeRequest.Get(media.Url);

    /// <summary>What a URL from a provider's answer may be used for.</summary>
    /// <param name="url">The absolute URL.</param>
    /// <param name="destination">The address of the destination the job lives at.</param>
    /// <param name="use">What for.</param>
    /// <returns>Default: the key goes to the destination's own origin only; any other https URL may be downloaded without it; a destination on
    /// loopback may name other loopback URLs, without the key;
    /// nothing else is called.</returns>
    public virtual UrlTrust TrustOf(Uri url, Uri destination, UrlUse use) =>
        Origin.Same(url, destination) ? UrlTrust.WithKey
        : use == UrlUse.Download && url.Scheme == Uri.UriSchemeHttps ? UrlTrust.WithoutKey
        : Origin.BothLoopback(url, destination) ? UrlTrust.WithoutKey
        : UrlTrust.Refused;

    /// <summary>How often to poll. Default: after 1 s, then slower by half each time up to 5 s.</summary>
    /// <param name="model">The model.</param>
    /// <returns>The pace.</returns>
    public virtual PollPace PaceOf(ModelInfo model) => PollPace.Default;

    /// <summary>A call that costs nothing and shows that the network, the key and the account work.</summary>
    /// <returns>The native request.</returns>
    public abstract NativeRequest BuildProbe();

    /// <summary>What the answer to a probe means, whatever its status.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>Null when all is well; else the failure.</returns>
    public virtual ProviderFailure? ReadProbe(NativeResponse response) =>
        response.IsSuccess ? null : ReadError(response, NativeCall.Probe);

    /// <summary>For the native route: where the provider's native paths begin.</summary>
    /// <param name="destination">The address of the destination.</param>
    /// <returns>Default: the destination's address itself. Another one where unified calls have a longer common path.</returns>
    public virtual string NativeBase(string destination) => destination;

    /// <summary>For the native route: the header in which the vendor's client names the URL it wants; null (the default) where it has none.</summary>
    public virtual NativeTargetHeader? NativeTargetHeader => null;

    /// <summary>For the native route: turns the path as it came, without the route's prefix, into the one that was meant. For vendors' clients that
    /// spoil it when the gateway is not on https; null (the default) where there are none.</summary>
    public virtual Func<string, string>? NativePathRepair => null;

    /// <summary>For the native route: the calls that it serves. The configuration can add to them. Default: none.</summary>
    public virtual IReadOnlyList<NativeEndpoint> NativeEndpoints => [];

    /// <summary>For the native route: names of the JSON properties in native answers whose URLs must come back through the gateway. Default: none.</summary>
    public virtual IReadOnlyList<string> NativeLinks => [];

    /// <summary>For the native route: names of the JSON properties in native answers whose URLs are results. The vendor's client may send its key along when it
    /// fetches one, so these come back through the gateway too, which asks for them without any key. Default: none.</summary>
    public virtual IReadOnlyList<string> NativeResults => [];

    /// <summary>For the native route: headers that keep the provider from repeating a paid job by itself; added to a POST that lacks them. Default: none.</summary>
    public virtual IReadOnlyList<KeyValuePair<string, string>> NativeSubmitHeaders => [];

    /// <summary>For the native route: headers of the vendor's clients that go on beside the usual ones; an asterisk may end a name. Default: none.</summary>
    public virtual IReadOnlyList<string> NativeRequestHeaders => [];

    /// <summary>For the native route: headers of answers that go on to the client beside the usual ones. Default: none.</summary>
    public virtual IReadOnlyList<string> NativeAnswerHeaders => [];

    /// <summary>For the native route: the body of an error that the gateway itself answers, in the provider's own shape.</summary>
    /// <param name="status">The HTTP status, 400 to 599.</param>
    /// <param name="message">What is wrong, for people.</param>
    /// <returns>JSON, UTF-8. Default: <c>{"error":{"message":...,"code":...}}</c>.</returns>
    public virtual ReadOnlyMemory<byte> NativeError(int status, string message) => NativeErrors.Nested(status, message);

    /// <summary>The model with this id.</summary>
    /// <param name="id">The id, as in a request.</param>
    /// <returns>The model, or null when the adapter does not know it. Default: the one of <see cref="Models"/> with exactly this id; an
    /// adapter may know short names as well.</returns>
    public virtual ModelInfo? FindModel(string id)
    {
        foreach (var model in Models)
        {
            if (string.Equals(model.Id, id, StringComparison.Ordinal))
            {
                return model;
            }
        }

        return null;
    }
}
