using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>The answer of <c>POST /quotes</c>.</summary>
/// <param name="Alias">The alias that was asked for; null when the request names its provider.</param>
/// <param name="Strategy">Its strategy; null without an alias.</param>
/// <param name="Data">The candidates: first those that can do the request, in the order of the strategy at this moment, then the others.</param>
internal sealed record QuoteAnswer(string? Alias, string? Strategy, IReadOnlyList<QuoteView> Data);

/// <summary>One candidate of a quote.</summary>
/// <param name="Provider">The provider.</param>
/// <param name="Model">The model.</param>
/// <param name="Verdict"><c>able</c> or <c>unable</c>.</param>
/// <param name="Place">Its place in the order, from 1; null when it is unable.</param>
/// <param name="Ready">Whether it could be given a job at this moment.</param>
/// <param name="Cost">What it would cost by the price list, USD; null when nobody knows.</param>
/// <param name="Warnings">What would be done otherwise than asked.</param>
/// <param name="Refusal">Why it is left out; null when it is not.</param>
internal sealed record QuoteView(
    string Provider, string Model, string Verdict, int? Place, bool Ready, decimal? Cost, IReadOnlyList<string> Warnings, GenerationError? Refusal)
{
    /// <summary>How long jobs of the model took lately, milliseconds; null when nothing is known, or what is known is too old.</summary>
    public long? UsualMs { get; init; }
}
