using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>A model.</summary>
internal sealed record ModelPart
{
    /// <summary>Its id at the provider.</summary>
    public required string Id { get; set; }

    /// <summary>Other names that requests may use.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c> or <c>text</c>.</summary>
    public required string Type { get; set; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Capabilities { get; set; } = [];

    /// <summary>The day it stops, or stopped.</summary>
    public DateOnly? Retired { get; set; }

    /// <summary>The model that its maker names in its place.</summary>
    public string? Successor { get; set; }

    /// <summary>Whether the provider fetches https inputs itself. Default true.</summary>
    public bool FetchesUrls { get; set; } = true;

    /// <summary>What it takes.</summary>
    public LimitsPart Limits { get; set; } = new();

    /// <summary>Allowed values of other parameters, by name.</summary>
    public Dictionary<string, IReadOnlyList<string>> Values { get; set; } = [];

    /// <summary>Parameters that the operation has a field for and this model does not take.</summary>
    public IReadOnlyList<string> Lacks { get; set; } = [];

    /// <summary>What this model refuses, over the mapped request.</summary>
    public IReadOnlyList<RefusePart> Refuse { get; set; } = [];

    /// <summary>What the provider takes for a parameter that is not given.</summary>
    public Dictionary<string, JsonElement> Defaults { get; set; } = [];

    /// <summary>Values of its own for templates and conditions, as <c>model.NAME</c>.</summary>
    public Dictionary<string, JsonElement> Vars { get; set; } = [];

    /// <summary>What it costs: the first rule whose conditions hold.</summary>
    public IReadOnlyList<PricePart> Price { get; set; } = [];
}

/// <summary>Something that a model refuses.</summary>
internal sealed record RefusePart
{
    /// <summary>Conditions that must all hold.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public required IReadOnlyList<string> When { get; set; }

    /// <summary>The parameter that is named; <c>native.NAME</c> for one of the provider's own.</summary>
    public required string Field { get; set; }

    /// <summary>Why, in a sentence without the field's name.</summary>
    public required string Message { get; set; }
}

/// <summary>Models that are not listed.</summary>
internal sealed record AnyModelPart
{
    /// <summary>A regular expression over the whole id.</summary>
    public required string Pattern { get; set; }

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c> or <c>text</c>.</summary>
    public required string Type { get; set; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Capabilities { get; set; } = [];

    /// <summary>Values of its own.</summary>
    public Dictionary<string, JsonElement> Vars { get; set; } = [];
}

/// <summary>What a model takes; what is left out is not limited.</summary>
internal sealed record LimitsPart
{
    public IReadOnlyList<string> Sizes { get; set; } = [];
    public bool SizeIsFixed { get; set; }
    public int? MaxWidth { get; set; }
    public int? MaxHeight { get; set; }
    public int? SideStep { get; set; }
    public int? MinSide { get; set; }
    public int? MinArea { get; set; }
    public int? MaxArea { get; set; }
    public IReadOnlyList<string> AspectRatios { get; set; } = [];
    public IReadOnlyList<string> Resolutions { get; set; } = [];
    public IReadOnlyList<double> Durations { get; set; } = [];
    public double? MinDuration { get; set; }
    public double? MaxDuration { get; set; }
    public int? MaxPromptLength { get; set; }
    public int? MaxResults { get; set; }
    public int? MaxInputImages { get; set; }
    public IReadOnlyList<string> InputTypes { get; set; } = [];
}

/// <summary>A price, USD. Amounts are added.</summary>
internal sealed record PricePart
{
    /// <summary>Conditions that must hold, over the mapped request.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> When { get; set; } = [];

    public decimal? PerRequest { get; set; }
    public decimal? PerResult { get; set; }
    public decimal? PerSecond { get; set; }
    public decimal? PerInput { get; set; }
    public decimal? PerMegapixel { get; set; }
    public decimal? PerThousandCharacters { get; set; }

    /// <summary>For a million tokens that go in: at most as many as the prompt has bytes.</summary>
    public decimal? PerMillionTokensIn { get; set; }

    /// <summary>For a million tokens that come out: the fact <c>tokens</c>, the most that the request allows.</summary>
    public decimal? PerMillionTokensOut { get; set; }

    /// <summary>The least that is charged.</summary>
    public decimal? AtLeast { get; set; }

    /// <summary>Dollars for one of these, as 0.01 where the amounts are credits. Default 1.</summary>
    public decimal Times { get; set; } = 1;

    /// <summary>True where this is the most that it can cost, since what is billed shows only afterwards.</summary>
    public bool Bound { get; set; }

    /// <summary>Where it was read, and when.</summary>
    public string? Source { get; set; }
}
