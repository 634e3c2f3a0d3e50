namespace Framegate.Plugins;

/// <summary>What can be known at a provider about a submit whose answer was lost. The host uses the strongest that is stated: the external id, else the
/// idempotency key, else the list. With none of them the submit ends as unknown and is never sent again.</summary>
/// <remarks>State only what the provider documents. A wrong statement here pays for a job twice.</remarks>
public sealed record Reconciliation
{
    /// <summary>Nothing can be known.</summary>
    public static Reconciliation None { get; } = new();

    /// <summary>The provider keeps an id of ours with the job, and finds the job by it; null (the default) where it does not.</summary>
    public ExternalId? ExternalId { get; init; }

    /// <summary>The provider runs a submit that is repeated with the same key once; null (the default) where it takes no key.</summary>
    public IdempotencyKey? IdempotencyKey { get; init; }

    /// <summary>The provider lists recent jobs; null (the default) where it does not.</summary>
    public JobList? List { get; init; }

    /// <summary>True when nothing is stated.</summary>
    public bool IsNothing => ExternalId is null && IdempotencyKey is null && List is null;
}

/// <summary>A key that makes repetitions of one submit one job. It goes along with every submit; after a lost answer the submit is sent again with it.</summary>
/// <param name="Put">Puts the key, a UUID that the host derives, into a submit: into a header, or into the body. Pure.</param>
/// <param name="KeptFor">How long the provider keeps a key, as documented. A submit that is older is not sent again.</param>
/// <remarks>The answer to a repetition is read with <see cref="ProviderAdapter.ReadSubmit(NativeResponse, ModelInfo)"/> and <see cref="ProviderAdapter.ReadError"/>. Only an accepted job, and a
/// refusal of the request itself, settle what became of the first. 409 never does: the first may be under way, or have had another body.</remarks>
public sealed record IdempotencyKey(Func<NativeRequest, string, NativeRequest> Put, TimeSpan KeptFor)
{
    /// <summary>A key that travels in a header.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="keptFor">How long the provider keeps a key, as documented.</param>
    /// <returns>The statement.</returns>
    public static IdempotencyKey InHeader(string name, TimeSpan keptFor) =>
        new((submit, key) => submit with { Headers = [.. submit.Headers, new(name, key)] }, keptFor);
}

/// <summary>An id of ours that the provider keeps with the job. It goes along with every submit; after a lost answer the job is looked up by it.</summary>
/// <param name="Put">Puts the id, a UUID that the host derives, into a submit. Pure.</param>
/// <param name="Build">The native request that asks for the job with this id.</param>
/// <param name="Read">Reads the answer, whatever its status: the job as the only candidate, none when the provider has no job with this id, and null when the
/// answer proves nothing. It may throw <see cref="System.Text.Json.JsonException"/>, which proves nothing either.</param>
public sealed record ExternalId(
    Func<NativeRequest, string, NativeRequest> Put,
    Func<LostSubmit, string, NativeRequest> Build,
    Func<NativeResponse, LostSubmit, FoundJobs?> Read)
{
    /// <summary>How long after a submit its job is found by its id at the latest. Absent after that, it was not accepted, and may be submitted again. Null (the default)
    /// where the provider does not document it: absence then proves nothing.</summary>
    public TimeSpan? CompleteAfter { get; init; }
}

/// <summary>How a provider's recent jobs are listed.</summary>
/// <param name="Build">The native request of a page. Its last argument is where the page before it ended; null for the first.</param>
/// <param name="Read">Picks, from a 2xx answer, the jobs that the submit may have started. It may throw <see cref="System.Text.Json.JsonException"/>.</param>
public sealed record JobList(
    Func<LostSubmit, string?, NativeRequest> Build,
    Func<NativeResponse, LostSubmit, FoundJobs> Read)
{
    /// <summary>For a list that is complete: how long after a submit its job is in the list at the latest. Absent after that, it was not accepted, and may be submitted
    /// again. Null (the default) where the list may lack a job: absence then proves nothing.</summary>
    public TimeSpan? CompleteAfter { get; init; }
}

/// <summary>One page of a search for a lost job.</summary>
/// <param name="Candidates">Jobs with the same input that began when the submit was sent, oldest first.</param>
/// <param name="NextCursor">Where the next page begins; null when older pages cannot hold the job.</param>
public sealed record FoundJobs(IReadOnlyList<JobHandle> Candidates, string? NextCursor)
{
    /// <summary>True when the job may exist although it is no candidate. One on the page cannot be distinguished, or this destination's list cannot be relied on. Absence
    /// then proves nothing. Default false.</summary>
    public bool IsUncertain { get; init; }
}
