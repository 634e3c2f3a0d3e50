#if SANDBOX
using Framegate.Sandbox;
#endif

namespace Framegate.Proxy.Host;

/// <summary>Starts the stand-in providers in this process, or works out where they run. A build without them serves the real providers alone.</summary>
internal static class SandboxAddresses
{
    /// <summary>Where they answer, and what to dispose of at the end.</summary>
    /// <returns>Nulls when the real providers are to be used.</returns>
    /// <exception cref="StartupException">The address is no loopback URL, or this build has no stand-ins.</exception>
    public static async Task<(IReadOnlyDictionary<string, Uri>? Addresses, IAsyncDisposable? Server)> ResolveAsync(HostArguments arguments, CancellationToken cancellationToken)
    {
        if (!arguments.Sandbox)
        {
            return (null, null);
        }

#if SANDBOX
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
#else
        await Task.CompletedTask.WaitAsync(cancellationToken);
        throw new StartupException("--sandbox: this build has no stand-in providers. Start from a checkout (dotnet run --project src/Proxy -- --sandbox), or publish with -p:WithSandbox=true.");
#endif
    }
}
