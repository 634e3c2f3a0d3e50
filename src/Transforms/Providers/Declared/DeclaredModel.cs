using System.Text.Json;
using Framegate.Plugins;

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
    /// <summary>Sets its own values.</summary>
    public void AddTo(Scope scope)
    {
        foreach (var (name, value) in Vars)
        {
            scope.Set("model." + name, Values.Of(value));
        }
    }
}

/// <summary>A rule of a price.</summary>
/// <param name="When">Conditions over the mapped request.</param>
/// <param name="Amounts">The amounts.</param>
internal sealed record DeclaredPrice(IReadOnlyList<Condition> When, PricePart Amounts)
{
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

        return decimal.Round(sum, 9);
    }

    private static decimal? Amount(Scope facts, string name) => Values.Number(facts.Find(name)) is >= 0 and <= 1e9 and var number ? (decimal)number : null;
}
