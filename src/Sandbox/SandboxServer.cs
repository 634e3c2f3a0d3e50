using Framegate.Sandbox.Core;
using Framegate.Sandbox.Hosting;

namespace Framegate.Sandbox;

/// <summary>Running stand-in providers: they speak the native protocols, draw real media and keep a ledger of what would be paid.</summary>
public sealed class SandboxServer : IAsyncDisposable
{
    private readonly SandboxListener _listener;
    private readonly SandboxServices _services;

    private SandboxServer(SandboxListener listener, SandboxServices services)
    {
        _listener = listener;
        _services = services;
        LedgerAddress = new Uri(listener.Origin, SandboxListener.LedgerPath);
    }

    /// <summary>The names of all providers that have a stand-in.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. StandIns.All.Select(s => s.Name)];

    /// <summary>Base address by provider name, with a trailing slash; the native paths (<c>v1/...</c>) follow it.</summary>
    public IReadOnlyDictionary<string, Uri> Providers => _listener.Providers;

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
        try
        {
            return new SandboxServer(await SandboxListener.StartAsync(options.Url, StandIns.All, services, cancellationToken), services);
        }
        catch
        {
            services.Dispose();
            throw;
        }
    }

    /// <summary>Closes all ports; calls that are still waiting are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _services.Dispose();
    }
}
