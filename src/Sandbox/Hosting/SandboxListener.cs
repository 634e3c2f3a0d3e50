using System.Net;
using Framegate.Sandbox.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;

namespace Framegate.Sandbox.Hosting;

/// <summary>The web server of all stand-ins: on one port, each under its own path, or on a port for each.</summary>
internal sealed class SandboxListener : IAsyncDisposable
{
    public const string LedgerPath = "/sandbox/ledger";

    /// <summary>Well above the inputs that tests send, base64 included; larger bodies are answered 413.</summary>
    private const long MaxBodyBytes = 64 * 1024 * 1024;

    private readonly WebApplication _app;

    private SandboxListener(WebApplication app, Uri origin, IReadOnlyDictionary<string, Uri> providers)
    {
        _app = app;
        Origin = origin;
        Providers = providers;
    }

    private static readonly Uri s_freePort = new("http://127.0.0.1:0");

    public Uri Origin { get; }

    public IReadOnlyDictionary<string, Uri> Providers { get; }

    /// <summary>Starts the server: at the address given, or on a free loopback port for each stand-in.</summary>
    public static async Task<SandboxListener> StartAsync(Uri? address, IReadOnlyList<IStandIn> standIns, SandboxServices services, CancellationToken cancellationToken)
    {
        var ports = new Dictionary<int, IStandIn>(); // filled before anybody knows a port

        // The empty builder reads no configuration: inside the gateway's process, ASPNETCORE_URLS and the like belong to the gateway.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, address is null ? [.. standIns.Select(_ => s_freePort)] : [address]));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, DetachedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Logging.AddSimpleConsole(console => console.ColorBehavior = LoggerColorBehavior.Disabled).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a failed start is thrown as well
        var app = builder.Build();
        try
        {
            app.Use(QuietlyAsync);
            var pipelines = new StandInPipelines(app, services, address is not null, app.Lifetime.ApplicationStopping);
            var ledger = LedgerEndpoint.Serve(services.Ledger);
            app.Run(context => context.Request.Path == LedgerPath ? ledger(context)
                : (ports.GetValueOrDefault(context.Connection.LocalPort) ?? Named(standIns, context.Request.Path)) is { } standIn ? pipelines.Of(standIn)(context)
                : NowhereAsync(context));
            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var origins = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Select(a => new Uri(a)).ToList();
        if (address is not null)
        {
            return new SandboxListener(app, origins[0], standIns.ToDictionary(s => s.Name, s => new Uri(origins[0], $"/{s.Name}/"), StringComparer.Ordinal));
        }

        foreach (var (standIn, origin) in standIns.Zip(origins))
        {
            ports[origin.Port] = standIn;
        }

        return new SandboxListener(app, origins[0], standIns.Zip(origins).ToDictionary(p => p.First.Name, p => p.Second, StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    /// <summary>The stand-in whose name the path starts with.</summary>
    private static IStandIn? Named(IReadOnlyList<IStandIn> standIns, PathString path) =>
        standIns.FirstOrDefault(s => path.StartsWithSegments("/" + s.Name, StringComparison.Ordinal));

    private static Task NowhereAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>Bodies that are too large and callers who leave are everyday events in tests, not errors to log.</summary>
    private static async Task QuietlyAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException refusal) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = refusal.StatusCode;
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
        }
    }

    private static void Listen(KestrelServerOptions kestrel, IReadOnlyList<Uri> addresses)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        foreach (var address in addresses)
        {
            if (IPAddress.TryParse(address.DnsSafeHost, out var ip))
            {
                kestrel.Listen(ip, address.Port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            }
            else
            {
                kestrel.ListenLocalhost(address.Port, endpoint => endpoint.Protocols = HttpProtocols.Http1);
            }
        }
    }
}
