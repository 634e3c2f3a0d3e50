namespace Framegate.Proxy.Tests.Architecture;

/// <summary>The folders of src/Proxy from top to bottom. A folder names those below it; a parent stands on its children and puts them together.</summary>
internal static class Layers
{
    /// <summary>The composition root's own folder; it may name everything.</summary>
    public const string Root = "";

    /// <summary>The layer that only <see cref="Host"/> may name.</summary>
    public const string Store = "Store";

    /// <summary>The layer that puts all others together.</summary>
    public const string Host = "Host";

    /// <summary>Top first.</summary>
    public static IReadOnlyList<string> Order { get; } =
    [
        Root,
        "Host", "Host/Telemetry", "Host/Configuration", "Host/Tls",
        "Edge", "Edge/Console", "Edge/Reference", "Edge/Admin", "Edge/Mcp", "Edge/OpenAi", "Edge/OpenAi/Wire", "Edge/Webhooks", "Edge/Unified", "Edge/Native", "Edge/Http",
        "Store/Moving", "Store/Postgres", "Store/Sqlite", "Store/Rows",
        "Engine", "Engine/Moderation", "Engine/Coalescing", "Engine/Poll", "Engine/Find", "Engine/Submit", "Engine/Collect", "Engine/Repetitions", "Engine/Webhooks", "Engine/Open",
        "Engine/StoreContract", "Engine/Generations",
        "Cache", "Cache/Redis", "Cache/Memory", "Cache/Entries", "Cache/Keys",
        "Selection/Candidates", "Selection/Mapping", "Selection/Destinations", "Selection/Strategies", "Selection/Health", "Selection/Limits",
        "Selection/Budgets", "Selection/Catalogue",
        "Media", "Media/Bucket", "Media/Probe", "Media/Whole",
        "Egress",
        "Clients",
        "Common/Configuration", "Common/Redis", "Common/Secrets", "Common/Telemetry", "Common",
    ];

    /// <summary>Whether code in one folder may name a type of another.</summary>
    /// <param name="from">The folder of the code.</param>
    /// <param name="to">The folder of the type.</param>
    public static bool MayName(string from, string to) =>
        from == to || (RankOf(from) < RankOf(to) && (TopOf(to) != Store || TopOf(from) is Store or Host or Root));

    /// <summary>The place in <see cref="Order"/>; -1 for a folder that is not in it.</summary>
    public static int RankOf(string folder)
    {
        for (var i = 0; i < Order.Count; i++)
        {
            if (Order[i] == folder)
            {
                return i;
            }
        }

        return -1;
    }

    private static string TopOf(string folder) => folder.Split('/')[0];
}
