using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Proxy.Selection.Catalogue;

/// <summary>What <c>routes.json</c> sets for one model; what it leaves out stays as the adapter knows it.</summary>
internal sealed class CatalogueEntry
{
    /// <summary>Replaces the capabilities.</summary>
    public List<string>? Capabilities { get; set; }

    /// <summary>The day the model is, or was, retired.</summary>
    public DateOnly? Retired { get; set; }

    /// <summary>The model that follows it.</summary>
    public string? Successor { get; set; }

    /// <summary>False takes the model out of the catalogue. Default true.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Replaces the price, USD.</summary>
    public CataloguePrice? Price { get; set; }

    /// <summary>Narrows the limits: where both set one, the lower wins.</summary>
    public CatalogueLimits? Limits { get; set; }

    /// <summary>The model as it is offered.</summary>
    public ModelInfo Over(ModelInfo model) => model with
    {
        Capabilities = Capabilities ?? model.Capabilities,
        Retired = Retired ?? model.Retired,
        Successor = Successor ?? model.Successor,
        Price = Price is null ? model.Price : new ModelPrice(Price.PerResult, Price.PerSecond, Price.PerSecondBySize),
        Limits = Limits?.Over(model.Limits) ?? model.Limits,
    };
}

/// <summary>A price, USD.</summary>
internal sealed class CataloguePrice
{
    /// <summary>For one result.</summary>
    public decimal? PerResult { get; set; }

    /// <summary>For one second.</summary>
    public decimal? PerSecond { get; set; }

    /// <summary>For one second, by native size or resolution.</summary>
    public Dictionary<string, decimal>? PerSecondBySize { get; set; }
}

/// <summary>Limits that can be narrowed.</summary>
internal class CatalogueLimits
{
    /// <summary>Pixels.</summary>
    public int? MaxWidth { get; set; }

    /// <summary>Pixels.</summary>
    public int? MaxHeight { get; set; }

    /// <summary>Seconds.</summary>
    public double? MaxDuration { get; set; }

    /// <summary>Seconds that can be reached by extending a clip.</summary>
    public double? MaxExtendedDuration { get; set; }

    /// <summary>The only resolutions; of those that the model has. One that names none is held to the largest of them.</summary>
    public List<string>? Resolutions { get; set; }

    /// <summary>Characters.</summary>
    public int? MaxPromptLength { get; set; }

    /// <summary>Results of one request.</summary>
    public int? MaxResults { get; set; }

    /// <summary>The lower of both.</summary>
    public ModelLimits Over(ModelLimits limits) => limits with
    {
        MaxWidth = Lower(MaxWidth, limits.MaxWidth),
        MaxHeight = Lower(MaxHeight, limits.MaxHeight),
        MaxDuration = Lower(MaxDuration, limits.MaxDuration),
        MaxExtendedDuration = limits.MaxExtendedDuration is null ? null : Lower(MaxExtendedDuration, limits.MaxExtendedDuration),
        Resolutions = Resolutions is null ? limits.Resolutions
            : limits.Resolutions.Count == 0 ? Resolutions
            : limits.Resolutions.Where(r => Resolutions.Any(o => SameClass(o, r))).ToList() is { Count: > 0 } both ? both : Resolutions,
        MaxPromptLength = Lower(MaxPromptLength, limits.MaxPromptLength),
        MaxResults = Lower(MaxResults, limits.MaxResults),
    };

    private static bool SameClass(string one, string other) => PixelSize.ClassName(one.ToLowerInvariant()) == PixelSize.ClassName(other.ToLowerInvariant());

    private static T? Lower<T>(T? ours, T? theirs)
        where T : struct, IComparable<T> =>
        ours is { } a && theirs is { } b ? (a.CompareTo(b) < 0 ? a : b) : ours ?? theirs;
}
