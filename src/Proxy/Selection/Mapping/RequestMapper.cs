using System.Text.Json;
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

    private const int MostNames = 8;
    private const int LongestName = 64;

    /// <summary>Maps it.</summary>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="model">The model as it is offered.</param>
    /// <param name="request">The request.</param>
    /// <param name="known">Media inputs that were read already, and those that are read now: what is mapped needs them until it is sent.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The native request, or the refusal.</returns>
    public async ValueTask<MappedRequest> MapAsync(
        ProviderAdapter adapter, ModelInfo model, GenerationRequest request, ReadInputs known, CancellationToken cancellationToken)
    {
        var issues = new MappingIssues();
        var complete = await inputs.ReadAsync(request, model, issues, known, cancellationToken);
        CheckTypes(complete.Parameters, model, issues);
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

        foreach (var (extras, values) in request.Parameters.Native)
        {
            if (extras != adapter.ExtrasKey)
            {
                issues.Warn("parameters." + extras, $"not meant for {adapter.Name}; {NamesOf(values)} left out.");
            }
        }

        return issues.Refusals.Count == 0
            ? new MappedRequest(InputReader.HeldBy(complete) is { Count: > 0 } held ? native! with { Held = held } : native, issues.Warnings, issues.EstimatedCost, null)
            : new MappedRequest(null, issues.Warnings, null, RequestErrors.Of(issues.Refusals, time.GetUtcNow()));
    }

    /// <summary>What was left out of a provider's own parameters, so that a caller who knows them under other names finds them.</summary>
    internal static string NamesOf(JsonElement values)
    {
        // Some of the names alone would read as if the others had been sent.
        var names = values.ValueKind == JsonValueKind.Object ? values.EnumerateObject().Select(static v => v.Name).Take(MostNames + 1).ToList() : [];
        return names.Count is 0 or > MostNames || names.Exists(static n => n.Length > LongestName) ? "it was" : names.Count == 1 ? $"{names[0]} was" : $"{string.Join(", ", names)} were";
    }

    /// <summary>Refuses a picture of a type that the model does not take before anything is sent, so that an alias can go to a candidate that takes it.</summary>
    private static void CheckTypes(GenerationParameters parameters, ModelInfo model, MappingIssues issues)
    {
        if (model.Limits.InputTypes is not { Count: > 0 } types)
        {
            return;
        }

        Check("parameters.image", parameters.Image);
        Check("parameters.last_image", parameters.LastImage);
        Check("parameters.control_image", parameters.ControlImage);
        for (var i = 0; i < parameters.ReferenceImages.Count; i++)
        {
            Check(FormattableString.Invariant($"parameters.reference_images[{i}]"), parameters.ReferenceImages[i]);
        }

        void Check(string field, MediaInput? input)
        {
            if (input is { ContentType: { } type } && type.StartsWith("image/", StringComparison.OrdinalIgnoreCase) && !types.Contains(type, StringComparer.OrdinalIgnoreCase))
            {
                issues.Refuse(field, $"is of a type that {model.Id} does not take ({type}).", types);
            }
        }
    }
}

/// <summary>A mapped request.</summary>
/// <param name="Native">What to send; null when it is refused.</param>
/// <param name="Warnings">What the caller should know.</param>
/// <param name="EstimatedCost">By the price list, USD; null when nobody knows.</param>
/// <param name="Refusal">Why it is refused; null when it is not.</param>
internal sealed record MappedRequest(NativeRequest? Native, IReadOnlyList<string> Warnings, decimal? EstimatedCost, GenerationError? Refusal);
