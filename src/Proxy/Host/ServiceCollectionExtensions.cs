using Framegate.Plugins.Loading;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.Console;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.Native;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Reference;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Edge.Webhooks;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Collect;
using Framegate.Proxy.Engine.Find;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Moderation;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.Poll;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Engine.Submit;
using Framegate.Proxy.Engine.Webhooks;
using Framegate.Proxy.Host.Configuration;
using Framegate.Proxy.Host.Telemetry;
using Framegate.Proxy.Host.Tls;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Destinations;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Proxy.Selection.Strategies;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Schemas;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;

namespace Framegate.Proxy.Host;

/// <summary>The parts of the program, one call each.</summary>
internal static class ServiceCollectionExtensions
{
    /// <summary>The configuration file, checked whole whenever it changes.</summary>
    public static IServiceCollection AddGuardedConfiguration(
        this IServiceCollection services, ConfigurationFile file, FileReading first, GuardedConfiguration live) => services
        .AddSingleton(file)
        .AddSingleton(first)
        .AddSingleton(live)
        .AddSingleton<IConfigurationRule, UnknownSectionRule>()
        .AddSingleton<IConfigurationRule, LoggingRule>()
        .AddSingleton<IConfigurationRule, HostNamesRule>()
        .AddSingleton<IConfigurationRule>(new TelemetryVariables())
        .AddSingleton<IConfigurationRule>(new ProxyVariables())
        .AddSingleton<RouteTrial>()
        .AddSingleton<IConfigurationRule, ProxyRule>()
        .AddSingleton<ConfigurationCheck>()
        .AddSingleton<ConfigurationGuard>()
        .AddSingleton(new ApiSchema("ConfigurationStatus", static () => ConfigurationJson.Default.ConfigurationStatus))
        .AddSingleton(new ApiSchema("ConfigurationVerdict", static () => ConfigurationJson.Default.ConfigurationVerdict))
        .AddHostedService<ConfigurationWatcher>();

    /// <summary>The sections of the configuration; each is checked at start and before each reload, and followed while running.</summary>
    public static IServiceCollection AddFramegateOptions(this IServiceCollection services)
    {
        services
            .AddSection<JobsOptions>(JobsOptions.Section)
            .AddSection<CallbackOptions>(CallbackOptions.Section)
            .AddSection<MediaOptions>(MediaOptions.Section)
            .AddSection<PluginsOptions>(PluginsOptions.Section)
            .AddSection<TlsOptions>(TlsOptions.Section)
            .AddSection<SecurityOptions>(SecurityOptions.Section)
            .AddSection<BreakerOptions>(BreakerOptions.Section)
            .AddSection<ModelsOptions>(ModelsOptions.Section)
            .AddSection<CatalogueOptions>(ModelCatalogue.Section)
            .AddSection<RetirementOptions>(RetirementOptions.Section)
            .AddSection<LimitsOptions>(ModelCatalogue.LimitsSection)
            .AddSection<SchemaVersionsOptions>(SchemaVersionsOptions.Section);
        return services
            .AddSingleton<TlsCertificate>()
            .AddHostedService(s => s.GetRequiredService<TlsCertificate>())
            .AddSingleton<IValidateOptions<TlsOptions>, TlsOptionsRules>()
            .AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsRules>()
            .AddSingleton<IValidateOptions<SchemaVersionsOptions>, SchemaVersionsOptionsRules>()
            .AddSingleton<IValidateOptions<JobsOptions>, JobsOptionsValidator>()
            .AddSingleton<IValidateOptions<JobsOptions>, JobsOptionsRules>()
            .AddSingleton<IValidateOptions<CallbackOptions>, CallbackOptionsValidator>()
            .AddSingleton<IValidateOptions<CallbackOptions>, CallbackOptionsRules>()
            .AddSingleton<IValidateOptions<BreakerOptions>, BreakerOptionsValidator>()
            .AddSingleton<IValidateOptions<ModelsOptions>, ModelsOptionsRules>()
            .AddSingleton<IConfigurationRule, ModelsRule>()
            .AddSingleton<IConfigurationRule, NamesRule>()
            .AddSingleton<IConfigurationRule, DestinationRule>()
            .AddSingleton<IValidateOptions<MediaOptions>, MediaOptionsValidator>()
            .AddSingleton<IValidateOptions<MediaOptions>, MediaOptionsRules>()
            .AddSingleton<IValidateOptions<CatalogueOptions>, CatalogueOptionsRules>()
            .AddSingleton<IValidateOptions<LimitsOptions>, LimitsOptionsRules>()
            .AddSingleton<IConfigurationRule, CatalogueRule>();
    }

    /// <summary>Who may call, and who may operate.</summary>
    public static IServiceCollection AddClients(this IServiceCollection services)
    {
        return services
            .AddSection<ClientsOptions>(ClientsOptions.Section)
            .AddSection<NativeOptions>(NativeOptions.Section)
            .AddSingleton<IValidateOptions<NativeOptions>, NativeOptionsRules>()
            .AddSingleton<IValidateOptions<ClientsOptions>, ClientsOptionsRules>()
            .AddSingleton<ClientKeys>()
            .AddSingleton<ClientJobs>()
            .AddSingleton<WrongKeys>()
            .AddSingleton<OpenCalls>()
            .AddHostedService(s => s.GetRequiredService<OpenCalls>())
            .AddSingleton<PublicAddress>()
            .AddSingleton<LinkKey>()
            .AddSingleton<MediaLinks>()
            .AddCors()
            .AddSingleton<ICorsPolicyProvider, PageOrigins>()
            .AddSingleton<IErrorShape, AdminErrors>()
            .AddSingleton<IErrorShape, OpenAiErrorShape>()
            .AddSingleton<IErrorShape>(s => s.GetRequiredService<ResponseWriter>())
            .AddSingleton<BodyBudget>()
            .AddSingleton<ErrorAnswers>()
            .AddSingleton<AdminAuthorization>()
            .AddSingleton(new ApiSchema("Whoami", static () => WhoamiJson.Default.Whoami))
            .AddSingleton(_ => new Lazy<ConsoleFiles>(() => new ConsoleFiles()));
    }

    /// <summary>YARP, the adapters, and the one way out.</summary>
    public static IServiceCollection AddProviders(this IServiceCollection services, IConfiguration configuration, string? plugins)
    {
        // YARP's session affinity, which Framegate does not use, would write keys to the home folder.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddReverseProxy()
            .LoadFromConfig(configuration.GetSection("ReverseProxy"))
            .LoadFromMemory([EgressEndpoint.Route], [EgressEndpoint.Cluster])
            .AddConfigFilter<AddressVariables>()
            .AddConfigFilter<SandboxClusters>()
            .AddConfigFilter<ClusterHealthDefaults>()
            .AddTransforms<NativeRoute>();
        foreach (var keyMaker in services.Where(s => s.ServiceType == typeof(IHostedService) && s.ImplementationType?.Name == "DataProtectionHostedService").ToList())
        {
            // It makes a key at start, in the home folder, whoever protects the data.
            services.Remove(keyMaker);
        }

        return services
            .AddSingleton(new AdapterRegistry([.. AdapterRegistry.BuiltIn(), .. plugins is null ? [] : PluginFolder.Load(plugins)]))
            .AddSingleton(s => new ProviderKeys(s.GetRequiredService<HostSettings>().Sandbox is not null, s.GetRequiredService<GoogleTokens>()))
            .AddSingleton<GoogleTokens>()
            .AddSingleton<ProviderTable>()
            .AddSingleton<PolicyTable>()
            .AddSingleton<ModelCatalogue>()
            .AddSingleton<ProviderRoutes>()
            .AddSingleton<ConnectGuard>()
            .AddSingleton(s => new Lazy<ConnectGuard>(s.GetRequiredService<ConnectGuard>))
            .AddSingleton<IForwarderHttpClientFactory, GuardedHttpClientFactory>()
            .AddSingleton<EgressEndpoint>()
            .AddSingleton<SubmitsUnderway>()
            .AddSingleton<YarpEgress>()
            .AddSingleton<IEgress>(s => new TracedEgress(s.GetRequiredService<YarpEgress>()))
            .AddSingleton<NativeWall>()
            .AddSingleton<NativeSubmits>()
            .AddHostedService(s => s.GetRequiredService<NativeSubmits>());
    }

    /// <summary>Strategies, candidates, limits and health.</summary>
    public static IServiceCollection AddRouting(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFleetRedis(configuration);

        // YARP has a policy of the same name, which knows nothing of weights; names must be unique.
        foreach (var twin in services.Where(s => s.ServiceType == typeof(ILoadBalancingPolicy) && s.ImplementationType?.Name == "RoundRobinLoadBalancingPolicy").ToList())
        {
            services.Remove(twin);
        }

        services
            .AddSingleton<IRoutingStrategy, PriorityStrategy>()
            .AddSingleton<IRoutingStrategy, RoundRobinStrategy>()
            .AddSingleton<IRoutingStrategy, WeightedStrategy>()
            .AddSingleton<IRoutingStrategy, LeastLoadedStrategy>()
            .AddSingleton<IRoutingStrategy, LatencyBasedStrategy>()
            .AddSingleton<StrategyTable>()
            .AddSingleton<DestinationTargets>()
            .AddSingleton<DestinationPicker>();
        foreach (var name in RoutingStrategies.All)
        {
            services.AddSingleton<ILoadBalancingPolicy>(s => new StrategyPolicy(s.GetRequiredService<StrategyTable>().Find(name), s.GetRequiredService<DestinationTargets>()));
        }

        return services
            .AddSingleton<ConfigVersion>()
            .AddSingleton<IConfigChangeListener>(s => s.GetRequiredService<ConfigVersion>())
            .AddSingleton<AliasTable>()
            .AddSingleton<CandidatePicker>()
            .AddSingleton<RequestRouter>()
            .AddSingleton<ProviderLimiters>()
            .AddSingleton<ClientRates>()
            .AddSingleton<BudgetLedger>()
            .AddSingleton<IBudgetLedger>(s => s.GetRequiredService<BudgetLedger>())
            .AddSingleton<HealthRegistry>()
            .AddHostedService<DestinationHealthReporter>()
            .AddHostedService<SuspensionProber>()
            .AddHostedService<HealthGauges>()
            .AddSingleton<IProbingRequestFactory, ProbeRequests>()
            .AddSingleton<IActiveHealthCheckPolicy, ProbePolicy>()
            .AddSingleton<IPassiveHealthCheckPolicy, BreakerPassivePolicy>();
    }

    /// <summary>The database and the media files.</summary>
    public static IServiceCollection AddStorage(this IServiceCollection services, IConfiguration configuration) => services
        .AddStore(configuration)
        .AddSingleton(new StoreOwner(Guid.NewGuid().ToString("n")))
        .AddSingleton<HeldLease>()
        .AddBucket(configuration)
        .AddSingleton<ClientRegistry>()
        .AddHostedService(s => s.GetRequiredService<ClientRegistry>())
        .AddSingleton<FolderFlush>()
        .AddSingleton<MediaStore>()
        .AddSingleton<InputFolder>()
        .AddSingleton<InputLocation>()
        .AddSingleton<MediaStills>()
        .AddSingleton<MediaDownloader>()
        .AddSingleton<InputReader>()
        .AddHostedService<RetentionSweeper>();

    /// <summary>Callbacks.</summary>
    public static IServiceCollection AddCallbacks(this IServiceCollection services) => services
        .AddSingleton<OutboxSignal>()
        .AddSingleton<CallbackSecrets>()
        .AddSingleton<CallbackMessages>()
        .AddSingleton<ReceiverSlots>()
        .AddSingleton<IProgressListener, ProgressCallbacks>()
        .AddHostedService<BudgetAlerts>()
        .AddHostedService<CallbackSender>();

    /// <summary>The versions of the contract.</summary>
    /// <exception cref="ArgumentException">The migrations between them do not fit together.</exception>
    public static IServiceCollection AddSchemaVersions(this IServiceCollection services) => services
        .AddSingleton(SchemaVersions.BuiltIn())
        .AddSingleton<VersionHeaders>();

    /// <summary>The life of a generation.</summary>
    public static IServiceCollection AddGenerations(this IServiceCollection services) => services
        .AddSection<ModerationOptions>(ModerationOptions.Section)
        .AddSingleton<IValidateOptions<ModerationOptions>, ModerationOptionsValidator>()
        .AddSingleton<IValidateOptions<ModerationOptions>, ModerationOptionsRules>()
        .AddSingleton<IPromptModerator, OpenAiModerator>()
        .AddSingleton<PromptGate>()
        .AddSingleton<RequestMapper>()
        .AddSingleton<FallbackPolicy>()
        .AddSingleton<WaitForCapacity>()
        .AddSingleton<LateFacts>()
        .AddSingleton<GenerationWriter>()
        .AddSingleton<SubmitRecovery>()
        .AddSingleton<SubmitSettlement>()
        .AddSingleton<Submitter>()
        .AddSingleton<JobCalls>()
        .AddSingleton<JobLooks>()
        .AddSingleton<SubmitMarks>()
        .AddSingleton<SubmitPreparation>()
        .AddSingleton<JobFinder>()
        .AddSingleton<JobPoller>()
        .AddSingleton<ResultCollector>()
        .AddSingleton<ParkedResults>()
        .AddSingleton<GenerationRunner>()
        .AddHostedService<BudgetOpening>()
        .AddSingleton<OpenGenerations>()
        .AddHostedService(s => s.GetRequiredService<OpenGenerations>())
        .AddSingleton<UnansweredOrders>()
        .AddHostedService(s => s.GetRequiredService<UnansweredOrders>())
        .AddSingleton<WebhookKeys>()
        .AddSingleton<ProviderCalls>()
        .AddSingleton<AdmissionRules>()
        .AddSingleton<GenerationAdmission>()
        .AddSingleton<GenerationService>()
        .AddSingleton<GenerationArchive>()
        .AddSingleton<GenerationView>()
        .AddSingleton<ResponseWriter>()
        .AddSingleton<GenerationPageWriter>()
        .AddSingleton<GenerationStream>()
        .AddSingleton<Readiness>();

    /// <summary>The proxy pipeline.</summary>
    public static void MapProviders(this IEndpointRouteBuilder routes)
    {
        routes.MapReverseProxy(proxy =>
        {
            proxy.UseMiddleware<PickMiddleware>();
            proxy.UseMiddleware<SendMiddleware>();
            proxy.UseMiddleware<NativeMiddleware>();
        });

        // Now: YARP builds its endpoints when they are first read, under a lock that the router must not meet from the other side.
        routes.ServiceProvider.GetRequiredService<EgressEndpoint>().ReadFrom(routes.DataSources);
    }
}
