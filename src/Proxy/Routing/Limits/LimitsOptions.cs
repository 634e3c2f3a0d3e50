using Framegate.Proxy.Catalogue;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Routing.Limits;

/// <summary>The limits by provider; read here to be checked at start.</summary>
internal sealed class LimitsOptions : Dictionary<string, ProviderLimits>;

/// <summary>Every error is named with its full path.</summary>
internal sealed class LimitsOptionsRules : IValidateOptions<LimitsOptions>
{
    private const int Most = 1_000_000;

    public ValidateOptionsResult Validate(string? name, LimitsOptions options)
    {
        var errors = new List<string>();
        foreach (var (provider, limits) in options)
        {
            Check(provider, nameof(limits.RequestsPerMinute), limits.RequestsPerMinute);
            Check(provider, nameof(limits.JobsAtOnce), limits.JobsAtOnce);
            Check(provider, nameof(limits.MaxQueued), limits.MaxQueued, least: 0);
        }

        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);

        void Check(string provider, string field, int? value, int least = 1)
        {
            if (value < least || value > Most)
            {
                errors.Add($"{ModelCatalogue.LimitsSection}:{provider}:{field}: {value} is not between {least} and {Most}.");
            }
        }
    }
}
