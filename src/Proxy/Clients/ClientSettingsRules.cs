using System.Text.RegularExpressions;

namespace Framegate.Proxy.Clients;

/// <summary>What settings of a client may be, wherever they come from.</summary>
internal static partial class ClientSettingsRules
{
    /// <summary>The most that a budget or a request may be bounded by, USD.</summary>
    public const decimal MostMoney = 1_000_000_000;

    private const int MostModels = 200;
    private const int MostProviders = 100;
    private const int MostTags = 20;
    private const int LongestTag = 200;
    private const int MostRequests = 1_000_000;
    private const int MostJobs = 100_000;

    /// <summary>The values of <see cref="ClientSettings.CacheScope"/>.</summary>
    public static readonly string[] CacheScopes = ["client", "shared"];

    /// <summary>Everything that is wrong with them: the setting, spelt as in the configuration, and why.</summary>
    public static IEnumerable<(string Setting, string Reason)> Check(ClientSettings settings)
    {
        foreach (var failure in Names("Models", settings.Models, MostModels).Concat(Names("Providers", settings.Providers, MostProviders)))
        {
            yield return failure;
        }

        foreach (var failure in Count("RequestsPerMinute", settings.RequestsPerMinute, MostRequests).Concat(Count("ConcurrentJobs", settings.ConcurrentJobs, MostJobs)))
        {
            yield return failure;
        }

        foreach (var failure in PromptRules.Check(settings.DeniedPhrases, settings.MaxPromptLength))
        {
            yield return failure;
        }

        if (settings.Prompts is { } prompts && !Enum.GetNames<PromptStorage>().Contains(prompts.Trim(), StringComparer.OrdinalIgnoreCase))
        {
            yield return ("Prompts", "It must be one of full, hash, none.");
        }

        if (settings.ModelLimits?.Count > MostModels)
        {
            yield return ("ModelLimits", $"Name at most {MostModels}.");
        }

        foreach (var (model, limits) in settings.ModelLimits ?? [])
        {
            foreach (var (setting, reason) in Count("RequestsPerMinute", limits.RequestsPerMinute, MostRequests).Concat(Count("ConcurrentJobs", limits.ConcurrentJobs, MostJobs)))
            {
                yield return ($"ModelLimits:{model}:{setting}", reason);
            }
        }

        foreach (var failure in Money("MaxCostPerRequest", settings.MaxCostPerRequest).Concat(Money("Budget:PerDay", settings.Budget?.PerDay))
            .Concat(Money("Budget:PerMonth", settings.Budget?.PerMonth)).Concat(Money("Budget:Total", settings.Budget?.Total)))
        {
            yield return failure;
        }

        if (settings.Budget?.Alert is < 1 or > 100)
        {
            yield return ("Budget:Alert", "It must be 1 to 100, per cent of the budget.");
        }

        if (settings.Budget?.AlertUrl is { } url && !(Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "https" or "http"))
        {
            yield return ("Budget:AlertUrl", "It must be a URL with https.");
        }

        if (settings.CacheScope is { } scope && !CacheScopes.Contains(scope, StringComparer.OrdinalIgnoreCase))
        {
            yield return ("CacheScope", $"It must be one of {string.Join(", ", CacheScopes)}.");
        }

        if (settings.Tags is { } tags && (tags.Count > MostTags || tags.Any(t => t.Key.Length is 0 or > LongestTag || t.Value is null or { Length: > LongestTag })))
        {
            yield return ("Tags", $"They must be at most {MostTags}, of at most {LongestTag} characters each.");
        }
    }

    private static IEnumerable<(string Setting, string Reason)> Names(string setting, IReadOnlyList<string>? names, int most)
    {
        if (names is { Count: 0 } || names?.Count > most)
        {
            yield return (setting, $"Name 1 to {most}, or leave it out for all.");
        }

        for (var i = 0; i < names?.Count; i++)
        {
            if (names[i] is null || !Pattern().IsMatch(names[i]))
            {
                yield return ($"{setting}:{i}", "It must be a name; an asterisk may end it.");
            }
        }
    }

    private static IEnumerable<(string Setting, string Reason)> Count(string setting, int? value, int most)
    {
        if (value is < 1 || value > most)
        {
            yield return (setting, FormattableString.Invariant($"It must be 1 to {most}."));
        }
    }

    private static IEnumerable<(string Setting, string Reason)> Money(string setting, decimal? value)
    {
        if (value is < 0 or > MostMoney)
        {
            yield return (setting, FormattableString.Invariant($"It must be 0 to {MostMoney} USD."));
        }
    }

    [GeneratedRegex(@"^(\*|[^\s*]{1,200}\*?)$")]
    private static partial Regex Pattern();
}
