using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared.Compiling;

/// <content>Models and their prices.</content>
internal sealed partial class ProviderCompiler
{
    /// <summary>A media type by its word.</summary>
    /// <returns>Null when the word is none.</returns>
    public static MediaType? MediaTypeOf(string word) => word switch
    {
        "image" => MediaType.Image,
        "video" => MediaType.Video,
        "audio" => MediaType.Audio,
        "text" => MediaType.Text,
        _ => null,
    };

    private DeclaredModel Model(ModelPart part, string path)
    {
        if (MediaTypeOf(part.Type) is null)
        {
            Fault(path + "/type", "Must be image, video, audio or text.");
        }

        foreach (var size in part.Limits.Sizes.Where(s => !SizePattern().IsMatch(s)))
        {
            Fault(path + "/limits/sizes", $"'{size}' is no WxH.");
        }

        foreach (var name in part.Values.Keys.Concat(part.Defaults.Keys).Where(n => !NeutralParameter.Names.Contains(n) && n is not ("seconds" or "results" or "size" or "megapixels" or "tokens")))
        {
            Fault(path, $"There is no parameter '{name}'.");
        }

        var l = part.Limits;
        var info = new ModelInfo(part.Id, MediaTypeOf(part.Type) ?? MediaType.Image)
        {
            Capabilities = part.Capabilities,
            FetchesUrls = part.FetchesUrls,
            FetchesVideoUrls = part.FetchesUrls,
            Retired = part.Retired,
            Successor = part.Successor,
            Limits = new ModelLimits
            {
                Sizes = l.Sizes, SizeIsFixed = l.SizeIsFixed, MaxWidth = l.MaxWidth, MaxHeight = l.MaxHeight, SideStep = l.SideStep, MinSide = l.MinSide, MinArea = l.MinArea, MaxArea = l.MaxArea,
                AspectRatios = l.AspectRatios, Resolutions = l.Resolutions, Durations = l.Durations, MinDuration = l.MinDuration, MaxDuration = l.MaxDuration,
                MaxPromptLength = l.MaxPromptLength, MaxResults = l.MaxResults, MaxInputImages = l.MaxInputImages, InputTypes = l.InputTypes,
            },
            Defaults = Defaults(part.Defaults),
            Price = Shown(part.Price),
        };
        for (var i = 0; i < part.Price.Count; i++)
        {
            var p = part.Price[i];
            if (!((decimal?[])[p.PerRequest, p.PerResult, p.PerSecond, p.PerInput, p.PerMegapixel, p.PerThousandCharacters, p.PerMillionTokensIn, p.PerMillionTokensOut, p.AtLeast]).Any(a => a is not null))
            {
                Fault($"{path}/price/{i}", "Must have an amount.");
            }

            if (((decimal?[])[p.PerRequest, p.PerResult, p.PerSecond, p.PerInput, p.PerMegapixel, p.PerThousandCharacters, p.PerMillionTokensIn, p.PerMillionTokensOut, p.AtLeast, p.Times]).Any(a => a < 0))
            {
                Fault($"{path}/price/{i}", "Must not be negative.");
            }
        }

        var prices = part.Price.Select((p, i) => new DeclaredPrice(Conditions(p.When, $"{path}/price/{i}/when"), p)).ToList();
        foreach (var name in part.Lacks.Concat(part.Refuse.Select(r => r.Field).Where(f => f != "prompt" && !f.StartsWith("native.", StringComparison.Ordinal))).Where(n => !NeutralParameter.Names.Contains(n)))
        {
            Fault(path, $"There is no parameter '{name}'.");
        }

        return new DeclaredModel(info, part.Values, part.Vars, part.Defaults, prices)
        {
            IsListed = true,
            Lacks = part.Lacks,
            Refuse = [.. part.Refuse.Select((r, i) => (Conditions(r.When, $"{path}/refuse/{i}/when"), r.Field, r.Message))],
        };
    }

    /// <summary>The price that the catalogue shows: the plain one, and by resolution or size where there are several.</summary>
    private static ModelPrice? Shown(IReadOnlyList<PricePart> prices)
    {
        if (prices.Count == 0)
        {
            return null;
        }

        var plain = prices.FirstOrDefault(p => p.When.Count == 0) ?? prices[0];
        var (perSecond, perResult) = (new Dictionary<string, decimal>(StringComparer.Ordinal), new Dictionary<string, decimal>(StringComparer.Ordinal));
        foreach (var price in prices)
        {
            var sized = price.When.FirstOrDefault(w => w.StartsWith("resolution=", StringComparison.Ordinal) || w.StartsWith("size=", StringComparison.Ordinal));
            foreach (var size in sized?[(sized.IndexOf('=', StringComparison.Ordinal) + 1)..].Split(',') ?? [])
            {
                if (price.PerSecond is { } second)
                {
                    perSecond[size + (price.When.Contains("!audio") ? "-silent" : "")] = second * price.Times;
                }
                else if (price.PerResult is { } result)
                {
                    perResult[size] = result * price.Times;
                }
            }
        }

        return new ModelPrice((plain.PerResult ?? (plain.PerSecond is null ? plain.PerRequest : null)) * plain.Times, plain.PerSecond * plain.Times, perSecond.Count == 0 ? null : perSecond)
        {
            PerResultBySize = perResult.Count == 0 ? null : perResult,
            PerMegapixel = plain.PerMegapixel * plain.Times,
            PerThousandCharacters = plain.PerThousandCharacters * plain.Times,
            IsBound = prices.Any(p => p.Bound),
            Source = prices.Select(p => p.Source).FirstOrDefault(t => t is not null),
        };
    }

    private static GenerationParameters Defaults(Dictionary<string, JsonElement> defaults)
    {
        var parameters = GenerationParameters.None;
        foreach (var (name, value) in defaults)
        {
            var parameter = NeutralParameter.All.FirstOrDefault(p => p.Name == name);
            object? given = parameter?.Kind switch
            {
                ParameterKind.Whole or ParameterKind.Level => value.Whole(),
                ParameterKind.Number => value.Number(),
                ParameterKind.Flag when value.ValueKind is JsonValueKind.True or JsonValueKind.False => value.GetBoolean(),
                ParameterKind.Ratio or ParameterKind.Word or ParameterKind.Text or ParameterKind.Prose => value.Text(),
                _ => null,
            };
            parameters = given is null ? parameters : parameter!.Set(parameters, given);
        }

        return parameters;
    }
}
