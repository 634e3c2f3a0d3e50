using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Which generations to look for, newest first. What is null does not matter.</summary>
internal sealed record GenerationSearch
{
    /// <summary>Whose; null for everybody's, which is the operator's to ask.</summary>
    public string? Client { get; init; }

    /// <summary>Their status, by its name on the wire.</summary>
    public string? Status { get; init; }

    /// <summary>The provider they are at.</summary>
    public string? Provider { get; init; }

    /// <summary>Their model, or the alias that they were asked for by.</summary>
    public string? Model { get; init; }

    /// <summary>The code of their failure, by its name on the wire.</summary>
    public string? Code { get; init; }

    /// <summary>What kind of result they were asked for, by its name on the wire.</summary>
    public string? Kind { get; init; }

    /// <summary>A part of their prompt in any case, or the beginning of their id.</summary>
    public string? Text { get; init; }

    /// <summary>The first moment they may have begun at.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>The first moment after those they may have begun at.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>The id of the generation that those found come after.</summary>
    public string? Cursor { get; init; }

    /// <summary>How many at most.</summary>
    public required int Limit { get; init; }

    /// <summary>How many rows are looked through at most; there may be more to find after them.</summary>
    public int Window { get; init; } = 20_000;

    /// <summary>How far those of all pages are counted; null when they are not.</summary>
    public int? CountUpTo { get; init; }

    /// <summary>True when a row has to be read to know whether it is meant.</summary>
    public bool LooksInside => Model is not null || Code is not null || Kind is not null || Text is not null;
}

/// <summary>What was found.</summary>
/// <param name="Items">The generations.</param>
/// <param name="Next">The id to go on after; null when there is nothing more.</param>
internal sealed record GenerationPage(IReadOnlyList<GenerationState> Items, string? Next)
{
    /// <summary>How many there are on all pages; null unless it was asked for.</summary>
    public GenerationCount? Count { get; init; }
}

/// <summary>How many were found.</summary>
/// <param name="Value">How many at least.</param>
/// <param name="IsLeast">True when there may be more: counting ends at a number, and looking at <see cref="GenerationSearch.Window"/>.</param>
internal sealed record GenerationCount(int Value, bool IsLeast)
{
    /// <summary>The count of a search.</summary>
    /// <param name="found">How many were found, up to one more than is counted.</param>
    /// <param name="most">How far is counted.</param>
    /// <param name="isCut">Whether rows were left out that may be meant.</param>
    public static GenerationCount Of(int found, int most, bool isCut) => new(Math.Min(found, most), found > most || isCut);
}
