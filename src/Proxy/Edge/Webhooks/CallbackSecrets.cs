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

    /// <summary>The secrets of a client, newest first; empty when its deliveries are not signed.</summary>
    public IReadOnlyList<Secret> Of(string client)
    {
        // Secrets in files may have been replaced.
        SecretFile.Look();
        if (clients.CurrentValue.GetValueOrDefault(client)?.WebhookSecretEnvs is { Count: > 0 } own)
        {
            return SecretVariables.Read(own);
        }

        return SecretVariables.Read(options.CurrentValue.SecretEnvs is { Count: > 0 } all ? all : s_single);
    }
}
