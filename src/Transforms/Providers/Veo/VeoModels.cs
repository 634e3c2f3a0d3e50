using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>The Veo models of both APIs: Google's model cards and the parameter references of Vertex AI and the Gemini API, prices of mid 2026.</summary>
internal static class VeoModels
{
    // Vertex AI: stable models of Veo 2 and 3, and all ids that end in -preview.
    private static readonly DateOnly s_june = new(2026, 6, 30);
    private static readonly DateOnly s_april = new(2026, 4, 2);

    // The Gemini API: the rest of Veo. The day is from a notice that quotes Google's page of deprecations.
    private static readonly DateOnly s_october = new(2026, 10, 22);

    private static readonly ModelPrice s_full = Price((0.40m, 0.20m), (0.40m, 0.20m), (0.60m, 0.40m));
    private static readonly ModelPrice s_fast = Price((0.10m, 0.08m), (0.12m, 0.10m), (0.30m, 0.25m));
    private static readonly ModelPrice s_lite = Price((0.05m, 0.03m), (0.08m, 0.05m));
    private static readonly ModelPrice s_full3 = Price((0.40m, 0.20m), (0.40m, 0.20m));
    private static readonly ModelPrice s_fast3 = Price((0.10m, 0.08m), (0.12m, 0.10m));

    /// <summary>The first is the default of the catalogue.</summary>
    public static IReadOnlyList<VeoModel> Vertex { get; } =
    [
        .. Family("veo-3.1-generate-001", "veo-3.1-fast-generate-001", "veo-3.1-lite-generate-001", null, vertex: true),
        Veo3("veo-3.0-generate-001", s_full3, s_june, vertex: true),
        Veo3("veo-3.0-fast-generate-001", s_fast3, s_june, vertex: true),
        Veo2("veo-2.0-generate-001", 0.50m, s_june, vertex: true) with { Extends = true },
        Veo2("veo-2.0-generate-exp", 0.50m, null, vertex: true) with { Extends = true, MaxReferences = 3, Experimental = true },
        .. Family("veo-3.1-generate-preview", "veo-3.1-fast-generate-preview", null, s_april, vertex: true),
        Veo3("veo-3.0-generate-preview", s_full3, s_april, vertex: true),
        Veo3("veo-3.0-fast-generate-preview", s_fast3, s_april, vertex: true),
    ];

    /// <summary>All retired; resellers still serve them.</summary>
    public static IReadOnlyList<VeoModel> Gemini { get; } =
    [
        .. Family("veo-3.1-generate-preview", "veo-3.1-fast-generate-preview", "veo-3.1-lite-generate-preview", s_october, vertex: false),
        Veo3("veo-3.0-generate-001", s_full3, s_june, vertex: false),
        Veo3("veo-3.0-fast-generate-001", s_fast3, s_june, vertex: false),
        Veo2("veo-2.0-generate-001", 0.35m, s_june, vertex: false) with { MaxSamples = 2 },
    ];

    /// <summary>The models with what the catalogue shows of them.</summary>
    public static VeoDialect Dialect(bool vertex) => new(
        vertex, (vertex ? Vertex : Gemini).Select(m => Described(m, vertex)).ToDictionary(m => m.Id, StringComparer.Ordinal));

    /// <summary>The price of a second, USD; null when it is not known.</summary>
    public static decimal? PerSecond(VeoModel model, string resolution, bool audio)
    {
        var price = model.Info.Price;
        return price?.PerSecondBySize is not { } bySize ? price?.PerSecond
            : !audio && bySize.TryGetValue(resolution + "-silent", out var silent) ? silent
            : bySize.TryGetValue(resolution, out var sound) ? sound
            : price.PerSecond;
    }

    private static IEnumerable<VeoModel> Family(string full, string fast, string? lite, DateOnly? retired, bool vertex)
    {
        string[] all = ["720p", "1080p", "4k"];
        var samples = vertex ? 4 : 1;
        var model = new VeoModel(Info(full, s_full, retired, vertex))
        {
            Resolutions = all, LastFrame = true, MaxReferences = 3, Extends = true, MaxSamples = samples,
        };
        yield return model;
        yield return model with { Info = Info(fast, s_fast, retired, vertex) };
        if (lite is not null)
        {
            yield return new VeoModel(Info(lite, s_lite, retired, vertex)) { LastFrame = true, MaxSamples = samples };
        }
    }

    private static VeoModel Veo3(string id, ModelPrice price, DateOnly retired, bool vertex) =>
        new(Info(id, price, retired, vertex)) { MaxSamples = vertex ? 4 : 1 };

    private static VeoModel Veo2(string id, decimal price, DateOnly? retired, bool vertex) => new(Info(id, new ModelPrice(PerSecond: price), retired, vertex))
    {
        Resolutions = ["720p"], LastFrame = true, MaxSamples = vertex ? 4 : 1,
    };

    private static ModelInfo Info(string id, ModelPrice price, DateOnly? retired, bool vertex) => new(id, MediaType.Video)
    {
        Price = vertex ? price : WithSound(price),
        Retired = retired,

        // The Gemini API extends only what it made itself, and that is named by its URL.
        FetchesVideoUrls = !vertex,
    };

    private static VeoModel Described(VeoModel model, bool vertex) => model with
    {
        Info = model.Info with
        {
            Capabilities = ["text-to-video", "image-to-video", .. Some(model.Extends, "extend"), .. Some(!model.IsVeo2, "audio")],
            Limits = new ModelLimits
            {
                AspectRatios = ["16:9", "9:16"],
                Resolutions = model.Resolutions,
                Durations = [.. model.Seconds.Select(s => (double)s)],
                MinDuration = model.Seconds[0],
                MaxDuration = 8,
                MaxExtendedDuration = !model.Extends ? null : vertex ? 37 : 148,
                MaxResults = model.MaxSamples,
                MaxInputImages = Math.Max(model.MaxReferences, model.LastFrame ? 2 : 1),
                InputTypes = VeoDialect.TypesOf(vertex),
            },
        },
    };

    private static T[] Some<T>(bool condition, T value) => condition ? [value] : [];

    // The Gemini API has no clip without sound.
    private static ModelPrice WithSound(ModelPrice price) => price.PerSecondBySize is not { } bySize ? price : price with
    {
        PerSecondBySize = bySize.Where(p => !p.Key.EndsWith("-silent", StringComparison.Ordinal)).ToDictionary(),
    };

    private static ModelPrice Price((decimal Sound, decimal Silent) p720, (decimal Sound, decimal Silent) p1080, (decimal Sound, decimal Silent)? p4K = null)
    {
        var prices = new Dictionary<string, decimal>
        {
            ["720p"] = p720.Sound, ["720p-silent"] = p720.Silent, ["1080p"] = p1080.Sound, ["1080p-silent"] = p1080.Silent,
        };
        if (p4K is { } four)
        {
            (prices["4k"], prices["4k-silent"]) = (four.Sound, four.Silent);
        }

        return new ModelPrice(PerSecond: p720.Sound, PerSecondBySize: prices);
    }
}
