using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>How a provider's recent jobs are listed, so that a submit whose answer was lost can be found again.</summary>
/// <param name="Build">The native request of a page. Its argument is where the last page ended; null for the first.</param>
/// <param name="Read">Picks, from a 2xx answer, the jobs that a request may have started. Its arguments are the answer, the request whose submit
/// was lost, and when that was sent. It may throw <see cref="System.Text.Json.JsonException"/>.</param>
public sealed record JobSearch(
    Func<string?, NativeRequest> Build,
    Func<NativeResponse, GenerationRequest, DateTimeOffset, FoundJobs> Read);

/// <summary>One page of a search for a lost job.</summary>
/// <param name="Candidates">Jobs with the same input that began when the submit was sent, oldest first.</param>
/// <param name="NextCursor">Where the next page begins; null when older pages cannot hold the job.</param>
public sealed record FoundJobs(IReadOnlyList<JobHandle> Candidates, string? NextCursor);
