namespace Framegate.Proxy.Common.Redis;

/// <summary>Who has counted something at this replica, and can report that again after the Redis has lost it.</summary>
internal interface ISharedHolder
{
    /// <summary>The places that are held, whose time is prolonged while this replica lives.</summary>
    IEnumerable<HeldPlace> Places();

    /// <summary>What counts for a while only, with the rest of its time.</summary>
    IEnumerable<HeldPlace> Sent();

    /// <summary>There may be room in a count that was full.</summary>
    /// <param name="key">The count; null for any.</param>
    void RoomMade(string? key);
}

/// <summary>A place in a count.</summary>
/// <param name="Key">The count.</param>
/// <param name="Member">The place; the same one twice is one.</param>
/// <param name="Left">How long it lasts from now on; null for a place that is held.</param>
internal readonly record struct HeldPlace(string Key, string Member, TimeSpan? Left = null);
