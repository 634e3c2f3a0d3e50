using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Selection.Mapping;

/// <summary>Maps a checked request to the native submit of its model.</summary>
internal sealed class RequestMapper(InputReader inputs, TimeProvider time)
{
    /// <summary>How long before its end a model is warned about, days.</summary>
    private const int NoticeDays = 30;

    /// <summary>Maps it.</summary>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="model">The model as it is offered.</param>
    /// <param name="request">The request.</param>
    /// <param name="known">Media inputs that were read for another candidate; null when there is only one.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The native request, or the refusal.</returns>
    public async ValueTask<MappedRequest> MapAsync(
        ProviderAdapter adapter, ModelInfo model, GenerationRequest request, ReadInputs? known, CancellationToken cancellationToken)
    {
        var issues = new MappingIssues();
        var complete = await inputs.ReadAsync(request, model, issues, known, cancellationToken);
        var native = issues.Refusals.Count == 0 ? adapter.BuildSubmit(complete, model, issues) : null;
        if (issues.Refusals.Count == 0)
        {
            OutputLimits.Check(request, issues.Output ?? MappedOutput.Of(request, model), model, adapter.FindModel(model.Id) ?? model, adapter.ExtrasKey, issues);
        }

        if (model.Retired is { } retired)
        {
            var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
            var successor = model.Successor is { } next ? $" {next} follows it." : "";
            if (retired <= today)
            {
                issues.Warn("model", $"{model.Id} was retired by its maker on {retired:yyyy-MM-dd}; it is sent all the same.{successor}");
            }
            else if (retired <= today.AddDays(NoticeDays))
            {
                issues.Warn("model", $"{model.Id} ends on {retired:yyyy-MM-dd}.{successor}");
            }
        }

        foreach (var extras in request.Parameters.Native.Keys)
        {
            if (extras != adapter.ExtrasKey)
            {
                issues.Warn("parameters." + extras, $"not meant for {adapter.Name}; it was left out.");
            }
        }

        return issues.Refusals.Count == 0
            ? new MappedRequest(native, issues.Warnings, issues.EstimatedCost, null)
            : new MappedRequest(null, issues.Warnings, null, RequestErrors.Of(issues.Refusals, time.GetUtcNow()));
    }
}

/// <summary>A mapped request.</summary>
/// <param name="Native">What to send; null when it is refused.</param>
/// <param name="Warnings">What the caller should know.</param>
/// <param name="EstimatedCost">By the price list, USD; null when nobody knows.</param>
/// <param name="Refusal">Why it is refused; null when it is not.</param>
internal sealed record MappedRequest(NativeRequest? Native, IReadOnlyList<string> Warnings, decimal? EstimatedCost, GenerationError? Refusal);
