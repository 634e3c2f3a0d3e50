using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Secrets;
using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Host;

/// <summary>
/// Collects what is secret: the variables that the configuration and the adapters name, those whose own names give them away, passwords in connection strings and URLs,
/// credentials that a route sets, and the keys in Google's key files.
/// </summary>
internal static partial class SecretSources
{
    /// <summary>A value that only its variable's name makes a secret must be so long; a shorter one is a setting, mostly.</summary>
    private const int LeastUnnamed = 16;
    private const long LargestKeyFile = 64 * 1024;

    /// <summary>Fills the vault, now and after each change of the configuration.</summary>
    public static void Follow(SecretVault vault, IConfiguration configuration, AdapterRegistry adapters)
    {
        vault.Configure(Collect(configuration, adapters));
        ChangeToken.OnChange(configuration.GetReloadToken, () => vault.Configure(Collect(configuration, adapters)));
        SecretFile.Changed += () => vault.Configure(Collect(configuration, adapters));
    }

    /// <summary>A text without the secrets of the environment, for what is printed before there is a log.</summary>
    public static string WithoutSecrets(string text) => LogText.Clean(
        text, new SecretMask(Collect(new ConfigurationBuilder().AddEnvironmentVariables().Build(), new AdapterRegistry(AdapterRegistry.BuiltIn()))));

    /// <summary>The secrets of a configuration, which has the environment in it.</summary>
    internal static IReadOnlyCollection<string> Collect(IConfiguration configuration, AdapterRegistry adapters)
    {
        var secrets = new HashSet<string>(StringComparer.Ordinal);
        string[] own =
        [
            ClientKeys.Variable, AdminAuthorization.Variable, AdminAuthorization.ScrapeVariable, Edge.Webhooks.CallbackSecrets.Variable, Edge.Http.LinkKey.Variable, GoogleTokens.FileVariable,
        ];
        foreach (var variable in adapters.All.SelectMany(a => a.KeyVariables).SelectMany(v => v.Split('+')).Concat(own))
        {
            AddVariable(variable);
        }

        foreach (var (path, text) in configuration.AsEnumerable())
        {
            if (text is not { Length: > 0 })
            {
                continue;
            }

            var name = NameOf(path);
            if (name.EndsWith("Env", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Envs", StringComparison.OrdinalIgnoreCase))
            {
                AddVariable(text);
            }
            else if (name.Equals(nameof(ClientOptions.KeyFile), StringComparison.OrdinalIgnoreCase))
            {
                Add(SecretFile.Read(text)?.Reveal() ?? "");
            }
            else if (OfSetting().IsMatch(name) || IsOfVariable(name, text) || IsCredentialHeader(configuration, path, name))
            {
                Add(text);
            }

            foreach (Match password in Password().Matches(text))
            {
                Add(password.Groups[1].Success ? password.Groups[1].Value : password.Groups[2].Value);
            }
        }

        return secrets;

        void Add(string value)
        {
            if (value.Trim() is { Length: > 0 } secret)
            {
                secrets.Add(secret);
            }
        }

        void AddVariable(string variable)
        {
            // One whose file is gone may be at work still, or stand in an answer that is on its way.
            if (EnvFile.LastSecret(variable)?.Reveal() is not { } value)
            {
                return;
            }

            if (GoogleTokens.IsKeyFile(value))
            {
                foreach (var key in KeysOfFile(value))
                {
                    Add(key);
                }
            }
            else
            {
                Add(value);
            }
        }
    }

    /// <summary>The last part of a path that is not the number of an entry.</summary>
    private static string NameOf(string path)
    {
        var parts = path.Split(':');
        return Array.FindLast(parts, p => !int.TryParse(p, out _)) ?? path;
    }

    private static bool IsOfVariable(string name, string value) =>
        value.Length >= LeastUnnamed && OfVariable().IsMatch(name) && !value.StartsWith('/') && !value.AsSpan().ContainsAny(" \t") && !GoogleTokens.IsKeyFile(value);

    /// <summary>A route may send a key of its own: <c>{ "RequestHeader": "x-api-key", "Set": "..." }</c>.</summary>
    private static bool IsCredentialHeader(IConfiguration configuration, string path, string name) =>
        name is "Set" or "Append" && configuration[path[..(path.LastIndexOf(':') + 1)] + "RequestHeader"] is { } header && OfHeader().IsMatch(header);

    private static List<string> KeysOfFile(string path)
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= LargestKeyFile })
            {
                return [];
            }

            using var file = JsonDocument.Parse(PlainFile.Read(path));
            return [.. file.RootElement.EnumerateObject().Where(p => p.Name is "private_key" or "private_key_id" && p.Value.ValueKind == JsonValueKind.String).Select(p => p.Value.GetString()!)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            // Whoever needs the file reports what is wrong with it.
            return [];
        }
    }

    [GeneratedRegex("(?:Password|Secret|Token|ApiKey|AccessKey|ClientKey)$")]
    private static partial Regex OfSetting();

    [GeneratedRegex("(?:KEY|KEYS|SECRET|SECRETS|TOKEN|PASSWORD|PASSWD|CREDENTIAL|CREDENTIALS)(?:_[A-Z0-9]{1,3})?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfVariable();

    [GeneratedRegex("auth|key|token|secret|cookie|credential", RegexOptions.IgnoreCase)]
    private static partial Regex OfHeader();

    [GeneratedRegex(@"(?:password|pwd)\s*=\s*([^,;\s]+)|://[^/?#\s:@]*:([^/?#\s@]+)@", RegexOptions.IgnoreCase)]
    private static partial Regex Password();
}
