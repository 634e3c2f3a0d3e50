using System.Collections.Frozen;
using System.Security.Claims;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Clients;

/// <summary>
/// Who may call, by the digest of the key, and what they may do: the clients of the configuration, those that were made while the program runs, and
/// <c>default</c>, whose key is FRAMEGATE_CLIENT_KEY. Where a name is in both, the configuration's holds.
/// </summary>
internal sealed class ClientKeys : IDisposable
{
    /// <summary>The client of FRAMEGATE_CLIENT_KEY.</summary>
    public const string Default = "default";

    /// <summary>The environment variable that holds its key.</summary>
    public const string Variable = "FRAMEGATE_CLIENT_KEY";

    private const string Scheme = "key";
    private static readonly ClientSettings s_unlimited = new();
    private readonly HostSettings _settings;
    private readonly TimeProvider _time;
    private readonly IDisposable? _reloads;
    private readonly Lock _lock = new();
    private ClientsOptions _configured;
    private IReadOnlyList<ClientRecord> _stored = [];
    private volatile Table _table;
    private volatile bool _required;
    private volatile bool _areSeveral;

    public ClientKeys(IOptionsMonitor<ClientsOptions> options, HostSettings settings, TimeProvider time)
    {
        (_settings, _time, _configured) = (settings, time, options.CurrentValue);
        _table = null!;
        Rebuild();
        _reloads = options.OnChange(changed =>
        {
            lock (_lock)
            {
                _configured = changed;
                Rebuild();
            }
        });
    }

    /// <summary>Raised when clients, or what they may do, have changed.</summary>
    public event Action? Changed;

    /// <summary>Whether clients must send a key. False: this machine is served, and only this.</summary>
    public bool Required => _required;

    /// <summary>Whether there is more than one, so that what is one's must be kept from another.</summary>
    public bool AreSeveral => _areSeveral;

    /// <summary>The names of the clients, in order; none that is revoked.</summary>
    public IReadOnlyList<string> Names => _table.Names;

    /// <summary>What a client may do.</summary>
    /// <returns>Everything, where nothing is configured for it.</returns>
    public ClientSettings SettingsOf(string client) => _table.Settings.GetValueOrDefault(client, s_unlimited);

    /// <summary>The client of the configuration.</summary>
    /// <returns>Null when there is none of this name.</returns>
    public ClientOptions? Configured(string client) => _configured.GetValueOrDefault(client);

    /// <summary>The client that a key belongs to.</summary>
    public FoundClient Find(string key)
    {
        if (SecretFile.HaveChanged(_table.FilesAt))
        {
            lock (_lock)
            {
                Rebuild();
            }
        }

        if (!_table.Keys.TryGetValue(KeyDigest.Of(key), out var known))
        {
            return default;
        }

        var now = _time.GetUtcNow();
        var settings = SettingsOf(known.Name);
        return !settings.Enabled ? new FoundClient(null, $"The client {known.Name} is disabled.")
            : settings.Expires <= now ? new FoundClient(null, FormattableString.Invariant($"The access of the client {known.Name} ended at {settings.Expires:yyyy-MM-dd'T'HH:mm:ss'Z'}."))
            : known.Expires <= now ? new FoundClient(null, FormattableString.Invariant($"This key of the client {known.Name} ended at {known.Expires:yyyy-MM-dd'T'HH:mm:ss'Z'}."))
            : new FoundClient(known.Identity, null);
    }

    /// <summary>Puts the stored clients into force. Those that are in force already change nothing: each change counts a revision up, and no client is ever deleted.</summary>
    public void Follow(IReadOnlyList<ClientRecord> stored)
    {
        lock (_lock)
        {
            if (stored.Sum(c => (long)c.Revision) != _stored.Sum(c => (long)c.Revision))
            {
                _stored = stored;
                Rebuild();
            }
        }
    }

    /// <summary>The identity of somebody who has presented a key.</summary>
    public static ClaimsPrincipal Identity(string name) => new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme));

    public void Dispose() => _reloads?.Dispose();

    private void Rebuild()
    {
        var filesAt = SecretFile.Version;
        var keys = new Dictionary<KeyDigest, KnownKey>();
        var settings = new Dictionary<string, ClientSettings>(StringComparer.OrdinalIgnoreCase);
        foreach (var record in _stored.Where(c => c.Revoked is null && !_configured.ContainsKey(c.Name)))
        {
            settings[record.Name] = record.Settings;
            foreach (var key in record.Keys)
            {
                Add(record.Name, KeyDigest.TryParse(key.Hash, out var digest) ? digest : null, key.Expires);
            }
        }

        foreach (var (name, client) in _configured)
        {
            settings[name] = client;
            foreach (var key in client.AllKeys())
            {
                // A key that is not there has failed the check of the options; it must not become a client without a key here.
                Add(name, key.Read(), key.Expires);
            }
        }

        if (EnvFile.Current(Variable, _settings.ClientKey) is { } single)
        {
            keys.TryAdd(KeyDigest.Of(single.Reveal()), new KnownKey(Default, Identity(Default), null));
        }

        _table = new Table(
            keys.ToFrozenDictionary(), settings.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase),
            [.. keys.Values.Select(k => k.Name).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)], filesAt);
        _areSeveral |= _table.Names.Count > 1;

        // Never back to open: a gateway that has lost its last client in a reload serves nobody instead of everybody on this machine.
        _required |= keys.Count > 0;
        Changed?.Invoke();

        void Add(string name, KeyDigest? digest, DateTimeOffset? expires)
        {
            if (digest is { } known)
            {
                keys[known] = new KnownKey(name, Identity(name), expires);
            }
        }
    }

    private sealed record KnownKey(string Name, ClaimsPrincipal Identity, DateTimeOffset? Expires);

    private sealed record Table(FrozenDictionary<KeyDigest, KnownKey> Keys, FrozenDictionary<string, ClientSettings> Settings, IReadOnlyList<string> Names, int FilesAt);
}

/// <summary>Whose a key is.</summary>
/// <param name="Identity">The client; null when the key opens nothing.</param>
/// <param name="WhyNot">Why the key of a client opens nothing; null when it does, or is nobody's.</param>
internal readonly record struct FoundClient(ClaimsPrincipal? Identity, string? WhyNot)
{
    /// <summary>True for the key of a client, also where it opens nothing any more.</summary>
    public bool IsKnown => Identity is not null || WhyNot is not null;
}
