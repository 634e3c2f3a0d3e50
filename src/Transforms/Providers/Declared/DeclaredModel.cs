using System.Text.Json;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared.Files;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>A model of a provider file.</summary>
/// <param name="Info">What the catalogue knows of it.</param>
/// <param name="Allowed">Allowed values of parameters that have no limit of their own, by name.</param>
/// <param name="Vars">Its own values, as <c>model.NAME</c>.</param>
/// <param name="Defaults">What the provider takes for a parameter that is not given.</param>
/// <param name="Prices">What it costs.</param>
internal sealed record DeclaredModel(
    ModelInfo Info, IReadOnlyDictionary<string, IReadOnlyList<string>> Allowed, IReadOnlyDictionary<string, JsonElement> Vars, IReadOnlyDictionary<string, JsonElement> Defaults,
    IReadOnlyList<DeclaredPrice> Prices)
{
    /// <summary>Parameters that it does not take, although its operation has a field for them.</summary>
    public IReadOnlyList<string> Lacks { get; init; } = [];

    /// <summary>What it refuses, over the mapped request.</summary>
    public IReadOnlyList<(IReadOnlyList<Condition> When, string Field, string Message)> Refuse { get; init; } = [];

    /// <summary>Whether the file lists it, and knows what the model can do; of others that is for their provider to decide.</summary>
    public bool IsListed { get; init; }

    /// <summary>Whether it only ever changes what it is given.</summary>
    public bool NeedsInput => Info.Capabilities.Count > 0 && !Info.Capabilities.Any(c => c.StartsWith("text", StringComparison.Ordinal));

    /// <summary>The price that the file shows; another one in <see cref="Info"/> is the configuration's, and goes before all rules.</summary>
    public ModelPrice? FilePrice { get; init; } = Info.Price;

    /// <summary>The price of a mapped request, USD.</summary>
    /// <param name="facts">What is sent.</param>
    /// <param name="unknown">Variables whose places hold something that nobody has read. A price that looks at one of them is not known.</param>
    /// <returns>Null when nobody knows.</returns>
    public decimal? PriceOf(Scope facts, IReadOnlySet<string> unknown)
    {
        if (ReferenceEquals(Info.Price, FilePrice))
        {
            foreach (var rule in Prices)
            {
                // Which rule holds depends on what those before it look at, too.
                if (unknown.Count > 0 && rule.When.Any(c => c.Names.Any(unknown.Contains)))
                {
                    return null;
                }

                if (rule.When.All(c => c.Holds(facts)))
                {
                    return rule.LooksAt(unknown) ? null : rule.Of(facts);
                }
            }

            return null;
        }

        if (Info.Price is not { } price)
        {
            return null;
        }

        var word = Values.Text(facts.Find("resolution")) ?? Values.Text(facts.Find("size"));
        var perSecond = word is not null && price.PerSecondBySize?.TryGetValue(word, out var sized) == true ? sized : price.PerSecond;
        var own = new DeclaredPrice([], new PricePart { PerSecond = perSecond, PerResult = perSecond is null ? price.PerResult : null });
        return own.LooksAt(unknown) || (price.PerSecondBySize is not null && unknown.Contains("resolution")) ? null : own.Of(facts);
    }

    /// <summary>Sets its own values, and its defaults.</summary>
    public void AddTo(Scope scope)
    {
        foreach (var (name, value) in Vars)
        {
            scope.Set("model." + name, Values.Of(value));
        }

        foreach (var (name, value) in Defaults)
        {
            scope.Set(Scope.DefaultOf(name), Values.Of(value));
        }
    }
}

/// <summary>A rule of a price.</summary>
/// <param name="When">Conditions over the mapped request.</param>
/// <param name="Amounts">The amounts.</param>
internal sealed record DeclaredPrice(IReadOnlyList<Condition> When, PricePart Amounts)
{
    /// <summary>Whether an amount depends on one of these variables.</summary>
    public bool LooksAt(IReadOnlySet<string> names) => names.Count > 0 && (
        (Amounts.PerSecond is not null && names.Contains("seconds")) || (Amounts.PerInput is not null && names.Contains("inputs")) || (Amounts.PerMegapixel is not null && names.Contains("megapixels"))
        || (Amounts.PerThousandCharacters is not null && names.Contains("prompt.length")) || (Amounts.PerMillionTokensIn is not null && names.Contains("prompt.bytes"))
        || (Amounts.PerMillionTokensOut is not null && names.Contains("tokens"))
        || ((Amounts.PerResult ?? Amounts.PerSecond ?? Amounts.PerMegapixel ?? Amounts.PerMillionTokensOut) is not null && names.Contains("results")));

    /// <summary>The price of a mapped request, USD.</summary>
    /// <param name="facts">What is sent: results, seconds, resolution, ...</param>
    /// <returns>Null when an amount depends on something that is not known.</returns>
    public decimal? Of(Scope facts)
    {
        decimal sum = 0;
        var results = Amount(facts, "results") ?? 1;
        foreach (var (price, count) in (ReadOnlySpan<(decimal?, decimal?)>)
        [
            (Amounts.PerRequest, 1), (Amounts.PerResult, results), (Amounts.PerSecond, Amount(facts, "seconds") * results), (Amounts.PerInput, Amount(facts, "inputs")),
            (Amounts.PerMegapixel, Amount(facts, "megapixels") * results), (Amounts.PerThousandCharacters, Amount(facts, "prompt.length") / 1000),
            (Amounts.PerMillionTokensIn, Amount(facts, "prompt.bytes") / 1_000_000), (Amounts.PerMillionTokensOut, Amount(facts, "tokens") * results / 1_000_000),
        ])
        {
            if (price is { } each)
            {
                if (count is not { } many)
                {
                    return null;
                }

                sum += each * many;
            }
        }

        return decimal.Round(Math.Max(sum, Amounts.AtLeast ?? 0) * Amounts.Times, 9);
    }

    private static decimal? Amount(Scope facts, string name) => Values.Number(facts.Find(name)) is >= 0 and <= 1e9 and var number ? (decimal)number : null;
}
