using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>What a mapped request costs by BFL's price page (mid-2026). The answer to the submit states what it does cost.</summary>
internal static class FluxPrices
{
    /// <summary>The size of an input is not known before it is sent; BFL takes at most this, megapixels.</summary>
    private const decimal MostInput = 20;

    private const decimal Megapixel = 1024 * 1024;

    /// <summary>Bills are rounded to a hundredth of a credit.</summary>
    private const decimal SmallestBill = 10_000;

    /// <summary>The price, USD.</summary>
    /// <param name="output">What is made.</param>
    /// <param name="inputs">Input images.</param>
    /// <param name="model">The model; another price than the one BFL lists is the configuration's and goes before it.</param>
    /// <param name="kind">What stands behind the size in the price of a second: another kind of work costs differently. Empty for the usual one.</param>
    /// <returns>An upper bound where there are inputs; null when nobody knows.</returns>
    public static decimal? Of(MappedOutput output, int inputs, FluxModel model, string kind = "")
    {
        if (model.Info.Price is not { } price)
        {
            return null;
        }

        var results = (decimal)output.Results;
        if (price.PerMegapixel is { } each && output is { Width: { } width, Height: { } height })
        {
            // The first at the price of a result. Pages count whole ones of 2^20, answers report hundredths of a million: the bound is what is more.
            var pixels = (decimal)width * height;
            var more = Math.Max(0, Math.Max(Math.Ceiling(pixels / Megapixel), Math.Ceiling(pixels / 10_000) / 100) - 1);
            return results * Math.Ceiling(((price.PerResult ?? 0) + (each * (more + (inputs * MostInput)))) * SmallestBill) / SmallestBill;
        }

        return (output.Resolution is { } size && price.PerResultBySize?.TryGetValue(size, out var sized) == true ? sized : price.PerResult) * results
            ?? (PerSecond(price, output.Resolution + kind) * (output.Seconds is { } s and >= 0 and <= 3600 ? (decimal)s : null) * results);
    }

    private static decimal? PerSecond(ModelPrice price, string size) =>
        price.PerSecondBySize?.TryGetValue(size, out var sized) == true ? sized : price.PerSecond;
}
