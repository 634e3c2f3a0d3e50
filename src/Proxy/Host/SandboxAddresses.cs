using Framegate.Sandbox;

namespace Framegate.Proxy.Host;

/// <summary>Starts the stand-in providers in this process, or works out where they run.</summary>
internal static class SandboxAddresses
{
    /// <summary>Where they answer, and what to dispose of at the end.</summary>
    /// <returns>Nulls when the real providers are to be used.</returns>
    /// <exception cref="StartupException">The address is no loopback URL.</exception>
    public static async Task<(IReadOnlyDictionary<string, Uri>? Addresses, SandboxServer? Server)> ResolveAsync(
        HostArguments arguments, CancellationToken cancellationToken)
    {
        if (!arguments.Sandbox)
        {
            return (null, null);
        }

        if (arguments.SandboxUrl is not { } url)
        {
            var server = await SandboxServer.StartAsync(new SandboxOptions(), cancellationToken);
            return (server.Providers, server);
        }

        if (!Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address) || !address.IsLoopback)
        {
            throw new StartupException($"--sandbox: '{url}' is not a URL on this machine, like http://127.0.0.1:9090.");
        }

        return (SandboxServer.Names.ToDictionary(n => n, n => new Uri(address, n + "/"), StringComparer.Ordinal), null);
    }
}
