using Framegate.Proxy.Cache.Keys;
using Framegate.Proxy.Clients;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>The settings as they are now, put so that a request costs one look-up.</summary>
internal sealed class CacheSettings : IDisposable
{
    private readonly IDisposable? _reloads;
    private volatile Snapshot _now;
    private readonly ClientKeys _clients;
    private int _version;

    public CacheSettings(IOptionsMonitor<CacheOptions> options, ClientKeys clients, IConfiguration configuration)
    {
        _clients = clients;
        clients.Changed += () => Interlocked.Increment(ref _version);
        _now = new Snapshot(options.CurrentValue);
        _reloads = options.OnChange(changed =>
        {
            Changed?.Invoke(changed);
            _now = new Snapshot(changed);

            // Once more: who has asked since the configuration changed may have been answered by the old settings.
            Interlocked.Increment(ref _version);
        });

        // Any change of the configuration may change what a request means: its model may be gone, or its price.
        Microsoft.Extensions.Primitives.ChangeToken.OnChange(configuration.GetReloadToken, () => Interlocked.Increment(ref _version));
    }

    /// <summary>Raised when the settings change, just before they hold.</summary>
    public event Action<CacheOptions>? Changed;

    /// <summary>The settings.</summary>
    public CacheOptions Options => _now.Options;

    /// <summary>Grows with every change of the configuration.</summary>
    public int Version => Volatile.Read(ref _version);

    /// <summary>How long a result of this model or alias answers.</summary>
    /// <returns>Null when it is not cached.</returns>
    public TimeSpan? TtlOf(string provider, string model) => _now.TtlOf(provider, model);

    /// <summary>Whether requests without a seed are cached; where not, equal ones are as many orders.</summary>
    public bool CachesUnseeded(Dialect dialect, string client, string provider, string model) => _now.CachesUnseeded(dialect, client, provider, model);

    /// <summary>Whose results may answer this client.</summary>
    public string ScopeOf(string client) =>
        (_clients.SettingsOf(client).CacheScope is { } own ? own.Equals(nameof(CacheScope.Shared), StringComparison.OrdinalIgnoreCase) : Options.Scope == CacheScope.Shared)
            ? CacheKeys.Shared
            : CacheKeys.ScopeOf(client);

    public void Dispose() => _reloads?.Dispose();

    private sealed class Snapshot(CacheOptions options)
    {
        private readonly Dictionary<string, CacheOverride> _models = new(options.Models, StringComparer.OrdinalIgnoreCase);

        public CacheOptions Options { get; } = options;

        private readonly Dictionary<string, UnseededOverride> _clients = new(options.Clients, StringComparer.OrdinalIgnoreCase);

        public TimeSpan? TtlOf(string provider, string model)
        {
            var changes = ChangesOf(provider, model);
            return changes?.Enabled ?? Options.Enabled ? (changes?.Ttl ?? Options.Ttl).Value : null;
        }

        public bool CachesUnseeded(Dialect dialect, string client, string provider, string model) =>
            ChangesOf(provider, model)?.Unseeded
            ?? (_clients.Count > 0 ? _clients.GetValueOrDefault(client)?.Unseeded : null)
            ?? (dialect == Dialect.OpenAi ? Options.Dialects.OpenAi : Options.Dialects.Unified).Unseeded
            ?? Options.Unseeded
            ?? dialect == Dialect.Unified;

        private CacheOverride? ChangesOf(string provider, string model) => _models.Count == 0
            ? null
            : _models.GetValueOrDefault(provider == Framegate.Plugins.Contract.GenerationRequest.AnyProvider ? model : provider + "/" + model);
    }
}
