using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Engine;

/// <summary>A request as it comes in.</summary>
/// <param name="Body">The body.</param>
/// <param name="Client">Who sends it.</param>
/// <param name="IdempotencyKey">The key it came with; null for none.</param>
/// <param name="BaseUrl">The address it came in on.</param>
internal sealed record Submission(byte[] Body, string Client, string? IdempotencyKey, string BaseUrl)
{
    /// <summary>The inputs that were taken out of the body.</summary>
    public HeldInputs Held { get; init; } = HeldInputs.None;

    /// <summary>What the caller asks for about cached results.</summary>
    public CacheDirectives Cache { get; init; }

    /// <summary>What the request may cost at most, USD; null for any price.</summary>
    public decimal? MaxCost { get; init; }

    /// <summary>As how many generations the request is made, this one included; what it may cost is for all of them.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>How many of these are still to be begun, this one included.</summary>
    public int PartsLeft { get; init; } = 1;

    /// <summary>What is reserved for all of these; null where there is one only.</summary>
    public PartsHold? PartsHold { get; init; }

    /// <summary>The SHA-256 of the body, where it is known already or stands for more than the body.</summary>
    public byte[]? Fingerprint { get; init; }

    /// <summary>What stands for everything that is asked for, in whatever form the body writes it; null where the fingerprint does.</summary>
    public byte[]? Content { get; init; }

    /// <summary>True when the caller waits for the result in any case, so that it need not learn first that the generation is safe.</summary>
    public bool Waits { get; init; }

    /// <summary>Who waits for the answer; null for nobody, so that no repetition can join it.</summary>
    public ICaller? Caller { get; init; }

    /// <summary>True when the caller declares that it has sent the same before.</summary>
    public bool IsRepetition { get; init; }

    /// <summary>How many tries the caller has counted before this one; null where it does not count them.</summary>
    public int? Tries { get; init; }

    /// <summary>The generations that other parts of the same call are answered with already, and which no other part is; null where it has one part only.</summary>
    public HashSet<string>? Given { get; init; }

    /// <summary>True where callers may declare that. The generation can be found by its content after its answer too. A second request with its key waits
    /// beside the first instead of an answer that the first is still under way.</summary>
    public bool Join { get; init; }

    /// <summary>True when the edge has made the request's id itself, so that nobody can have used it before.</summary>
    public bool IdIsNew { get; init; }

    /// <summary>The dialect it came in.</summary>
    public Dialect Dialect { get; init; }

    /// <summary>The id of the call that it came in with, for the log; null for none.</summary>
    public string? CallId { get; init; }

    /// <summary>What the edge keeps with the generation for itself; null for nothing.</summary>
    public byte[]? Attachment { get; init; }
}
