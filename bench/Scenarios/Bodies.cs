using Framegate.Bench.Servers;

namespace Framegate.Bench.Scenarios;

/// <summary>Requests of about 0.4 KB. <c>#</c> stands for a number that differs each time.</summary>
internal static class Bodies
{
    private const string Prompt =
        "A lighthouse on a cliff at dawn, long exposure, waves turning to mist below, a single lit window, gulls in the distance, pale "
        + "pink and slate sky, shot on medium format film with a wide lens, fine grain, quiet mood, number #";

    /// <summary>A unified request that is done with one upstream call.</summary>
    public const string Sync =
        $$$"""{"schema_version":"2.0","provider":"{{{SyncAdapter.ProviderName}}}","model":"{{{SyncAdapter.ModelId}}}","media_type":"text","prompt":"{{{Prompt}}}","parameters":{"seed":7},"metadata":{"project":"bench"}}""";

    /// <summary>A request that is the same each time; without notes of the caller, so that a hit is not written down.</summary>
    public static string Cached { get; } = Sync.Replace(",\"metadata\":{\"project\":\"bench\"}", "", StringComparison.Ordinal).Replace('#', '7');

    /// <summary>A unified request for an image by Flux.</summary>
    public const string Flux =
        $$$"""{"schema_version":"2.0","provider":"flux","model":"flux-dev","media_type":"image","prompt":"{{{Prompt}}}","parameters":{"width":1024,"height":768,"seed":7}}""";

    /// <summary>What a client sends to Flux itself.</summary>
    public const string NativeFlux = $$$"""{"prompt":"{{{Prompt}}}","width":1024,"height":768,"seed":7}""";

    /// <summary>The native request of Flux with an input image in it, as Base64: about 100 KB.</summary>
    public static string NativeFluxWithImage { get; } =
        $$$"""{"prompt":"{{{Prompt}}}","input_image":"{{{new string('A', 100 * 1024)}}}","seed":7}""";
}
