using System.Collections.Frozen;
using System.Security.Claims;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Clients;

/// <summary>Who may call, by the digest of the key: the clients of the configuration, and <c>default</c>, whose key is FRAMEGATE_CLIENT_KEY.</summary>
internal sealed class ClientKeys : IDisposable
{
    /// <summary>The client of FRAMEGATE_CLIENT_KEY.</summary>
    public const string Default = "default";

    /// <summary>The environment variable that holds its key.</summary>
    public const string Variable = "FRAMEGATE_CLIENT_KEY";

    private const string Scheme = "key";
    private readonly HostSettings _settings;
    private readonly IDisposable? _reloads;
    private volatile FrozenDictionary<KeyDigest, ClaimsPrincipal> _byKey;
    private volatile bool _required;
    private volatile bool _areSeveral;

    public ClientKeys(IOptionsMonitor<ClientsOptions> options, HostSettings settings)
    {
        _settings = settings;
        _byKey = Build(options.CurrentValue);
        _required = _byKey.Count > 0;
        _areSeveral = Names.Count > 1;
        _reloads = options.OnChange(changed =>
        {
            _byKey = Build(changed);
            _areSeveral |= Names.Count > 1;

            // Never back to open: a gateway that has lost its last client in a reload serves nobody instead of everybody on this machine.
            _required |= _byKey.Count > 0;
        });
    }

    /// <summary>Whether clients must send a key. False: this machine is served, and only this.</summary>
    public bool Required => _required;

    /// <summary>Whether there is more than one, so that what is one's must be kept from another.</summary>
    public bool AreSeveral => _areSeveral;

    /// <summary>The names of the clients, in order.</summary>
    public IReadOnlyList<string> Names =>
        [.. _byKey.Values.Select(p => p.Identity!.Name!).Distinct(StringComparer.OrdinalIgnoreCase).Order(StringComparer.Ordinal)];

    /// <summary>The client that a key belongs to.</summary>
    /// <returns>Null when it is nobody's.</returns>
    public ClaimsPrincipal? Find(string key) => _byKey.GetValueOrDefault(KeyDigest.Of(key));

    /// <summary>The identity of somebody who has presented a key.</summary>
    public static ClaimsPrincipal Identity(string name) => new(new ClaimsIdentity([new Claim(ClaimTypes.Name, name)], Scheme));

    public void Dispose() => _reloads?.Dispose();

    private FrozenDictionary<KeyDigest, ClaimsPrincipal> Build(ClientsOptions options)
    {
        var byKey = new Dictionary<KeyDigest, ClaimsPrincipal>();
        foreach (var (name, client) in options)
        {
            // A variable that is not set has failed the check of the options; it must not become a client without a key here.
            if (client.KeyEnv is { } variable && EnvFile.Secret(variable) is { } key)
            {
                byKey[KeyDigest.Of(key.Reveal())] = Identity(name);
            }
        }

        if (_settings.ClientKey is { } single)
        {
            byKey.TryAdd(KeyDigest.Of(single.Reveal()), Identity(Default));
        }

        return byKey.ToFrozenDictionary();
    }
}
