using Framegate.Proxy.Selection.Strategies;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>What a name of a model leads to when the provider is left open.</summary>
/// <param name="Name">The name.</param>
/// <param name="Strategy">How one of the candidates is picked.</param>
/// <param name="Candidates">The candidates, in the order of the configuration.</param>
/// <param name="IsConfigured">True for an alias of the configuration; false for a model's own name.</param>
internal sealed record AliasRoute(string Name, IRoutingStrategy Strategy, IReadOnlyList<Candidate> Candidates, bool IsConfigured)
{
    /// <summary>Words and phrases that prompts for it may not have; null for none.</summary>
    public IReadOnlyList<string>? DeniedPhrases { get; init; }

    /// <summary>The longest prompt for it, characters; null for what each model takes.</summary>
    public int? MaxPromptLength { get; init; }

    /// <summary>What is remembered between two picks; the same after a reload.</summary>
    public required TargetGroup Group { get; init; }

    /// <summary>The candidates as targets, where the table has put them; looked up by reference, since that is what a pick costs most.</summary>
    public Dictionary<Candidate, Target>? Targets { get; init; }
}
