using System.Collections.Frozen;
using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>What a model costs.</summary>
/// <param name="Listed">For the catalogue.</param>
/// <param name="Credits">Credits of a request: never less than what can be charged, null when nobody knows.</param>
internal sealed record RunwayPrice(ModelPrice Listed, Func<RunwayOrder, decimal?> Credits);

/// <summary>
/// Runway's price list. Where the bill depends on what only Runway sees (the length of a clip that goes in, a size or length that the model chooses), the
/// dearest case that its pages allow counts. The finished task reports the true cost.
/// </summary>
internal static class RunwayPriceList
{
    private const string Source = "docs.dev.runwayml.com/guides/pricing, as quoted on 19 September and 4 October 2026";

    /// <summary>Image models and upscaling: the same page as older quotations give it.</summary>
    private const string ImageSource = "docs.dev.runwayml.com/guides/pricing, as quoted in August and on 29 September 2026";

    private static readonly FrozenDictionary<string, RunwayPrice> s_all = All().ToFrozenDictionary(p => p.Id, p => p.Price, StringComparer.Ordinal);

    /// <summary>The price of a model; null where none is published.</summary>
    public static RunwayPrice? Of(string model) => s_all.GetValueOrDefault(model);

    private static IEnumerable<(string Id, RunwayPrice Price)> All() => [.. Clips(), .. ClipsWithReferences(), .. Edits(), .. Images(), .. Sounds()];

    private static IEnumerable<(string Id, RunwayPrice Price)> Clips()
    {
        // ProRes and HDR cost more by an amount that is not known.
        yield return ("gen4.5", PerSecond(12, 10, o => o.Plain));
        yield return ("gen4_turbo", PerSecond(5, 10));
        yield return ("veo3.1", Silent(40, 20));
        yield return ("veo3.1_fast", Silent(15, 10));
        yield return ("seedance2", WithClip(BySize(15, 0, ("480p", 36), ("720p", 36), ("1080p", 40), ("4k", 150)), 15));
        yield return ("seedance2_fast", With(PerSecond(29, 15), (o, credits) => credits + (o.Clip ? 29 * 15 : 0)));
        yield return ("seedance2_mini", WithClip(BySize(15, 64, ("480p", 16), ("720p", 16)), 15));
        yield return ("happyhorse_1_0", BySize(null, 0, ("720p", 15), ("1080p", 30)));
        yield return ("wan3", WithClip(BySize(30, 0, ("480p", 5), ("720p", 10), ("1080p", 20)), 30));
        yield return ("wan3_prime", WithClip(BySize(30, 0, ("480p", 6.8m), ("720p", 14), ("1080p", 28)), 30));
        yield return ("h3_max", BySize(15, 0, ("480p", 5), ("768p", 8)));
    }

    // A reference costs too: a picture or recording by the piece, a clip by its seconds.
    private static IEnumerable<(string Id, RunwayPrice Price)> ClipsWithReferences()
    {
        var seedance = BySize(30, 80, ("480p", 20), ("720p", 30), ("1080p", 68));
        yield return ("seedance2_5", With(seedance, (o, credits) => Math.Max(80, credits + (o.Clip ? Rate(seedance.Listed, o) / 2 * 30 : 0))));
        var hailuo = BySize(15, 0, ("768p", 10), ("2k", 15));
        yield return ("hailuo3", With(hailuo, (o, credits) => credits + (2 * o.Images) + (o.Clip ? Rate(hailuo.Listed, o) * 15 : 0)));
        yield return ("grok_imagine_1_5", With(
            BySize(15, 0, ("480p", 10), ("720p", 16), ("1080p", 29)), (o, credits) => credits + o.Images + o.Sounds));
        yield return ("gemini_omni_flash", new(
            new ModelPrice(PerSecond: 0.11m) { IsBound = true, Source = Source },
            o => (o.Clip ? 11 * 10 : 10 * Seconds(o, 10)) + o.Images));

        // By resolution, between 3.4 and 30; what references add is not known.
        yield return ("gemini_omni_flash_1.1", new(
            new ModelPrice(PerSecond: 0.30m) { IsBound = true, Source = Source }, o => o.Clip || o.Images > 0 ? null : 30 * Seconds(o, 10)));
    }

    // Billed by the length of what goes in, which is limited.
    private static IEnumerable<(string Id, RunwayPrice Price)> Edits()
    {
        var aleph = PerSecond(28, 30, o => o.Plain);
        yield return ("aleph2", With(aleph, (_, credits) => Math.Max(56, credits)));
        yield return ("act_two", PerSecond(5, 30));
        yield return ("enhance_frame_rate", new(new ModelPrice(PerResult: 1.50m) { IsBound = true, Source = Source }, _ => 300 / 2));
        yield return ("magnific_precision_upscaler_v2", new(
            new ModelPrice(PerResult: 1.50m) { IsBound = true, Source = ImageSource }, _ => 150));
    }

    private static IEnumerable<(string Id, RunwayPrice Price)> Images()
    {
        yield return ("gen4_image", PerImage(("720p", 5), ("1k", 8), ("1080p", 8)));
        yield return ("gen4_image_turbo", PerImage(2));
        yield return ("muse_image", PerImage(1));
        yield return ("gemini_2.5_flash", PerImage(5));
        yield return ("gemini_image3_pro", PerImage(("1k", 20), ("2k", 20), ("4k", 40)));
        yield return ("gemini_image3.1_flash", PerImage(("512p", 5), ("1k", 7), ("2k", 11), ("4k", 16)));
        yield return ("seedream5_pro", PerImage(("1k", 5), ("2k", 9)));
        yield return ("seedream5_lite", PerImage(4));

        // Without a quality it is high, and a size that the model chooses is billed as 4K.
        yield return ("gpt_image_2", new(
            new ModelPrice(PerResult: 0.41m) { IsBound = true, Source = ImageSource },
            o => o.Count * (o.Quality, o.Class is "1080p" or "2k") switch
            {
                ("low", var small) => small ? 1 : 2,
                ("medium", var small) => small ? 5 : 11,
                (_, var small) => small ? 20 : 41,
            }));

        // Between 1 and 76; what references add is not known.
        foreach (var id in (string[])["gpt_image_2_5_flare", "gpt_image_2_5_sunburst"])
        {
            yield return (id, new(
                new ModelPrice(PerResult: 0.76m) { IsBound = true, Source = ImageSource }, o => o.Images > 0 ? null : 76 * o.Count));
        }

        yield return ("grok_imagine_image_2", new(
            new ModelPrice(PerResult: 0.08m) { IsBound = true, Source = ImageSource },
            o => Math.Max(6, (o.Count * ((o.Class == "1k" ? 4 : 6) + (o.Quality == "low" ? 0 : 2))) + o.Images)));
    }

    private static IEnumerable<(string Id, RunwayPrice Price)> Sounds()
    {
        // A credit for each 50 characters that are begun.
        RunwayPrice Speech() => new(
            new ModelPrice { PerThousandCharacters = 0.2m, Source = ImageSource }, o => Math.Max(1, Math.Ceiling(o.Characters / 50m)));
        yield return ("eleven_multilingual_v2", Speech());
        yield return ("eleven_v3", Speech());

        // A credit for each second that is asked for, and two where the model chooses.
        yield return ("eleven_text_to_sound_v2", new(
            new ModelPrice(PerSecond: 0.01m) { Source = ImageSource }, o => o.Seconds is { } s ? Math.Ceiling((decimal)s) : 2));
    }

    private static RunwayPrice PerSecond(decimal credits, int longest, Func<RunwayOrder, bool>? known = null) => new(
        new ModelPrice(PerSecond: credits * RunwayMapping.Credit) { Source = Source },
        o => known?.Invoke(o) == false ? null : credits * Seconds(o, longest));

    private static RunwayPrice Silent(decimal sound, decimal silent)
    {
        var sizes = new Dictionary<string, decimal>();
        foreach (var size in (string[])["720p", "1080p"])
        {
            sizes[size] = sound * RunwayMapping.Credit;
            sizes[size + "-silent"] = silent * RunwayMapping.Credit;
        }

        return new(
            new ModelPrice(PerSecond: sizes["720p"], PerSecondBySize: sizes) { Source = Source }, o => (o.Audio ? sound : silent) * Seconds(o, 8));
    }

    private static RunwayPrice BySize(int? longest, decimal least, params (string Size, decimal Credits)[] sizes)
    {
        var listed = new ModelPrice(PerSecondBySize: sizes.ToDictionary(s => s.Size, s => s.Credits * RunwayMapping.Credit)) { Source = Source };
        return new(listed, o => Seconds(o, longest) is { } seconds ? Math.Max(least, Rate(listed, o) * seconds) : null);
    }

    /// <summary>Whether the seconds of a clip that goes in are billed is not published; they may be, as elsewhere.</summary>
    private static RunwayPrice WithClip(RunwayPrice price, int longest) => With(price, (o, credits) => credits + (o.Clip ? Rate(price.Listed, o) * longest : 0));

    private static RunwayPrice PerImage(decimal credits) =>
        new(new ModelPrice(PerResult: credits * RunwayMapping.Credit) { Source = ImageSource }, o => credits * o.Count);

    private static RunwayPrice PerImage(params (string Size, decimal Credits)[] sizes)
    {
        var prices = sizes.ToDictionary(s => s.Size, s => s.Credits);
        var listed = new ModelPrice(PerResult: prices.Values.Max() * RunwayMapping.Credit)
        {
            PerResultBySize = prices.ToDictionary(p => p.Key, p => p.Value * RunwayMapping.Credit), Source = ImageSource,
        };
        return new(listed, o => o.Count * prices.GetValueOrDefault(o.Class ?? "", prices.Values.Max()));
    }

    private static RunwayPrice With(RunwayPrice price, Func<RunwayOrder, decimal, decimal> more) =>
        price with { Credits = o => price.Credits(o) is { } credits ? more(o, credits) : null };

    /// <summary>Credits of a second at the size that is asked for; at the dearest where none is.</summary>
    private static decimal Rate(ModelPrice price, RunwayOrder order) =>
        price.PerSecondBySize!.GetValueOrDefault(order.Class ?? "", price.PerSecondBySize!.Values.Max()) / RunwayMapping.Credit;

    /// <summary>The length that is asked for, or the longest that there is.</summary>
    private static decimal? Seconds(RunwayOrder order, int? longest) => order.Seconds is > 0 and <= 3600 ? (decimal)order.Seconds.Value : longest;
}
