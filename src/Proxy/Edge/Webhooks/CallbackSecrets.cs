using Framegate.Plugins;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>What deliveries are signed with: the client's own secrets, else those of all.</summary>
internal sealed class CallbackSecrets(IOptionsMonitor<ClientsOptions> clients, IOptionsMonitor<CallbackOptions> options, HostSettings settings)
{
    /// <summary>The secrets of a client, newest first; empty when its deliveries are not signed.</summary>
    public IReadOnlyList<Secret> Of(string client)
    {
        if (clients.CurrentValue.GetValueOrDefault(client)?.WebhookSecretEnvs is { Count: > 0 } own)
        {
            return SecretVariables.Read(own);
        }

        return options.CurrentValue.SecretEnvs is { Count: > 0 } all ? SecretVariables.Read(all) : settings.CallbackSecret is { } single ? [single] : [];
    }
}
