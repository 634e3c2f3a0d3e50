using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Tests.Clients;

/// <summary>Clients for tests of what asks for their settings.</summary>
internal static class KnownClients
{
    /// <summary>The clients of a configuration.</summary>
    public static ClientKeys Of(TimeProvider? time = null, params (string Name, ClientOptions Options)[] clients)
    {
        var options = new ClientsOptions();
        foreach (var (name, client) in clients)
        {
            options[name] = client;
        }

        return new ClientKeys(new ChangingOptions<ClientsOptions>(options), new HostSettings(null, null), time ?? TimeProvider.System);
    }
}
