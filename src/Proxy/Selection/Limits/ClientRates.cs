using System.Collections.Concurrent;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Selection.Limits;

/// <summary>Counts the requests of clients that may send only so many in any minute. There are as many windows as there are clients and models with a limit.</summary>
internal sealed class ClientRates(ClientKeys clients, SharedLimits shared, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, ProviderLimiter> _windows = new(StringComparer.OrdinalIgnoreCase);

    // What a call asks for is read far behind the middleware that answers it.
    private readonly AsyncLocal<RateNote?> _note = new();

    /// <summary>Counts a request of a client.</summary>
    /// <returns>How it stands; null where the client has no limit.</returns>
    public ValueTask<RateVerdict?> CountAsync(string client) => clients.SettingsOf(client).RequestsPerMinute is { } limit
        ? CountAsync(client, nameof(ClientSettings.RequestsPerMinute), limit)
        : default;

    /// <summary>Notes, for this call, how its client stands against the limit of what it asks for.</summary>
    /// <returns>Null where the client has no such limits.</returns>
    public RateNote? Note(string client) => clients.SettingsOf(client).ModelLimits is { Count: > 0 } ? _note.Value = new RateNote() : null;

    /// <summary>Counts an order for a model.</summary>
    /// <param name="client">The client.</param>
    /// <param name="asked">The names that the model or alias may have in the settings.</param>
    /// <returns>How it stands; null where there is no limit for it.</returns>
    public ValueTask<RateVerdict?> CountModelAsync(string client, ReadOnlySpan<string?> asked) =>
        clients.SettingsOf(client).LimitsOf(asked, out var name)?.RequestsPerMinute is { } limit
            ? CountModelAsync(client + "\n" + name, $"{nameof(ClientSettings.ModelLimits)}:{name}:{nameof(ClientModelLimits.RequestsPerMinute)}", limit)
            : default;

    private async ValueTask<RateVerdict?> CountModelAsync(string key, string setting, int limit)
    {
        var verdict = await CountAsync(key, setting, limit);
        if (_note.Value is { } note)
        {
            note.Model = verdict;
        }

        return verdict;
    }

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

/// <summary>What is found out about the limits of one call while it is worked on.</summary>
internal sealed class RateNote
{
    /// <summary>How the client stands against the limit of the model or alias that it asks for; null where there is none, or it was not counted.</summary>
    public RateVerdict? Model { get; set; }
}
