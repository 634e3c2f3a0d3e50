using System.Text.RegularExpressions;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

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

/// <summary>One client.</summary>
internal sealed class ClientOptions
{
    /// <summary>The environment variable that holds its key. Required; the key itself never stands in the configuration.</summary>
    public string? KeyEnv { get; set; }

    /// <summary>The environment variables that hold the secrets of its callbacks, newest first; each signs every delivery. Null for those of all; at most 5.</summary>
    public IReadOnlyList<string>? WebhookSecretEnvs { get; set; }
}

/// <summary>Every client has a name and a key of its own.</summary>
internal sealed partial class ClientsOptionsRules : IValidateOptions<ClientsOptions>
{
    public ValidateOptionsResult Validate(string? name, ClientsOptions options)
    {
        var failures = new List<string>();
        var owners = new Dictionary<KeyDigest, string>();
        if (EnvFile.Secret(ClientKeys.Variable) is { } single)
        {
            owners[KeyDigest.Of(single.Reveal())] = ClientKeys.Default;
        }

        foreach (var (client, settings) in options.OrderBy(o => o.Key, StringComparer.Ordinal))
        {
            var path = $"{ClientsOptions.Section}:{client}";
            if (!Name().IsMatch(client))
            {
                failures.Add($"{path}: A client's name is 1 to 64 letters, digits, '.', '_' or '-'.");
            }

            failures.AddRange(SecretVariables.Check($"{path}:{nameof(ClientOptions.WebhookSecretEnvs)}", settings.WebhookSecretEnvs));
            if (settings.KeyEnv is not { Length: > 0 } variable)
            {
                failures.Add($"{path}:KeyEnv: Name the environment variable that holds the client's key.");
            }
            else if (EnvFile.Secret(variable) is not { } key)
            {
                // What is not spelt like a variable may be the key itself; it must not get into a log.
                failures.Add($"{path}:KeyEnv: {(Variable().IsMatch(variable) ? $"The environment variable {variable}" : "The environment variable that it names")} is not set.");
            }
            else if (!owners.TryAdd(KeyDigest.Of(key.Reveal()), client) && !client.Equals(owners[KeyDigest.Of(key.Reveal())], StringComparison.OrdinalIgnoreCase))
            {
                failures.Add($"{path}:KeyEnv: {variable} holds the key of {owners[KeyDigest.Of(key.Reveal())]} as well; each client needs its own.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex Name();

    [GeneratedRegex("^[A-Z_][A-Z0-9_]*$")]
    private static partial Regex Variable();
}
