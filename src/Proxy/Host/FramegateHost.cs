using System.Net.Sockets;
using Framegate.Plugins.Loading;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.Console;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Mcp;
using Framegate.Proxy.Edge.OpenAi;
using Framegate.Proxy.Edge.Reference;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Edge.Webhooks;
using Framegate.Proxy.Host.Configuration;
using Framegate.Proxy.Host.Telemetry;
using Framegate.Proxy.Host.Tls;
using Framegate.Transforms.Providers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>Puts the program together and runs it.</summary>
internal static class FramegateHost
{
    /// <summary>Runs until the program is asked to stop.</summary>
    /// <exception cref="StartupException">It cannot start; the message gives the reason.</exception>
    /// <exception cref="EnvFileException">The file of environment variables cannot be read.</exception>
    public static async Task RunAsync(HostArguments arguments, CancellationToken cancellationToken)
    {
        var environment = EnvFile.Load();
        var clientKey = EnvFile.Secret(ClientKeys.Variable);

        // Apart from the real ones: a stand-in's job must never be followed with a real key, nor a real job at a stand-in.
        using var data = DataFolderLock.Take(arguments.Sandbox ? Path.Combine(arguments.Data, "sandbox") : arguments.Data);
        var (sandbox, server) = await SandboxAddresses.ResolveAsync(arguments, cancellationToken);
        await using var stop = server;
        var settings = new HostSettings(sandbox, clientKey)
        {
            AdminKey = EnvFile.Secret(AdminAuthorization.Variable),
            ScrapeKey = EnvFile.Secret(AdminAuthorization.ScrapeVariable),
            LinkSecret = EnvFile.Secret(LinkKey.Variable),
        };
        await using var app = await PrepareAsync(arguments, settings, data.Folder, cancellationToken);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (DataDamagedException e)
        {
            throw new StartupException($"Framegate cannot start on {data.Folder.Path}:\n{e.Message}", StartupException.DataIsDamaged);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or SocketException or AggregateException or ArgumentException or InvalidOperationException)
        {
            throw new StartupException($"Framegate cannot start: {Flatten(e)}");
        }

        var addresses = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        if (ConsoleLog.IsJson(app.Services))
        {
            Banner.Write(addresses.First(), environment, app.Services);
        }
        else
        {
            Banner.Print(Console.Out, addresses.First(), environment, app.Services);
        }

        await app.WaitForShutdownAsync(cancellationToken);
    }

    /// <summary>Every message in an exception of the start that has one of its own; YARP hides what is wrong two levels down.</summary>
    internal static IEnumerable<string> Reasons(Exception e) => e switch
    {
        AggregateException { InnerExceptions: { Count: > 0 } inner } => inner.SelectMany(Reasons),
        OptionsValidationException { Failures: var failures } => failures,
        InvalidOperationException { InnerException: AggregateException inner } => Reasons(inner),
        _ => [e.Message],
    };

    /// <summary>The program, not started and its configuration not checked beyond what the frameworks do.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="settings">What was decided before.</param>
    /// <param name="data">The data folder, held by the caller.</param>
    /// <param name="replace">Registers services in the place of the program's own; null for none.</param>
    internal static WebApplication Build(HostArguments arguments, HostSettings settings, DataFolder data, Action<IServiceCollection>? replace = null)
    {
        var app = Create(arguments, settings, data, replace);

        // It makes the providers that are data files known, before the routes that lead to them are.
        var guard = app.Services.GetRequiredService<ConfigurationGuard>();
        guard.LogWarnings();
        Map(app);
        return app;
    }

    /// <summary>The program's parts, nothing of them in use.</summary>
    internal static WebApplication Create(HostArguments arguments, HostSettings settings, DataFolder data, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ApplicationName = "Framegate.Proxy", ContentRootPath = AppContext.BaseDirectory });
        var (file, first, live) = ConfigFile.AddTo(builder.Configuration, arguments.Config, arguments.Providers, arguments.OnlyChecks);
        var vault = new SecretVault();
        builder.WebHost.UseUrls(arguments.Urls);
        ConsoleLog.Apply(builder.Logging, builder.Configuration);
        builder.Services.AddSingleton(settings).AddSingleton(data).AddSingleton(vault).AddSingleton(TimeProvider.System).AddSingleton(Random.Shared);
        builder.Services
            .AddGuardedConfiguration(file, first, live)
            .AddFramegateOptions()
            .AddClients()
            .AddProviders(builder.Configuration, arguments.Plugins ?? builder.Configuration[$"{PluginsOptions.Section}:{nameof(PluginsOptions.Folder)}"])
            .AddRouting(builder.Configuration)
            .AddStorage(builder.Configuration)
            .AddCallbacks()
            .AddMediaCache(builder.Configuration)
            .AddSchemaVersions()
            .AddGenerations()
            .AddOpenAi()
            .AddMcpEndpoint()
            .AddReference()
            .AddTelemetry();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            TransferCodings.Apply(kestrel);
            HalfOpen.Apply(kestrel, TimeProvider.System);
            TlsCertificate.Apply(kestrel);
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.AddHostedService<IdleMemory>();
        builder.Services.AddHostedService<HangupSignal>();
        builder.Services.AddSingleton<ReceiveBlocks>().AddSingleton<IMemoryPoolFactory<byte>>(s => s.GetRequiredService<ReceiveBlocks>());

        // Of a body that waits for room so much is read ahead: the default, 1 MiB, is half a gigabyte of 500 uploads.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = 256 * 1024);

        // The longest submit, which a stop waits for; without one the program is gone in a moment.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromMinutes(2));
        StoppingServer.Wrap(builder.Services);
        HostFilter.Apply(builder.Services);
        replace?.Invoke(builder.Services);
        MaskedLoggerProvider.Wrap(builder.Services, vault);
        var app = builder.Build();
        SecretSources.Follow(vault, app.Configuration, app.Services.GetRequiredService<AdapterRegistry>());
        return app;
    }

    private static void Map(WebApplication app)
    {
        RequestBodyLimits.Apply(app.Services);
        DescriptorLimit.Apply(app.Services);

        // No route can ask for authorization (ProxyRule), so what the host would add by itself in front of every request has nothing to do.
        ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        TrustedProxies.Use(app);
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<TraceMiddleware>();
        HostFilter.Use(app);

        // In front of whatever refuses: a page must be able to read why, and when to ask again.
        PageOrigins.Use(app);
        app.UseMiddleware<ExceptionMiddleware>();
        app.UseMiddleware<RequestBound>();
        app.UseMiddleware<HttpEdge>();
        app.UseMiddleware<ConsoleMiddleware>();
        app.UseMiddleware<ReferenceMiddleware>();
        app.UseMiddleware<ClientAuthentication>();
        app.UseMiddleware<ClientRateMiddleware>();
        app.UseMcpEndpoint();
        app.UseMiddleware<ContentCodingMiddleware>();
        app.UseMiddleware<BodyBudgetMiddleware>();
        app.UseMcpInputs();
        app.UseMiddleware<NothingHereMiddleware>();
        app.MapGenerations();
        app.MapDeliveries();
        app.MapQuotes();
        app.MapOpenAi();
        app.MapMcpEndpoint();
        app.MapMedia();
        app.MapUploads();
        app.MapWhoami();
        app.MapOwnSpend();
        app.MapSchemas();
        app.MapCatalogue();
        app.MapHealth();
        app.MapProviderCalls();
        var admin = app.MapAdmin();
        admin.MapConfiguration();
        admin.MapCache();
        admin.MapProviderReport();
        admin.MapGenerationReports();
        admin.MapSpend();
        admin.MapDrain();
        admin.MapClients();
        admin.MapReplicas();
        app.MapPrometheusScrapingEndpoint(AdminEndpoints.Metrics).WithMetadata(new HttpMethodMetadata(ReadRoutes.Methods));
        app.MapProviders();
    }

    /// <summary>The program with its whole configuration checked, not started.</summary>
    private static async Task<WebApplication> PrepareAsync(HostArguments arguments, HostSettings settings, DataFolder data, CancellationToken cancellationToken)
    {
        WebApplication app;
        IReadOnlyList<ConfigurationError> errors;
        try
        {
            (app, errors) = await CheckedAsync(arguments, settings, data, cancellationToken);
        }
        catch (Exception e) when (e is PluginException or InvalidOperationException or IOException or UnauthorizedAccessException or OptionsValidationException)
        {
            throw new StartupException($"Framegate cannot start: {Flatten(e)}");
        }

        try
        {
            if (errors.Count > 0)
            {
                throw new StartupException(
                    $"Framegate cannot start: {arguments.Config} has {errors.Count} error(s).\n{string.Join('\n', errors.Select(e => $"  {e.Path}: {e.ReasonAndLine}"))}");
            }

            app.Services.GetRequiredService<IStartupValidator>().Validate();
            var tls = app.Services.GetRequiredService<TlsCertificate>();
            tls.Look(atOnce: true);
            Addresses.Check(arguments.Urls, app.Services.GetRequiredService<ClientKeys>().Required, app.Services.GetRequiredService<IOptions<TlsOptions>>().Value.Certificate is not null);
            app.Services.GetRequiredService<ConfigurationGuard>().LogWarnings();
            Map(app);
            return app;
        }
        catch (Exception e)
        {
            await app.DisposeAsync();
            if (e is OptionsValidationException or AggregateException or ArgumentException or InvalidOperationException or FormatException or IOException or UnauthorizedAccessException)
            {
                throw new StartupException($"Framegate cannot start: {Flatten(e)}");
            }

            throw;
        }
    }

    /// <summary>The program, and everything that is wrong with its configuration.</summary>
    /// <remarks>What is wrong may keep the parts from being made that would name it; a program without the configuration names it then.</remarks>
    internal static async Task<(WebApplication App, IReadOnlyList<ConfigurationError> Errors)> CheckedAsync(
        HostArguments arguments, HostSettings settings, DataFolder data, CancellationToken cancellationToken)
    {
        WebApplication? app = null;
        try
        {
            app = Create(arguments, settings, data);
            return (app, await CheckAsync(app, cancellationToken));
        }
        catch (Exception e) when (!arguments.OnlyChecks && e is InvalidOperationException or OptionsValidationException or ArgumentException or FormatException)
        {
            await (app?.DisposeAsync() ?? default);
            var checker = Create(arguments with { OnlyChecks = true }, settings, data);
            if (await CheckAsync(checker, cancellationToken) is { Count: > 0 } errors)
            {
                return (checker, errors);
            }

            await checker.DisposeAsync();
            throw;
        }
    }

    private static async Task<IReadOnlyList<ConfigurationError>> CheckAsync(WebApplication app, CancellationToken cancellationToken) =>
        await app.Services.GetRequiredService<ConfigurationGuard>().CheckAsync(app.Services.GetRequiredService<FileReading>(), cancellationToken);

    private static string Flatten(Exception e) => string.Join("; ", Reasons(e));
}
