using Framegate.Plugins.Contract;

namespace Framegate.Plugins;

/// <summary>Collects what a model cannot honour while a request is mapped, so that nothing is dropped in silence.</summary>
public sealed class MappingIssues
{
    private readonly List<FieldError> _refusals = [];
    private readonly List<string> _warnings = [];

    /// <summary>Why the request cannot be sent; empty when it can.</summary>
    public IReadOnlyList<FieldError> Refusals => _refusals;

    /// <summary>What the caller should know although the request is sent.</summary>
    public IReadOnlyList<string> Warnings => _warnings;

    /// <summary>What the request will cost by the price list, USD; null when nobody knows. What the provider reports later goes before it.</summary>
    public decimal? EstimatedCost { get; set; }

    /// <summary>What the mapped request asks for; null (the default) where the adapter does not specify it, and the request's own words count.</summary>
    public MappedOutput? Output { get; set; }

    /// <summary>Refuses the request: what the caller would get, or pay, is not what was asked for.</summary>
    /// <param name="field">The path of the field, as in <c>parameters.width</c>.</param>
    /// <param name="message">What is wrong, in a sentence without the field's name.</param>
    /// <param name="allowed">The values that would be taken, where they can be listed.</param>
    public void Refuse(string field, string message, IReadOnlyList<string>? allowed = null) =>
        _refusals.Add(new FieldError(field, message, allowed));

    /// <summary>Warns the caller about something that does not stop the request.</summary>
    /// <param name="field">The path of the field.</param>
    /// <param name="message">What was done instead, in a sentence without the field's name.</param>
    public void Warn(string field, string message) => _warnings.Add($"{field}: {message}");

    /// <summary>Refuses, or warns about, every neutral parameter that was given and is not on the list.</summary>
    /// <param name="parameters">The request's parameters.</param>
    /// <param name="model">The model, for the message.</param>
    /// <param name="supported">Names of the neutral parameters that the mapping deals with.</param>
    public void RejectUnsupported(GenerationParameters parameters, ModelInfo model, params ReadOnlySpan<string> supported)
    {
        foreach (var parameter in NeutralParameter.All)
        {
            if (!parameter.IsGiven(parameters) || supported.Contains(parameter.Name) || (parameter.Name == "n" && parameters.N == 1))
            {
                continue;
            }

            var field = $"parameters.{parameter.Name}";
            if (parameter.ChangesTheResult)
            {
                Refuse(field, $"{model.Id} cannot honour it.");
            }
            else
            {
                Warn(field, $"{model.Id} does not know it; it was left out.");
            }
        }
    }
}
