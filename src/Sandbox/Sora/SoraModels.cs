namespace Framegate.Sandbox.Sora;

/// <summary>Models, sizes and lengths: the OpenAPI document's, widened by what only the guide lists (16 and 20 s, 1080p).</summary>
internal static class SoraModels
{
    public const string Default = "sora-2";

    public const string DefaultSize = "720x1280";

    public const string DefaultSeconds = "4";

    /// <summary>6 October 2025, the date of the first snapshots.</summary>
    private const long Created = 1759708800;

    private static readonly IReadOnlyList<string> BaseSizes = ["720x1280", "1280x720"];

    private static readonly IReadOnlyList<string> ProSizes = [.. BaseSizes, "1024x1792", "1792x1024", "1080x1920", "1920x1080"];

    public static IReadOnlyList<string> Names { get; } =
        ["sora-2", "sora-2-pro", "sora-2-2025-10-06", "sora-2-2025-12-08", "sora-2-pro-2025-10-06"];

    public static IReadOnlyList<string> Seconds { get; } = ["4", "8", "12", "16", "20"];

    public static IReadOnlyList<SoraModelEntry> Entries { get; } = [.. Names.Select(n => new SoraModelEntry(n, "model", Created, "system"))];

    public static IReadOnlyList<string> SizesOf(string model) => model.StartsWith("sora-2-pro", StringComparison.Ordinal) ? ProSizes : BaseSizes;
}
