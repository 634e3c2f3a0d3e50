namespace Framegate.Proxy.Common.Redis;

/// <summary>One limit that must have room.</summary>
/// <param name="Key">The count that all replicas add to.</param>
/// <param name="Limit">The most that it may hold.</param>
/// <param name="Member">Who takes a place; the same one twice takes one. Null: there must be room, and nothing is taken.</param>
/// <param name="Lasts">How long the place lasts; null for a place that is held until it is given back.</param>
internal readonly record struct SharedGate(string Key, int Limit, string? Member, TimeSpan? Lasts = null);

/// <summary>Whether there was room.</summary>
/// <param name="IsAway">True when the counts of all are unknown: what this replica has counted decides.</param>
/// <param name="Full">The first gate without room, from 0; null when all had room.</param>
/// <param name="Wait">How long that gate is full at least; zero where nobody knows.</param>
/// <param name="Left">How many more the narrowest gate takes.</param>
internal readonly record struct SharedVerdict(bool IsAway, int? Full, TimeSpan Wait, int Left)
{
    /// <summary>True when the places are taken.</summary>
    public bool IsTaken => !IsAway && Full is null;
}
