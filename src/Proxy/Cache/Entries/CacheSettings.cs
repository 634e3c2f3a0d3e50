using Framegate.Proxy.Cache.Keys;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Cache.Entries;

/// <summary>The settings as they are now, put so that a request costs one look-up.</summary>
internal sealed class CacheSettings : IDisposable
{
    private readonly IDisposable? _reloads;
    private volatile Snapshot _now;
    private int _version;

    public CacheSettings(IOptionsMonitor<CacheOptions> options, IConfiguration configuration)
    {
        _now = new Snapshot(options.CurrentValue);
        _reloads = options.OnChange(changed =>
        {
            Changed?.Invoke(changed);
            _now = new Snapshot(changed);
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

    /// <summary>Whose results may answer this client.</summary>
    public string ScopeOf(string client) => Options.Scope == CacheScope.Shared ? CacheKeys.Shared : CacheKeys.ScopeOf(client);

    public void Dispose() => _reloads?.Dispose();

    private sealed class Snapshot(CacheOptions options)
    {
        private readonly Dictionary<string, CacheOverride> _models = new(options.Models, StringComparer.OrdinalIgnoreCase);

        public CacheOptions Options { get; } = options;

        public TimeSpan? TtlOf(string provider, string model)
        {
            CacheOverride? changes = null;
            if (_models.Count > 0)
            {
                var name = provider == Framegate.Plugins.Contract.GenerationRequest.AnyProvider ? model : provider + "/" + model;
                _ = _models.TryGetValue(name, out changes);
            }

            return changes?.Enabled ?? Options.Enabled ? (changes?.Ttl ?? Options.Ttl).Value : null;
        }
    }
}
