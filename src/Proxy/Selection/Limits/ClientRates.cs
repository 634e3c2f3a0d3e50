using System.Collections.Concurrent;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>Counts the requests of clients that may send only so many in any minute. There are as many windows as there are clients and models with a limit.</summary>
internal sealed class ClientRates(ClientKeys clients, SharedLimits shared, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ProviderLimiter> _windows = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Counts a request of a client.</summary>
    /// <returns>How it stands; null where the client has no limit.</returns>
    public ValueTask<RateVerdict?> CountAsync(string client) => clients.SettingsOf(client).RequestsPerMinute is { } limit
        ? CountAsync(client, nameof(ClientSettings.RequestsPerMinute), limit)
        : default;

    /// <summary>Counts an order for a model.</summary>
    /// <param name="client">The client.</param>
    /// <param name="asked">The names that the model or alias may have in the settings.</param>
    /// <returns>How it stands; null where there is no limit for it.</returns>
    public ValueTask<RateVerdict?> CountModelAsync(string client, ReadOnlySpan<string?> asked) =>
        clients.SettingsOf(client).LimitsOf(asked, out var name)?.RequestsPerMinute is { } limit
            ? CountAsync(client + "\n" + name, $"{nameof(ClientSettings.ModelLimits)}:{name}:{nameof(ClientModelLimits.RequestsPerMinute)}", limit)
            : default;

    private async ValueTask<RateVerdict?> CountAsync(string key, string setting, int limit)
    {
        var limits = new ProviderLimits { RequestsPerMinute = limit };
        var window = _windows.GetOrAdd(
            key,
            static (k, made) => new ProviderLimiter(made.limits, made.time, made.shared, "client:" + k.ToLowerInvariant()),
            (limits, time, shared));
        window.Configure(limits);
        var (left, wait) = await window.CountAsync();
        return new RateVerdict(setting, limit, left is not null, left ?? 0, wait);
    }
}

/// <summary>How a client stands against its limit.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Limit">Its value.</param>
/// <param name="IsAllowed">Whether the request is within it.</param>
/// <param name="Left">How many more may be sent now.</param>
/// <param name="Wait">How long until there is room for another, where this one was not allowed.</param>
internal readonly record struct RateVerdict(string Setting, int Limit, bool IsAllowed, int Left, TimeSpan Wait);
