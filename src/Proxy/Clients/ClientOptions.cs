using Framegate.Proxy.Common;

namespace Framegate.Proxy.Clients;

/// <summary>The clients by name: <c>"Clients": { "shop": { "KeyEnv": "SHOP_KEY" } }</c>. Each sees its own generations only.</summary>
internal sealed class ClientsOptions : Dictionary<string, ClientOptions>
{
    public const string Section = "Framegate:Clients";

    /// <summary>Names are looked up as the configuration does, without regard to case.</summary>
    public ClientsOptions()
        : base(StringComparer.OrdinalIgnoreCase)
    {
    }
}

/// <summary>One client of the configuration. It needs at least one key; <c>default</c> has that of FRAMEGATE_CLIENT_KEY.</summary>
internal sealed class ClientOptions : ClientSettings
{
    /// <summary>The environment variable that holds its key; VARIABLE_FILE may name a file that does.</summary>
    public string? KeyEnv { get; set; }

    /// <summary>The file that holds its key; it is read again when it changes.</summary>
    public string? KeyFile { get; set; }

    /// <summary>The SHA-256 of its key, as <c>framegate keys new</c> prints it. The key itself never stands in the configuration.</summary>
    public string? KeyHash { get; set; }

    /// <summary>More keys, each with an end of its own: for the time in which a key is replaced. At most 10.</summary>
    public IReadOnlyList<ClientKeyOptions>? Keys { get; set; }

    /// <summary>The environment variables that hold the secrets of its callbacks, newest first; each signs every delivery. Null for those of all; at most 5.</summary>
    public IReadOnlyList<string>? WebhookSecretEnvs { get; set; }

    /// <summary>All of its keys.</summary>
    public IEnumerable<ClientKeyOptions> AllKeys()
    {
        if (KeyEnv is not null || KeyFile is not null || KeyHash is not null)
        {
            yield return new ClientKeyOptions { Env = KeyEnv, File = KeyFile, Hash = KeyHash };
        }

        foreach (var key in Keys ?? [])
        {
            yield return key;
        }
    }
}

/// <summary>A key of a client: one of the three.</summary>
internal sealed class ClientKeyOptions
{
    /// <summary>The environment variable that holds it.</summary>
    public string? Env { get; set; }

    /// <summary>The file that holds it.</summary>
    public string? File { get; set; }

    /// <summary>Its SHA-256.</summary>
    public string? Hash { get; set; }

    /// <summary>From when on it opens nothing; null for as long as its client.</summary>
    public DateTimeOffset? Expires { get; set; }

    /// <summary>The digest of the key as it is now.</summary>
    /// <returns>Null when there is none: the variable is not set, the file cannot be read, the hash is none.</returns>
    public KeyDigest? Read() =>
        Hash is not null ? (KeyDigest.TryParse(Hash, out var digest) ? digest : null)
        : (Env is not null ? EnvFile.Secret(Env) : File is not null ? SecretFile.Read(File) : null) is { } key ? KeyDigest.Of(key.Reveal())
        : null;
}
