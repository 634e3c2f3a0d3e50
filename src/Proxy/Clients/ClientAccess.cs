namespace Framegate.Proxy.Clients;

/// <summary>What a client may ask for.</summary>
internal static class ClientAccess
{
    /// <summary>Whether requests may go to a provider.</summary>
    public static bool MayUseProvider(this ClientSettings settings, string provider) => settings.Providers is not { } allowed || Matches(allowed, provider);

    /// <summary>Whether it may be sent to a model of a provider.</summary>
    /// <param name="settings">The client's settings.</param>
    /// <param name="asked">The alias that was asked for; null when the request names its provider.</param>
    /// <param name="provider">The provider.</param>
    /// <param name="model">The provider's model.</param>
    public static bool MayUse(this ClientSettings settings, string? asked, string provider, string model) =>
        settings.MayUseProvider(provider)
        && (settings.Models is not { } allowed || (asked is not null && Matches(allowed, asked)) || Matches(allowed, model) || Matches(allowed, provider + "/" + model));

    /// <summary>True when what a client may order needs a price that is known beforehand: its spending is bounded.</summary>
    public static bool NeedsPrice(this ClientSettings settings) =>
        !settings.AllowUnpriced && (settings.MaxCostPerRequest is not null || settings.Budget is { PerDay: not null } or { PerMonth: not null } or { Total: not null });

    /// <summary>What is stored of a client's prompts.</summary>
    /// <param name="clients">The clients.</param>
    /// <param name="client">The client.</param>
    /// <param name="usual">What is stored where the client has no setting of its own.</param>
    public static PromptStorage PromptsOf(this ClientKeys clients, string client, PromptStorage usual) =>
        Enum.TryParse<PromptStorage>(clients.SettingsOf(client).Prompts, ignoreCase: true, out var own) ? own : usual;

    /// <summary>The limits for what is asked for.</summary>
    /// <param name="settings">The client's settings.</param>
    /// <param name="asked">The names that it may have in them, in the order of precedence.</param>
    /// <param name="name">The name it has there; null for none.</param>
    /// <returns>Null when there are none.</returns>
    public static ClientModelLimits? LimitsOf(this ClientSettings settings, ReadOnlySpan<string?> asked, out string? name)
    {
        name = null;
        if (settings.ModelLimits is not { Count: > 0 } limits)
        {
            return null;
        }

        foreach (var candidate in asked)
        {
            foreach (var (key, value) in limits)
            {
                if (key.Equals(candidate, StringComparison.OrdinalIgnoreCase))
                {
                    name = key;
                    return value;
                }
            }
        }

        return null;
    }

    private static bool Matches(IReadOnlyList<string> patterns, string name)
    {
        foreach (var pattern in patterns)
        {
            if (pattern is [.. var start, '*'] ? name.StartsWith(start, StringComparison.OrdinalIgnoreCase) : name.Equals(pattern, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }
}
