using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Tokens as providers have counted them: zeros where one counts none, and no input where one reports the sum alone.</summary>
/// <param name="Total">All of them.</param>
/// <param name="Input">Those that were read.</param>
internal readonly record struct TokenCount(long Total, long Input)
{
    /// <summary>Those that were written.</summary>
    public long Output => Total - Input;

    /// <summary>The tokens of some generations.</summary>
    public static TokenCount Of(IReadOnlyCollection<GenerationState> states) =>
        new(states.Sum(static s => s.TokensUsed ?? 0), states.Sum(static s => Math.Min(s.InputTokens ?? 0, s.TokensUsed ?? 0)));
}
