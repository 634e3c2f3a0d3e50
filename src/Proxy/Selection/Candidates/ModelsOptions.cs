using Framegate.Proxy.Clients;
using Framegate.Proxy.Selection.Strategies;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>The model aliases, by name.</summary>
internal sealed class ModelsOptions : Dictionary<string, AliasOptions>
{
    public const string Section = "Framegate:Models";

    public ModelsOptions()
        : base(StringComparer.Ordinal)
    {
    }
}

/// <summary>A name that stands for models of several providers.</summary>
internal sealed class AliasOptions
{
    /// <summary>How one of the candidates is picked. Default Priority; one of <see cref="RoutingStrategies.All"/>.</summary>
    public string Strategy { get; set; } = RoutingStrategies.Priority;

    /// <summary>What it stands for; at least one.</summary>
    public List<CandidateOptions> Candidates { get; set; } = [];

    /// <summary>Words and phrases that prompts for it may not have, whatever their case. At most 1,000 of at most 200 characters each.</summary>
    public IReadOnlyList<string>? DeniedPhrases { get; set; }

    /// <summary>The longest prompt for it, characters, 1 to 1,000,000; null for what each model takes.</summary>
    public int? MaxPromptLength { get; set; }
}

/// <summary>One model of one provider that an alias stands for.</summary>
internal sealed class CandidateOptions
{
    /// <summary>The provider: the name of a cluster.</summary>
    public string Provider { get; set; } = "";

    /// <summary>A model of it.</summary>
    public string Model { get; set; } = "";

    /// <summary>The lowest is first. Default 0; 0 to 1000000.</summary>
    public int Priority { get; set; }

    /// <summary>Whether it is passed over where there is no such provider or model, instead of being a fault of the configuration. Default false.</summary>
    public bool Optional { get; set; }

    /// <summary>Its share. Default 1; 0 to 1000000; 0 drains it.</summary>
    public double Weight { get; set; } = 1;
}

/// <summary>Rules that need nothing of the rest of the configuration.</summary>
internal sealed class ModelsOptionsRules : IValidateOptions<ModelsOptions>
{
    private const int Most = 1_000_000;

    public ValidateOptionsResult Validate(string? name, ModelsOptions options)
    {
        var errors = new List<string>();
        foreach (var (alias, definition) in options)
        {
            var path = $"{ModelsOptions.Section}:{alias}";
            if (!RoutingStrategies.All.Contains(definition.Strategy, StringComparer.OrdinalIgnoreCase))
            {
                errors.Add($"{path}:Strategy: There is no strategy '{definition.Strategy}'; there are {string.Join(", ", RoutingStrategies.All)}.");
            }

            errors.AddRange(PromptRules.Check(definition.DeniedPhrases, definition.MaxPromptLength).Select(f => $"{path}:{f.Setting}: {f.Reason}"));
            if (definition.Candidates.Count == 0)
            {
                errors.Add($"{path}:Candidates: There must be at least one.");
            }

            for (var i = 0; i < definition.Candidates.Count; i++)
            {
                Check(definition.Candidates[i], $"{path}:Candidates:{i}", errors);
            }

            foreach (var twin in definition.Candidates.GroupBy(c => (c.Provider, c.Model)).Where(g => g.Count() > 1))
            {
                errors.Add($"{path}:Candidates: {twin.Key.Provider}/{twin.Key.Model} is there more than once.");
            }
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static void Check(CandidateOptions candidate, string path, List<string> errors)
    {
        if (candidate.Priority is < 0 or > Most)
        {
            errors.Add($"{path}:Priority: It must be between 0 and {Most}.");
        }

        if (candidate.Weight is not (>= 0 and <= Most))
        {
            errors.Add($"{path}:Weight: It must be between 0 and {Most}.");
        }
    }
}
