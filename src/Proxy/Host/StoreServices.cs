using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Repetitions;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Store.Sqlite;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary>Puts the store together: a file of this process alone, or a database that replicas share.</summary>
internal static class StoreServices
{
    private const string Setting = $"{StoreOptions.Section}:{nameof(StoreOptions.Postgres)}";

    // Apart from the real ones, as their tables are.
    private const string SandboxPrefix = "sandbox/";

    /// <summary>The store that the configuration names at start.</summary>
    public static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<StoreOptions>(StoreOptions.Section)
            .AddSingleton<IValidateOptions<StoreOptions>, StoreOptionsValidator>()
            .AddSingleton<IValidateOptions<StoreOptions>, PostgresAddressRule>();
        return configuration[Setting] is { Length: > 0 } ? services.AddPostgres() : services.AddSqlite();
    }

    /// <summary>The bucket of media, where the configuration names one at start.</summary>
    public static IServiceCollection AddBucket(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<BucketOptions>(BucketOptions.Section).AddSingleton<IValidateOptions<BucketOptions>, BucketOptionsRules>()
            .AddOptions<BucketOptions>().PostConfigure<HostSettings>((bucket, settings) => bucket.Prefix += settings.Sandbox is null ? "" : SandboxPrefix);
        return configuration[$"{BucketOptions.Section}:{nameof(BucketOptions.Name)}"] is { Length: > 0 }
            ? services.AddSingleton<IKnownStore>(s => s.GetRequiredService<IMediaCatalogue>()).AddSingleton<MediaBucket>()
            : services;
    }

    private static IServiceCollection AddSqlite(this IServiceCollection services) => services
        .AddSingleton(s => new SqliteDatabase(Path.Combine(s.GetRequiredService<DataFolder>().Path, "framegate.db")))
        .AddSingleton<SqliteReader>()
        .AddSingleton<SqliteWriter>()
        .AddHostedService<SqliteStart>()
        .AddHostedService<BucketNote>()
        .AddSingleton<IFleet, OneReplica>()
        .AddSingleton<SqliteGenerationStore>()
        .AddSingleton<IGenerationStore>(s => s.GetRequiredService<SqliteGenerationStore>())
        .AddSingleton<IGenerationReports>(s => s.GetRequiredService<SqliteGenerationStore>())
        .AddSingleton<IStoreHealth, SqliteHealth>()
        .AddSingleton<SqliteMediaCatalogue>()
        .AddSingleton<IMediaCatalogue>(s => s.GetRequiredService<SqliteMediaCatalogue>())
        .AddSingleton<INativeJobs, SqliteNativeJobs>()
        .AddSingleton<INativeOrders, SqliteNativeOrders>()
        .AddSingleton<IClientStore, SqliteClientStore>()
        .AddSingleton<ICallbackStore, SqliteCallbackStore>();

    private static IServiceCollection AddPostgres(this IServiceCollection services) => services
        .AddSingleton(s => new PostgresDatabase(AddressOf(s)))
        .AddSingleton<PostgresWriter>()
        .AddSingleton<PostgresFeed>()
        .AddHostedService<PostgresStart>()
        .AddHostedService(s => s.GetRequiredService<PostgresFeed>())
        .AddSingleton<IFleet, PostgresFleet>()
        .AddSingleton<ISharedBudgets, PostgresBudgets>()
        .AddHostedService<FleetWishes>()
        .AddSingleton<IQueuePlaces, PostgresQueue>()
        .AddHostedService<QueueReporter>()
        .AddSingleton<PostgresGenerationStore>()
        .AddSingleton<IGenerationStore>(s => s.GetRequiredService<PostgresGenerationStore>())
        .AddSingleton<IGenerationReports>(s => s.GetRequiredService<PostgresGenerationStore>())
        .AddSingleton<IStoreHealth, PostgresHealth>()
        .AddSingleton<IMediaCatalogue, PostgresMediaCatalogue>()
        .AddSingleton<INativeJobs, PostgresNativeJobs>()
        .AddSingleton<INativeOrders, PostgresNativeOrders>()
        .AddSingleton<IOrdersElsewhere, PostgresOrders>()
        .AddSingleton<IClientStore, PostgresClientStore>()
        .AddSingleton<ICallbackStore, PostgresCallbackStore>();

    // Apart from the real ones: a stand-in's job must never be followed with a real key.
    private static Npgsql.NpgsqlConnectionStringBuilder AddressOf(IServiceProvider services) =>
        PostgresAddress.TryRead(services.GetRequiredService<IOptions<StoreOptions>>().Value.Postgres!, services.GetRequiredService<HostSettings>().Sandbox is not null, out var address, out var reason)
            ? address
            : throw new InvalidOperationException($"{Setting}: {reason}");
}
