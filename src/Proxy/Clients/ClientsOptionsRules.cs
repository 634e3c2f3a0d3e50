using System.Text.RegularExpressions;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Clients;

/// <summary>Every client has a name, and keys of its own.</summary>
internal sealed partial class ClientsOptionsRules : IValidateOptions<ClientsOptions>
{
    private const int MostKeys = 10;

    /// <summary>Whether a name can be a client's.</summary>
    public static bool IsName(string name) => Name().IsMatch(name);

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
            if (!IsName(client))
            {
                failures.Add($"{path}: A client's name is 1 to 64 letters, digits, '.', '_' or '-'.");
            }

            failures.AddRange(SecretVariables.Check($"{path}:{nameof(ClientOptions.WebhookSecretEnvs)}", settings.WebhookSecretEnvs));
            failures.AddRange(ClientSettingsRules.Check(settings).Select(f => $"{path}:{f.Setting}: {f.Reason}"));
            var keys = settings.AllKeys().ToList();
            if (keys.Count == 0 && !client.Equals(ClientKeys.Default, StringComparison.OrdinalIgnoreCase))
            {
                failures.Add($"{path}:KeyEnv: Name the environment variable that holds the client's key, or set KeyHash or KeyFile.");
            }

            if (settings.Keys?.Count > MostKeys)
            {
                failures.Add($"{path}:{nameof(ClientOptions.Keys)}: Name at most {MostKeys}.");
            }

            for (var i = 0; i < keys.Count; i++)
            {
                var isFirst = keys.Count > (settings.Keys?.Count ?? 0) && i == 0;
                CheckKey(isFirst ? $"{path}:Key" : $"{path}:Keys:{i - (keys.Count - settings.Keys?.Count ?? 0)}:", keys[i], client, owners, failures);
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckKey(string path, ClientKeyOptions key, string client, Dictionary<KeyDigest, string> owners, List<string> failures)
    {
        if (new[] { key.Env, key.File, key.Hash }.Count(k => k is not null) != 1)
        {
            failures.Add($"{path.TrimEnd(':')}: A key is one of a variable (Env), a file (File) and a hash (Hash).");
            return;
        }

        var (setting, value) = key.Env is not null ? ("Env", key.Env) : key.File is not null ? ("File", key.File) : ("Hash", key.Hash!);
        if (key.Read() is not { } digest)
        {
            // What is not spelt as it should be may be the key itself; it must not get into a log.
            failures.Add($"{path}{setting}: " + setting switch
            {
                "Env" when value.Length == 0 => "Name the environment variable that holds the client's key.",
                "Env" => $"{(Variable().IsMatch(value) ? $"The environment variable {value}" : "The environment variable that it names")} is not set.",
                "File" => "The file cannot be read, or is empty.",
                _ => "It must be 'sha256:' and 64 hexadecimal digits, as 'framegate keys new' prints it.",
            });
        }
        else if (!owners.TryAdd(digest, client) && !client.Equals(owners[digest], StringComparison.OrdinalIgnoreCase))
        {
            failures.Add($"{path}{setting}: {(setting == "Env" ? value : "It")} holds the key of {owners[digest]} as well; each client needs its own.");
        }
    }

    // '.' and '..' are no names in a URL: nobody could change or revoke such a client.
    [GeneratedRegex(@"^(?!\.{1,2}$)[A-Za-z0-9._-]{1,64}$")]
    private static partial Regex Name();

    [GeneratedRegex("^[A-Z_][A-Z0-9_]*$")]
    private static partial Regex Variable();
}
