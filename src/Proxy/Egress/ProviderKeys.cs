using System.Collections.Concurrent;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Egress;

/// <summary>Finds the key of a destination in the environment. Values are never kept outside <see cref="Secret"/>.</summary>
internal sealed class ProviderKeys(bool sandbox, GoogleTokens google, TimeProvider? time = null)
{
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    /// <summary>The time that calls are signed with.</summary>
    public DateTimeOffset Now => _time.GetUtcNow();

    /// <summary>The metadata of a destination that names its own environment variable.</summary>
    public const string KeyEnv = "KeyEnv";

    private static readonly Secret SandboxKey = new("sandbox");
    private const long LookEvery = 1000;

    // As many as the adapters and the configuration name.
    private readonly ConcurrentDictionary<string, Secret> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, long> _missing = new(StringComparer.Ordinal);

    /// <summary>The environment variable that holds the key of a destination.</summary>
    /// <returns>The destination's own <c>KeyEnv</c>, else the first of the adapter's variables that is set; null when none is.</returns>
    public string? VariableFor(ProviderAdapter adapter, DestinationConfig destination)
    {
        if (destination.Metadata?.GetValueOrDefault(KeyEnv) is { Length: > 0 } own)
        {
            return Find(own) is null ? null : own;
        }

        foreach (var variable in adapter.KeyVariables)
        {
            if (Find(variable) is not null)
            {
                return variable;
            }
        }

        return adapter.CredentialScheme == GoogleTokens.Scheme && Find(GoogleTokens.FileVariable) is not null ? GoogleTokens.FileVariable : null;
    }

    /// <summary>The variables that may hold the key of a destination.</summary>
    public static IReadOnlyList<string> VariablesFor(ProviderAdapter adapter, DestinationConfig destination) =>
        destination.Metadata?.GetValueOrDefault(KeyEnv) is { Length: > 0 } own ? [own] : adapter.KeyVariables;

    /// <summary>A variable's name, and that a file is named for it which gives no key.</summary>
    public static string Described(string variable) =>
        Environment.GetEnvironmentVariable(variable + "_FILE") is { Length: > 0 } && EnvFile.Secret(variable) is null ? $"{variable} (the file of {variable}_FILE is missing, unreadable or empty)" : variable;

    /// <summary>What keeps the key of a destination from being sent: no header carries a line break, or a letter outside ASCII.</summary>
    /// <returns>The variable, and the position of the first such character, from 1; null when the key can be sent, and when there is none.</returns>
    public (string Variable, int Position)? ProblemOf(ProviderAdapter adapter, DestinationConfig destination)
    {
        if (VariableFor(adapter, destination) is not { } variable || Find(variable)?.Reveal() is not { } value || UsesKeyFile(adapter, new Secret(value)))
        {
            return null;
        }

        var position = value.AsSpan().IndexOfAnyExceptInRange(' ', '~');
        return position < 0 ? null : (variable, position + 1);
    }

    /// <summary>What <see cref="ProviderAdapter.Authorize"/> needs: the value of a variable, or the token that it leads to.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="variable">The variable; null for none.</param>
    /// <param name="renew">True when the last token was refused.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>Null when there is none.</returns>
    public ValueTask<Secret?> ResolveAsync(ProviderAdapter adapter, string? variable, bool renew, CancellationToken cancellationToken)
    {
        var value = variable is null ? null : Find(variable);
        return value is not null && UsesKeyFile(adapter, value) ? google.TokenAsync(value.Reveal(), renew, cancellationToken) : new(value);
    }

    /// <summary>Whether a refused call may succeed with another token for the same key.</summary>
    public bool IsRenewable(ProviderAdapter adapter, string? variable) =>
        variable is not null && Find(variable) is { } value && UsesKeyFile(adapter, value);

    /// <summary>Why there is no key, or no token for one, for people.</summary>
    public string WhyNone(ProviderAdapter adapter, string variable) => Find(variable) is { } value && UsesKeyFile(adapter, value)
        ? $"No access token could be made from the key file that {variable} names: {google.ProblemOf(value.Reveal()) ?? "it is tried again with the next call"}."
        : $"Framegate has no key any more: {Described(variable)} is not set.";

    /// <summary>The key that a variable holds, or the file for it, which is read again when it has changed.</summary>
    /// <returns>The key; null when there is none.</returns>
    private Secret? Find(string variable)
    {
        if (sandbox)
        {
            return SandboxKey;
        }

        // What stands in the environment stays; a file may come, change and go.
        if (_keys.TryGetValue(variable, out var known))
        {
            return known;
        }

        SecretFile.Look();
        if (_missing.TryGetValue(variable, out var since) && Environment.TickCount64 - since < LookEvery)
        {
            return null;
        }

        if (InEnvironment(variable) is not { } value)
        {
            _missing[variable] = Environment.TickCount64;
            return null;
        }

        if (Array.TrueForAll(variable.Split('+'), part => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(part))))
        {
            _keys[variable] = value;
        }

        return value;
    }

    /// <summary>The key in a variable of the environment, or in the file for it; or in two for its halves.</summary>
    /// <param name="variable">Its name, or two names with a plus between them.</param>
    /// <returns>Null when one is not set.</returns>
    public static Secret? InEnvironment(string variable)
    {
        var values = variable.Split('+').Select(EnvFile.Secret).ToList();
        return values.Exists(v => v is null) ? null : values.Count == 1 ? values[0] : new Secret(string.Join(':', values.Select(v => v!.Reveal().Trim())));
    }

    private static bool UsesKeyFile(ProviderAdapter adapter, Secret value) =>
        adapter.CredentialScheme == GoogleTokens.Scheme && GoogleTokens.IsKeyFile(value.Reveal());
}
