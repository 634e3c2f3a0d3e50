using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>Implemented by an adapter whose provider lists recent jobs, so that a submit whose answer was lost can be found again.</summary>
public interface IFindsJobs
{
    /// <summary>Lists recent jobs.</summary>
    /// <param name="cursor">Where the last page ended; null for the first.</param>
    /// <returns>The native request.</returns>
    NativeRequest BuildFind(string? cursor);

    /// <summary>Picks the jobs that this request may have started.</summary>
    /// <param name="response">A 2xx answer.</param>
    /// <param name="request">The request whose submit was lost.</param>
    /// <param name="submittedAt">When it was sent.</param>
    /// <returns>The candidates on this page.</returns>
    FoundJobs ReadFind(NativeResponse response, GenerationRequest request, DateTimeOffset submittedAt);
}

/// <summary>One page of a search for a lost job.</summary>
/// <param name="Candidates">Jobs with the same input that began when the submit was sent, oldest first.</param>
/// <param name="NextCursor">Where the next page begins; null when older pages cannot hold the job.</param>
public sealed record FoundJobs(IReadOnlyList<JobHandle> Candidates, string? NextCursor);
