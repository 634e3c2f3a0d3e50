using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Secrets;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Framegate.Transforms.Forwarding;

/// <summary>
/// One call to one provider on its way through the proxy pipeline: what to send goes in with it, what came back is left in it.
/// It travels as a feature of the HTTP context.
/// </summary>
public sealed class ProviderExchange
{
    private Task? _beginning;
    private (NativeRequest Of, OutgoingBody? Body)? _body;
    private JobOutcome? _outcome;

    /// <summary>A call to be made.</summary>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="request">The native request.</param>
    /// <param name="clusters">The clusters that may serve it; one of their destinations is picked.</param>
    public ProviderExchange(ProviderAdapter adapter, NativeCall operation, NativeRequest request, IReadOnlyList<string> clusters)
    {
        Adapter = adapter;
        Operation = operation;
        Request = request;
        Clusters = clusters;
    }

    /// <summary>The provider's adapter.</summary>
    public ProviderAdapter Adapter { get; }

    /// <summary>What is asked.</summary>
    public NativeCall Operation { get; }

    /// <summary>The native request. <see cref="OnPicked"/> may put another one in its place, which differs in its target, headers or body.</summary>
    public NativeRequest Request { get; set; }

    /// <summary>What goes out of <see cref="Request"/>; null where it has no body.</summary>
    public OutgoingBody? Body
    {
        get
        {
            if (_body is not var (of, body) || !ReferenceEquals(of, Request))
            {
                body = OutgoingBody.Of(Request);
                _body = (Request, body);
            }

            return body;
        }
    }

    /// <summary>The clusters that may serve it, in order of preference.</summary>
    public IReadOnlyList<string> Clusters { get; }

    /// <summary>The destination the call must go to; null to let the load balancing policy pick one.</summary>
    public DestinationState? Pinned { get; init; }

    /// <summary>The destination that the load balancing policy has picked; null before, and when the call is pinned.</summary>
    public DestinationState? Picked { get; set; }

    /// <summary>Destinations that are not to be picked; null for none. The pipeline adds those whose breaker is open.</summary>
    public ICollection<DestinationState>? Excluded { get; set; }

    /// <summary>True when a short wait for a destination is better than an error that there is none. Default false.</summary>
    public bool IsPatient { get; set; }

    /// <summary>Called with the exchange and its pick before anything else; may put another <see cref="Request"/> in the place of the one there is. False: nothing is to be sent.
    /// Null where nothing has to be done before.</summary>
    public Func<ProviderExchange, DestinationState, Task<bool>>? Prepare { get; init; }

    /// <summary>Called with the exchange and its pick before a connection is opened; may put another <see cref="Request"/> in the place of the one there is.</summary>
    public Action<ProviderExchange, DestinationState>? OnPicked { get; init; }

    /// <summary>Called once with cluster and pick, on an open connection and before a byte of the request leaves, so that the caller can write it down. What it throws stops
    /// the call. Null where nobody needs to know.</summary>
    public Func<string, DestinationState, ValueTask>? OnSending { get; init; }

    /// <summary>Reads the answer, or that there was none. Null for a call that nobody reads.</summary>
    public Func<ProviderExchange, JobOutcome>? Reader { get; init; }

    /// <summary>What the answer means, read once, when it is first asked for; null where nobody reads it.</summary>
    public JobOutcome? Outcome => _outcome ??= Reader?.Invoke(this);

    /// <summary>Called right before the last bytes of the request leave; when it throws they do not. Null for nobody.</summary>
    public Action? OnLeaving { get; init; }

    /// <summary>Takes a 2xx answer that has a file in it while it streams; null to have it buffered into <see cref="Response"/>, as any other answer is.</summary>
    public Func<HttpResponseMessage, CancellationToken, Task>? Consume { get; init; }

    /// <summary>Takes a 2xx answer in JSON that is read into <see cref="Response"/>; null (the default) to have all of it in memory.</summary>
    public IAnswerSink? Sink { get; init; }

    /// <summary>Takes a 2xx answer that is an event stream; null (the default) to have all of it in memory.</summary>
    public IAnswerSink? EventSink { get; init; }

    /// <summary>The largest answer that is buffered, bytes; the adapter sets it.</summary>
    public int MaxResponseBytes => Adapter.MaxResponseBytes(Operation);

    /// <summary>Whether the key goes along. Default true.</summary>
    public bool WithKey { get; init; } = true;

    /// <summary>The environment variable whose key is to be used; null for the one of the destination that is picked.</summary>
    public string? KeyVariable { get; init; }

    /// <summary>The key for the destination; set by the pipeline once the destination is known. Null: the call goes without.</summary>
    public Secret? Key { get; set; }

    /// <summary>The time of the call, which some providers want signed; set by the pipeline together with <see cref="Key"/>.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>Finds the secrets that must not be left in the answer; set by the pipeline together with <see cref="Key"/>. Default: knows none.</summary>
    public SecretMask Mask { get; set; } = SecretMask.None;

    /// <summary>The answer; null when none could be read to its end.</summary>
    public NativeResponse? Response { get; set; }

    /// <summary>What arrived of an answer that could not be read to its end; null when nothing did, or all of it.</summary>
    public NativeResponse? CutResponse { get; set; }

    /// <summary>True when the connection broke before the end of <see cref="Response"/>, which is complete in itself all the same.</summary>
    public bool BrokeOff { get; set; }

    /// <summary>The HTTP status of the answer, even when its body could not be read; 0 when no answer came.</summary>
    public int Status { get; set; }

    /// <summary>Where a redirect leads; null for any other answer.</summary>
    public Uri? Location { get; set; }

    /// <summary>What the forwarder met; <see cref="ForwarderError.None"/> when an answer came.</summary>
    public ForwarderError Error { get; set; }

    /// <summary>What broke the call, or the reading of its answer; null when nothing did.</summary>
    public Exception? Exception { get; set; }

    /// <summary>True when no destination could be picked, so nothing was sent.</summary>
    public bool NothingAvailable { get; set; }

    /// <summary>True when no credentials could be made of the key that is configured, so nothing was sent.</summary>
    public bool NoCredentials { get; set; }

    /// <summary>When no destination could be picked: how long until one may be; null when nobody knows.</summary>
    public TimeSpan? AvailableAfter { get; set; }

    /// <summary>When no destination could be picked because each is out for its account or its key: one of them, and why; null when that is not so.</summary>
    public (string Destination, ErrorCode Code)? Suspended { get; set; }

    /// <summary>Why what must come before it failed, so that nothing was sent; null where that is not so.</summary>
    public ProviderFailure? Unprepared { get; set; }

    /// <summary>How many requests the call took: one, one for each redirect that was followed, and one where the key had to be renewed.</summary>
    public int Requests { get; set; } = 1;

    /// <summary>For a call with <see cref="OnSending"/>: true once the last bytes of the request have been handed to the connection. Before that the provider cannot have
    /// read a whole request.</summary>
    public bool Sent { get; set; }

    /// <summary>For a call with <see cref="OnSending"/>: how often its body was asked for. More than once: the provider has refused it unread, and it went out again.</summary>
    public int Sendings { get; set; }

    /// <summary>How long the provider took, from sending the request to having read its answer.</summary>
    public TimeSpan Elapsed { get; set; }

    /// <summary>Calls <see cref="OnSending"/>, the first time; the same task comes back each time.</summary>
    /// <returns>Ends when the caller has written it down.</returns>
    public Task BeginAsync()
    {
        return _beginning ??= RunAsync();

        async Task RunAsync()
        {
            if (OnSending is { } onSending && Picked is { } picked)
            {
                await onSending(Clusters[0], picked).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Waits for <see cref="OnSending"/> where it has been called.</summary>
    /// <returns>Fails with what it has thrown.</returns>
    public Task WhenBegunAsync() => _beginning ?? Task.CompletedTask;
}
