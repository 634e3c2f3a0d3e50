namespace Framegate.Sandbox.Flux;

/// <summary>The clusters. A task lives in the one that accepted it and is unknown to the others (docs.bfl.ai, integration guidelines).</summary>
internal static class FluxRegions
{
    /// <summary>All finetune endpoints are declared on this one (BFL's OpenAPI document).</summary>
    public const string Finetunes = "us1";

    public static IReadOnlyList<string> All { get; } = ["eu1", "eu2", "us1"];
}
