using System.Net;
using Framegate.Sandbox.Core;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Console;

namespace Framegate.Sandbox.Hosting;

/// <summary>One listening web server with one or all stand-ins on it.</summary>
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

    public static Uri FreePort { get; } = new("http://127.0.0.1:0");

    public Uri Origin { get; }

    public IReadOnlyDictionary<string, Uri> Providers { get; }

    public static async Task<SandboxListener> StartAsync(
        Uri address, IReadOnlyList<IStandIn> standIns, bool underOwnPath, SandboxServices services, CancellationToken cancellationToken)
    {
        // The empty builder reads no configuration: inside the gateway's process, ASPNETCORE_URLS and the like belong to the gateway.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Listen(kestrel, address));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, DetachedLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        builder.Logging.AddSimpleConsole(console => console.ColorBehavior = LoggerColorBehavior.Disabled).SetMinimumLevel(LogLevel.Warning)
            .AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a failed start is thrown as well
        var app = builder.Build();
        try
        {
            app.Use(QuietlyAsync);
            app.MapGet(LedgerPath, LedgerEndpoint.Serve(services.Ledger));
            foreach (var standIn in standIns)
            {
                var prefix = underOwnPath ? "/" + standIn.Name : "";
                standIn.Map(app.MapGroup(prefix), new StandInSite(services, prefix, app.Lifetime.ApplicationStopping));
            }

            await app.StartAsync(cancellationToken);
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        var origin = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        return new SandboxListener(app, origin, standIns.ToDictionary(
            s => s.Name, s => underOwnPath ? new Uri(origin, $"/{s.Name}/") : origin, StringComparer.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
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

    private static void Listen(KestrelServerOptions kestrel, Uri address)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
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
