using Framegate.Sandbox.Core;
using Framegate.Sandbox.Hosting;

namespace Framegate.Sandbox;

/// <summary>Running stand-in providers: they speak the native protocols, draw real media and keep a ledger of what would be paid.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly IReadOnlyList<SandboxListener> _listeners;
    private readonly SandboxServices _services;

    private SandboxServer(IReadOnlyList<SandboxListener> listeners, SandboxServices services)
    {
        _listeners = listeners;
        _services = services;
        Providers = listeners.SelectMany(l => l.Providers).ToDictionary(StringComparer.Ordinal);
        LedgerAddress = new Uri(listeners[0].Origin, SandboxListener.LedgerPath);
    }

    /// <summary>Base address by provider name, with a trailing slash; the native paths (<c>v1/...</c>) follow it.</summary>
    public IReadOnlyDictionary<string, Uri> Providers { get; }

    /// <summary>Every submit that was accepted, whichever provider took it.</summary>
    public SandboxLedger Ledger => _services.Ledger;

    /// <summary>Where the ledger is served as JSON.</summary>
    public Uri LedgerAddress { get; }

    /// <summary>Starts the stand-ins: at <see cref="SandboxOptions.Url"/>, or each on a free loopback port.</summary>
    /// <exception cref="ArgumentException">The address is not plain http on loopback, or a key names an unknown provider.</exception>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async Task<SandboxServer> StartAsync(SandboxOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        SandboxOptionsRules.Check(options);
        var services = new SandboxServices(options);
        var listeners = new List<SandboxListener>();
        try
        {
            if (options.Url is { } url)
            {
                listeners.Add(await SandboxListener.StartAsync(url, StandIns.All, underOwnPath: true, services, cancellationToken));
            }
            else
            {
                foreach (var standIn in StandIns.All)
                {
                    listeners.Add(await SandboxListener.StartAsync(
                        SandboxListener.FreePort, [standIn], underOwnPath: false, services, cancellationToken));
                }
            }
        }
        catch
        {
            await StopAsync(listeners, services);
            throw;
        }

        return new SandboxServer(listeners, services);
    }

    /// <summary>Closes all ports; calls that are still waiting are cut off.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(_listeners, _services);

    private static async Task StopAsync(IEnumerable<SandboxListener> listeners, SandboxServices services)
    {
        foreach (var listener in listeners)
        {
            await listener.DisposeAsync();
        }

        services.Dispose();
    }
}
