namespace Framegate.Sandbox.Veo;

/// <summary>The models of both dialects as they were documented (veo.md, A4 and B4), whether retired since or not.</summary>
internal static class VeoModels
{
    private static readonly IReadOnlyList<string> UpTo1080 = ["720p", "1080p"];

    private static readonly IReadOnlyList<string> UpTo4K = ["720p", "1080p", "4k"];

    /// <summary>Ids that each service has removed and that must stay gone, so that a client's answer to that can be tried.</summary>
    private static readonly IReadOnlyList<string> Retired =
        ["veo-2.0-generate-preview", "veo-3.0-generate-preview", "veo-3.0-fast-generate-preview"];

    /// <summary>The Gemini Developer API.</summary>
    public static IReadOnlyList<VeoModel> Gemini { get; } =
    [
        new("veo-3.1-generate-preview", 3, UpTo4K) { LastFrame = true, Assets = true, Extends = true },
        new("veo-3.1-fast-generate-preview", 3, UpTo4K) { LastFrame = true, Assets = true, Extends = true },
        new("veo-3.1-lite-generate-preview", 3, UpTo1080) { LastFrame = true, RefusesNegativePrompt = true },
        new("veo-3.0-generate-001", 3, UpTo1080),
        new("veo-3.0-fast-generate-001", 3, UpTo1080),
        new("veo-2.0-generate-001", 2, []) { LastFrame = true, MaxSamples = 2 },
    ];

    /// <summary>Vertex AI, now marketed as Agent Platform. 4k of 3.1-fast is priced though not on its card, so it is taken here.</summary>
    public static IReadOnlyList<VeoModel> Vertex { get; } =
    [
        new("veo-3.1-generate-001", 3, UpTo4K) { MaxSamples = 4, LastFrame = true, Assets = true, Extends = true },
        new("veo-3.1-fast-generate-001", 3, UpTo4K) { MaxSamples = 4, LastFrame = true, Assets = true, Extends = true },
        new("veo-3.1-lite-generate-001", 3, UpTo1080) { MaxSamples = 4, LastFrame = true },
        new("veo-3.0-generate-001", 3, UpTo1080) { MaxSamples = 4 },
        new("veo-3.0-fast-generate-001", 3, UpTo1080) { MaxSamples = 4 },
        new("veo-2.0-generate-001", 2, []) { MaxSamples = 4, LastFrame = true, Extends = true },
        new("veo-2.0-generate-exp", 2, []) { MaxSamples = 4, LastFrame = true, Extends = true, Assets = true, Styles = true },
    ];

    public static VeoModel? Find(IReadOnlyList<VeoModel> models, string id) => models.FirstOrDefault(m => m.Id == id);

    public static bool IsRetired(string id) => Retired.Contains(id);
}
