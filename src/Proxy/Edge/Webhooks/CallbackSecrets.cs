using System.Collections.Concurrent;
using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>What deliveries are signed with: the client's own secrets, else those of all.</summary>
internal sealed class CallbackSecrets(IOptionsMonitor<ClientsOptions> clients, IOptionsMonitor<CallbackOptions> options)
{
    /// <summary>The environment variable of the one secret, where the configuration names no others.</summary>
    public const string Variable = "FRAMEGATE_WEBHOOK_SECRET";

    private static readonly string[] s_single = [Variable];

    // As many as the configuration has named.
    private readonly ConcurrentDictionary<string, Secret> _last = new(StringComparer.Ordinal);

    /// <summary>The secrets of a client, newest first; empty when its deliveries are not signed. A file that is gone, or is empty while it is written, takes no signature away.</summary>
    public IReadOnlyList<Secret> Of(string client)
    {
        // Secrets in files may have been replaced.
        SecretFile.Look();
        var names = clients.CurrentValue.GetValueOrDefault(client)?.WebhookSecretEnvs is { Count: > 0 } own ? own
            : options.CurrentValue.SecretEnvs is { Count: > 0 } all ? all : s_single;
        return [.. names.Select(Of).OfType<Secret>()];

        Secret? Of(string name) => EnvFile.Secret(name) is { } secret ? _last[name] = secret : _last.GetValueOrDefault(name);
    }
}
