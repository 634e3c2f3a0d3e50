namespace Framegate.Proxy.Engine.Generations;

/// <summary>
/// The ids that callers give their generations. Each client has a name space of its own: an id is stored with its client's name behind it, and shown without.
/// </summary>
internal static class GivenId
{
    /// <summary>No caller's id and no client's name has it.</summary>
    private const char Separator = '~';

    /// <summary>The id that a client's id is stored under.</summary>
    public static string Of(string given, string client) => $"{given}{Separator}{client}";

    /// <summary>Whether it is an id as it is stored.</summary>
    public static bool Is(string id) => id.Contains(Separator, StringComparison.Ordinal);

    /// <summary>The id as its client knows it.</summary>
    public static string Shown(string id) => id.IndexOf(Separator, StringComparison.Ordinal) is var end and >= 0 ? id[..end] : id;
}
