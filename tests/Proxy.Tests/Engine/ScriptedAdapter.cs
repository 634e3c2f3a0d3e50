using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Flux;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>A provider whose answers are single words. What an error status means for money is what it means for the others.</summary>
internal class ScriptedAdapter(string name) : ProviderAdapter
{
    public const string Usual = "scripted";
    public const string Calling = "scripted-calling";
    public const string Hasty = "scripted-hasty";
    public const string Model = "flux-pro-1.1";
    private static readonly FluxAdapter _flux = new();

    public override string Name => name;

    public override IReadOnlyList<ModelInfo> Models => _flux.Models;

    public override IReadOnlyList<string> KeyVariables => _flux.KeyVariables;

    public override bool CancelsAtDeadline => name == Hasty;

    public override PollPace PaceOf(ModelInfo model) => new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), 1);

    public override KeyValuePair<string, string> Authorize(Secret key) => _flux.Authorize(key);

    public override NativeRequest BuildSubmit(GenerationRequest request, ModelInfo model, MappingIssues issues) => NativeRequest.PostJson("/jobs", "{}"u8.ToArray());

    public override JobOutcome ReadSubmit(NativeResponse response, ModelInfo model) => Read(response, new JobHandle("job-1", model.Id));

    public override NativeRequest BuildPoll(JobHandle job) => NativeRequest.Get("/jobs/" + job.NativeId);

    public override JobOutcome ReadPoll(NativeResponse response, JobHandle job) => response switch
    {
        { Status: 404 } => new JobOutcome.NotFound(new ProviderFailure(ErrorCode.ProviderError, "It does not know the job.")),
        { IsSuccess: false } => new JobOutcome.Unreadable(ReadError(response, NativeCall.Poll)),
        _ => Read(response, job),
    };

    public override ProviderFailure ReadError(NativeResponse response, NativeCall operation) => Word(response) == "content"
        ? ProviderFailure.NotAccepted(ErrorCode.ContentPolicyViolation, "It does not want to.")
        : _flux.ReadError(response, operation);

    public override NativeRequest? BuildCancel(JobHandle job) => new("DELETE", "/jobs/" + job.NativeId);

    public override CancelOutcome ReadCancel(NativeResponse response) => response.Status switch
    {
        202 => CancelOutcome.Requested,
        _ => response.IsSuccess ? CancelOutcome.Cancelled : CancelOutcome.TooLate,
    };

    public override NativeRequest BuildProbe() => NativeRequest.Get("/");

    protected static string Word(NativeResponse response) => Encoding.UTF8.GetString(response.Body.Span);

    private static JobOutcome Read(NativeResponse response, JobHandle job) => Word(response) switch
    {
        "job" => new JobOutcome.Running(job, 0.5),
        var kept when kept.StartsWith("kept ", StringComparison.Ordinal) => new JobOutcome.Running(job with { State = new Dictionary<string, string> { ["kept"] = kept } }),
        "text" => new JobOutcome.Succeeded([]) { Text = "done", TokensUsed = 7 },
        "unbilled" => new JobOutcome.Failed(Failure() with { Billed = Billed.No }),
        "failed" => new JobOutcome.Failed(Failure()),
        var word when word.StartsWith("https:", StringComparison.Ordinal) || word.StartsWith("data:", StringComparison.Ordinal) => new JobOutcome.Succeeded([new MediaSource(MediaType.Image, word)]),
        _ => throw new JsonException("Garbage."),
    };

    private static ProviderFailure Failure() => new(ErrorCode.ProviderError, "It broke.") { Acceptance = Acceptance.Yes };
}

/// <summary>One that takes an idempotency key, keeps an id of ours, or lists its jobs.</summary>
internal sealed class ReconcilingAdapter(string name, Reconciliation reconciliation) : ScriptedAdapter(name)
{
    public const string Key = "x-key";
    public const string Id = "x-id";
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(20);
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    /// <summary>One for each statement there is; names are those of the clusters.</summary>
    public static IEnumerable<ReconcilingAdapter> All =>
    [
        new("finder", new Reconciliation { List = List }),
        new("lister", new Reconciliation { List = List with { CompleteAfter = Window } }),
        new("keyed", new Reconciliation { IdempotencyKey = IdempotencyKey.InHeader(Key, KeptFor) }),
        new("known", new Reconciliation { ExternalId = ExternalId with { CompleteAfter = Window } }),
        new("vague", new Reconciliation { ExternalId = ExternalId }),
        new("all", new Reconciliation
        {
            ExternalId = ExternalId with { CompleteAfter = Window }, IdempotencyKey = IdempotencyKey.InHeader(Key, KeptFor), List = List with { CompleteAfter = Window },
        }),
    ];

    public override Reconciliation Reconciliation => reconciliation;

    private static JobList List { get; } = new((_, cursor) => NativeRequest.Get("/jobs?after=" + cursor), (response, _) => Page(response));

    private static ExternalId ExternalId { get; } = new(
        (submit, id) => submit with { Headers = [.. submit.Headers, new(Id, id)] },
        (_, id) => NativeRequest.Get("/jobs?id=" + id),
        (response, _) => response.IsSuccess ? Page(response) : response.Status == 404 ? new FoundJobs([], null) : null);

    /// <summary>An answer is the ids of one page; <c>more</c> promises another, <c>hidden</c> hides something.</summary>
    private static FoundJobs Page(NativeResponse response)
    {
        var words = Word(response).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return new FoundJobs([.. words.Where(w => w is not ("more" or "hidden")).Select(w => new JobHandle(w, Model))], words.Contains("more") ? "next" : null)
        {
            IsUncertain = words.Contains("hidden"),
        };
    }
}

/// <summary>One that calls back. A call is the id of the job, with the secret in a header.</summary>
internal sealed class CallingAdapter() : ScriptedAdapter(Calling)
{
    public override ProviderWebhook? Webhook { get; } = new(
        (submit, _, _, target) => submit with { Headers = [new("X-Call", target.Url.AbsoluteUri), new("X-Secret", target.Secret.Reveal())] },
        (call, model, secret) => call.Header("X-Secret") == secret.Reveal() ? new JobHandle(Encoding.UTF8.GetString(call.Body.Span), model.Id) : null);
}
