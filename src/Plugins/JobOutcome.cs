namespace Framegate.Plugins;

/// <summary>What a provider's answer means for a job.</summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>The provider has the job and works on it.</summary>
    /// <param name="Job">The job; on a poll it replaces the one that was stored.</param>
    /// <param name="Progress">0 to 1; null when the provider reports none.</param>
    public sealed record Running(JobHandle Job, double? Progress = null) : JobOutcome
    {
        /// <summary>What the provider bills, USD; null while not reported.</summary>
        public decimal? Cost { get; init; }

        /// <summary>When to ask again; null for the model's pace, zero for at once.</summary>
        public TimeSpan? PollAfter { get; init; }
    }

    /// <summary>The job is done.</summary>
    /// <param name="Media">Its results, in the provider's order. An address that is listed twice is one result.</param>
    public sealed record Succeeded(IReadOnlyList<MediaSource> Media) : JobOutcome
    {
        /// <summary>Its results, in the provider's order; none of their addresses twice.</summary>
        public IReadOnlyList<MediaSource> Media { get; init; } = Once(Media);

        /// <summary>The text, for a model that makes text.</summary>
        public string? Text { get; init; }

        /// <summary>True for a text that ends where the limit of tokens was reached, and not where its writer ended it.</summary>
        public bool TextIsCut { get; init; }

        /// <summary>The seed the provider used; null when not reported.</summary>
        public long? Seed { get; init; }

        /// <summary>What the provider bills, USD; null when not reported, or reported at the submit.</summary>
        public decimal? Cost { get; init; }

        /// <summary>The tokens that the provider counted; null when it reports none.</summary>
        public long? TokensUsed { get; init; }

        /// <summary>Those of them that were read, not written; null when the provider does not distinguish them.</summary>
        public long? InputTokens { get; init; }

        /// <summary>How many results the provider has made and not handed out; <see cref="Warnings"/> name them.</summary>
        public int LeftOut { get; init; }

        /// <summary>What the caller should know, as in "1 of 2 clips was filtered".</summary>
        public IReadOnlyList<string> Warnings { get; init; } = [];

        private static IReadOnlyList<MediaSource> Once(IReadOnlyList<MediaSource> media)
        {
            if (media.Count < 2)
            {
                return media;
            }

            // Bytes in the answer may be alike; and what is counted without an address counts each time.
            var known = new HashSet<string>(StringComparer.Ordinal);
            return [.. media.Where(m => m.Url.Length == 0 || m.Url.StartsWith("data:", StringComparison.OrdinalIgnoreCase) || known.Add(m.Url))];
        }
    }

    /// <summary>The job has ended without a result, or was never taken.</summary>
    /// <param name="Failure">Why.</param>
    public sealed record Failed(ProviderFailure Failure) : JobOutcome;

    /// <summary>The provider reports the job as unknown. That may pass (too early, a replica behind), so the host asks a few times more.</summary>
    /// <param name="Failure">What to report when it stays that way.</param>
    public sealed record NotFound(ProviderFailure Failure) : JobOutcome;

    /// <summary>The answer decides nothing about the job; the host asks again until the caller's time is over.</summary>
    /// <param name="Failure">What to report if nothing better comes.</param>
    public sealed record Unreadable(ProviderFailure Failure) : JobOutcome;
}
