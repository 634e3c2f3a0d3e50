using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Cache.Keys;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Limits;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Engine.Generations;

/// <summary>Everything that is known about a generation at one moment. It is stored as it is.</summary>
internal sealed record GenerationState
{
    private GenerationPhase _phase;
    private DateTimeOffset? _finishedAt;
    private long? _overheadMs;
    private bool _isOpen = true;
    private string? _endedBy;

    /// <summary>The generation's id; made of the caller's <c>request_id</c> where it gave one.</summary>
    public required string Id { get; init; }

    /// <summary>The id as its client knows it.</summary>
    [JsonIgnore]
    public string ShownId => GivenId.Shown(Id);

    /// <summary>Whose its files are: everybody's where the configuration shares results, else its client's.</summary>
    [JsonIgnore]
    public string MediaOwner => CachePlan?.Key.StartsWith(CacheKeys.Shared + "/", StringComparison.Ordinal) == true ? Media.MediaOwner.Everybody : Client;

    /// <summary>Counts the changes, so that an older one can never replace a newer. What writes the state sets it before anybody else sees
    /// the state.</summary>
    public int Revision { get; set; }

    /// <summary>Whose it is.</summary>
    public required string Client { get; init; }

    /// <summary>The version of the schema it was asked for in.</summary>
    public required string SchemaVersion { get; init; }

    /// <summary>The cluster that runs it.</summary>
    public required string Provider { get; init; }

    /// <summary>The name of the adapter that speaks for the provider.</summary>
    public required string Adapter { get; init; }

    /// <summary>The provider's model.</summary>
    public required string Model { get; init; }

    /// <summary>The model that was asked for with the provider left open; null when the request named its provider. <see cref="Provider"/> and
    /// <see cref="Model"/> are what was picked.</summary>
    public string? Alias { get; init; }

    /// <summary>How another candidate is picked; null when there is only what was asked for.</summary>
    public string? Strategy { get; init; }

    /// <summary>The candidates that can do the request, the picked one among them; null when the request named its provider.</summary>
    public IReadOnlyList<Candidate>? Candidates { get; init; }

    /// <summary>Those of <see cref="Candidates"/> that are not tried again; null while there are none.</summary>
    [JsonPropertyName("spoiled")]
    public IReadOnlyList<Candidate>? ExcludedCandidates { get; init; }

    /// <summary>Candidates that were left out, and why; null when none were.</summary>
    public IReadOnlyList<SkippedCandidate>? Skipped { get; init; }

    /// <summary>What the request may cost in all, USD; null for any price.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>What is reserved for it while it is open, USD: an upper bound of its bill; 0 where nothing has a price.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public decimal Reserved { get; init; }

    /// <summary>What it counts against its client's budgets now, USD: what is reserved while it is open, and its bill afterwards. Where nobody knows whether it was billed, it
    /// counts as billed.</summary>
    [JsonIgnore]
    public decimal Charge =>
        Follows is not null || Cache == CacheUse.Hit ? 0
        : IsOpen ? Math.Max(Reserved, Math.Max(Spent, MayBePaid ? Cost ?? 0 : 0))
        : Phase == GenerationPhase.Succeeded || MayBePaid ? Cost ?? 0
        : 0;

    /// <summary>What earlier candidates may have billed, USD.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public decimal Spent { get; init; }

    /// <summary>Who may have billed <see cref="Spent"/>; null where nobody has, and for what an earlier build has stored.</summary>
    public IReadOnlyList<EarlierBill>? Bills { get; init; }

    /// <summary>True when the request may be sent elsewhere although a provider has accepted it, should that provider fail.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool KeepsRequest { get; init; }

    /// <summary>The wait for a turn at the provider; null when there was none.</summary>
    public QueueReport? Queue { get; init; }

    /// <summary>The place in the queue while it waits for its turn; null otherwise.</summary>
    [JsonIgnore]
    public QueuePosition? QueuePosition { get; init; }

    /// <summary>The place that the replica which drives it has reported of late; null where it has none. It is stored beside the state.</summary>
    [JsonIgnore]
    public WaitingPlace? ReportedPlace { get; init; }

    /// <summary>The request's own metadata; null when it had none.</summary>
    public JsonElement? RequestMetadata { get; init; }

    /// <summary>Its priority where it has to wait for a turn: 0 to 9, higher first.</summary>
    [JsonIgnore]
    public int Priority => RequestPriority.Of(RequestMetadata);

    /// <summary>What it was asked for with; null for what an earlier build has stored.</summary>
    public AskedRequest? Asked { get; init; }

    /// <summary>When the request arrived.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the caller stops waiting.</summary>
    public required DateTimeOffset Deadline { get; init; }

    /// <summary>Where to send the outcome; null for nowhere.</summary>
    public string? CallbackUrl { get; init; }

    /// <summary>What that address is notified of; null for the end alone.</summary>
    public CallbackEvents? CallbackEvents { get; init; }

    /// <summary>Whether its callback address is to be notified of something.</summary>
    public bool Notifies(CallbackEvents what) => CallbackUrl is not null && ((CallbackEvents ?? Plugins.Contract.CallbackEvents.Ended) & what) != 0;

    /// <summary>The address the request came in on, for the URLs in a callback; null when there is no callback.</summary>
    public string? BaseUrl { get; init; }

    /// <summary>The id of the call that it came in with (<c>Framegate-Request-Id</c>); null for one of an older build.</summary>
    public string? CallId { get; init; }

    /// <summary>The span of that call (W3C <c>traceparent</c>), so that what is done later, or after a restart, joins its trace; null where none was made.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Where it stands.</summary>
    public GenerationPhase Phase
    {
        get => _phase;
        init => _phase = value;
    }

    /// <summary>Every try, in order.</summary>
    public IReadOnlyList<AttemptReport> Attempts { get; init; } = [];

    /// <summary>When the last submit was sent; null before the first.</summary>
    public DateTimeOffset? SubmittedAt { get; init; }

    /// <summary>Where the job lives, or may live; null before the first submit.</summary>
    [JsonPropertyName("home")]
    public JobLocation? JobLocation { get; init; }

    /// <summary>The token in the address that the last submit asked its provider to call; null when it asked for no call.</summary>
    public string? WebhookToken { get; init; }

    /// <summary>The job that its provider has called about before the submit was answered; null when it has not. A call that was answered is not repeated, so it is stored.</summary>
    public JobHandle? CalledJob { get; init; }

    /// <summary>Where it is marked whether the last submit has left; null where it is not.</summary>
    public string? SubmitMark { get; init; }

    /// <summary>The job; null until a provider has accepted it.</summary>
    public JobHandle? Job { get; init; }

    /// <summary>What became of the submit's answer, while it is not known whether the provider has the job; else null.</summary>
    [JsonPropertyName("doubt")]
    public ProviderFailure? SubmitFailure { get; init; }

    /// <summary>What the provider made and is being copied; empty before that.</summary>
    public IReadOnlyList<MediaSource> Sources { get; init; } = [];

    /// <summary>What has arrived and waits in a data folder for the bucket; null where nothing does.</summary>
    public IReadOnlyList<MediaItem>? Parked { get; init; }

    /// <summary>How many results were asked for with <c>n</c>; 0 where the request did not say, and for what an earlier build has stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ResultsAsked { get; init; }

    /// <summary>Progress, 0 to 1; null when the provider reports none. Not stored on every change.</summary>
    public double? Progress { get; init; }

    /// <summary>Why nothing is known of the job; null when its last poll was of use, or there was none in this run of the program.</summary>
    [JsonIgnore]
    public PollTrouble? PollTrouble { get; init; }

    /// <summary>Why the last download of a result failed; null when none has in this run of the program.</summary>
    [JsonIgnore]
    public string? DownloadTrouble { get; init; }

    /// <summary>True when a result that comes after the caller's time is kept.</summary>
    [JsonIgnore]
    public bool IsFollowedOn { get; init; }

    /// <summary>What the caller should know.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>USD; null while nobody knows.</summary>
    public decimal? Cost { get; init; }

    /// <summary>True when <see cref="Cost"/> comes from a price list.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CostEstimated { get; init; }

    /// <summary>The tokens that the provider counted; null when it reports none.</summary>
    public long? TokensUsed { get; init; }

    /// <summary>Those of them that were read, not written; null when the provider does not distinguish them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? InputTokens { get; init; }

    /// <summary>The result; its URLs are paths.</summary>
    public GenerationResult? Result { get; init; }

    /// <summary>True for a text that ends where the limit of tokens was reached.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool TextIsCut { get; init; }

    /// <summary>True when the provider has left out results, and the warnings name them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool LeftOutIsTold { get; init; }

    /// <summary>The failure; set as well while the job is still followed after the caller's time is over.</summary>
    public GenerationError? Error { get; init; }

    /// <summary>True when the failure is the provider's and not Framegate's own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool FailedAtProvider { get; init; }

    /// <summary>How the cache takes part.</summary>
    public CacheUse Cache { get; init; }

    /// <summary>What it takes to leave the result in the cache; null when the cache is left out of it.</summary>
    [JsonPropertyName("ticket")]
    public CachePlan? CachePlan { get; init; }

    /// <summary>What the result would have cost had it not been there already, USD; null when nobody knows, or it was made for this generation.</summary>
    public decimal? Saved { get; init; }

    /// <summary>When the result that the cache answered with was made; null when it did not.</summary>
    public DateTimeOffset? CachedAt { get; init; }

    /// <summary>Until when the cache answers with that result.</summary>
    public DateTimeOffset? CachedUntil { get; init; }

    /// <summary>The id of the generation whose job this one shares; null when it has its own.</summary>
    public string? Follows { get; init; }

    /// <summary>True when its client has cancelled it and its job goes on, since others wait for it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    [JsonPropertyName("left")]
    public bool ClientCancelled { get; init; }

    /// <summary>True once the client has asked to cancel.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool CancelRequested { get; init; }

    /// <summary>True once the client does not want to see it any more. It is stored beside the state.</summary>
    [JsonIgnore]
    public bool Hidden { get; init; }

    /// <summary>What an edge keeps with it for itself; null for nothing. It is stored beside the state.</summary>
    [JsonIgnore]
    public byte[]? Attachment { get; init; }

    /// <summary>What a later build has stored and this one does not know; it stays as it is.</summary>
    [JsonIgnore]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>When it ended for the caller; null before that.</summary>
    public DateTimeOffset? FinishedAt
    {
        get => _finishedAt;
        init => _finishedAt = value;
    }

    /// <summary>Framegate's own share of the time it took, milliseconds; null until it has ended, or when it ran across a restart.</summary>
    public long? OverheadMs
    {
        get => _overheadMs;
        init => _overheadMs = value;
    }

    /// <summary>True while there is still something to do for it, be it only to catch a late result.</summary>
    public bool IsOpen
    {
        get => _isOpen;
        init => _isOpen = value;
    }

    /// <summary>The process that ended it, so that it alone counts the end; null before that, and for what an earlier build has stored.</summary>
    public string? EndedBy
    {
        get => _endedBy;
        init => _endedBy = value;
    }

    /// <summary>What the caller sees first.</summary>
    [JsonIgnore]
    public GenerationStatus Status =>
        ClientCancelled ? GenerationStatus.Failed
        : Phase == GenerationPhase.Succeeded ? GenerationStatus.Success
        : Error is not null ? GenerationStatus.Failed
        : GenerationStatus.Processing;

    /// <summary>True when one of its attempts may have been paid for.</summary>
    [JsonIgnore]
    public bool MayBePaid => Attempts.Any(static a => a.Billed != Billed.No);

    /// <summary>True while the body of the request may still be needed: to send it, or to find a job whose submit was lost.</summary>
    [JsonIgnore]
    public bool NeedsRequest => IsOpen
        && (Phase is GenerationPhase.Queued or GenerationPhase.Submitting or GenerationPhase.Unknown || (KeepsRequest && Phase == GenerationPhase.Running));

    /// <summary>Ends it. Only for a state that nobody else has seen yet: it is changed as it stands, which spares a copy of it.</summary>
    /// <param name="phase">Its last phase.</param>
    /// <param name="now">The time.</param>
    /// <param name="overheadMs">Framegate's own share of the time, milliseconds; null when it cannot be determined.</param>
    /// <param name="by">The process that ends it.</param>
    /// <returns>The same state.</returns>
    public GenerationState End(GenerationPhase phase, DateTimeOffset now, long? overheadMs, string? by = null)
    {
        (_phase, _isOpen, _overheadMs, _endedBy) = (phase, false, overheadMs, by);
        _finishedAt = phase == GenerationPhase.Succeeded ? now : _finishedAt ?? now;
        return this;
    }

    /// <summary>The state with its last attempt replaced.</summary>
    public GenerationState WithAttempt(Func<AttemptReport, AttemptReport> change) =>
        Attempts.Count == 0 ? this : this with { Attempts = AttemptsWith(change) };

    /// <summary>Every try, with the last one replaced.</summary>
    public IReadOnlyList<AttemptReport> AttemptsWith(Func<AttemptReport, AttemptReport> change)
    {
        if (Attempts.Count == 0)
        {
            return Attempts;
        }

        var attempts = Attempts.ToArray();
        attempts[^1] = change(attempts[^1]);
        return attempts;
    }

    /// <summary>Every try, and another one.</summary>
    public IReadOnlyList<AttemptReport> AttemptsAnd(AttemptReport attempt) => Attempts.Count == 0 ? [attempt] : [.. Attempts, attempt];

    /// <summary>The place where a job of it is open, or may be; null when none is, or when the job is another generation's.</summary>
    [JsonIgnore]
    public JobLocation? OpenAt => IsOpen && Follows is null && (Phase is GenerationPhase.Submitting or GenerationPhase.Running or GenerationPhase.Unknown) ? JobLocation : null;

    /// <summary>The candidate that is picked.</summary>
    [JsonIgnore]
    public Candidate? Picked => Candidates?.FirstOrDefault(c => c.Provider == Provider && c.Model == Model);

    /// <summary>What it costs in all when the picked candidate costs this; null while nobody knows.</summary>
    public decimal? Total(decimal? cost) => cost is { } known ? Spent + known : Spent > 0 ? Spent : null;

    /// <summary>What it costs when it ends now: what was paid before the picked candidate, where that one was not asked yet; null where nobody knows how much that was.</summary>
    [JsonIgnore]
    public decimal? CostSoFar => Phase != GenerationPhase.Queued ? Cost : Spent > 0 ? Spent : MayBePaid ? null : Cost;

    /// <summary>What was paid in all once this candidate has failed: what its provider bills for that, else what was expected.</summary>
    public decimal? CostAfter(ProviderFailure failure) => failure.Billed == Billed.No ? Spent : failure.Cost is { } bill ? Total(bill) : Cost;
}
