namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>Which generations to list.</summary>
/// <param name="Client">Whose.</param>
/// <param name="Status">Only those with this status, by its name on the wire; null for all.</param>
/// <param name="Provider">Only those at this provider; null for all.</param>
/// <param name="Cursor">The id of the generation that those listed come after; null to start at the beginning.</param>
/// <param name="Limit">How many at most.</param>
internal sealed record GenerationFilter(string Client, string? Status, string? Provider, string? Cursor, int Limit)
{
    /// <summary>True to begin with the oldest, else with the newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>True for those alone that were asked for as videos, or nobody knows as what, and that their client has not hidden.</summary>
    public bool MayBeVideo { get; init; }
}
