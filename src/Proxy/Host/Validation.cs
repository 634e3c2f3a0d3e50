using Framegate.Plugins.Loading;
using Framegate.Proxy.Cache.Entries;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Common.Redis;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Host.Configuration;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Store.Postgres;
using Framegate.Transforms.Providers;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host;

/// <summary><c>validate</c>: checks a configuration file without starting, exactly as a start and a reload do.</summary>
internal static class Validation
{
    /// <summary>Prints what is wrong.</summary>
    /// <returns>0 when nothing is.</returns>
    public static async Task<int> RunAsync(string path, string? providers, bool strict, CancellationToken cancellationToken)
    {
        EnvFile.Load();
        List<ConfigurationError> warnings = [.. new ConfigurationFile(path, providers).Read().Providers.Warnings];
        var errors = await CheckAsync(path, providers, strict, warnings, cancellationToken);
        errors = strict ? [.. errors, .. warnings] : errors;
        foreach (var error in errors)
        {
            await Console.Error.WriteLineAsync($"{error.Path}: {error.ReasonAndLine}");
        }

        foreach (var warning in strict ? [] : warnings)
        {
            await Console.Error.WriteLineAsync($"warning: {warning}");
        }

        await Console.Out.WriteLineAsync(errors.Count == 0 ? $"{path}: valid" : $"{path}: {errors.Count} error(s)");
        return errors.Count == 0 ? 0 : 1;
    }

    private static async Task<IReadOnlyList<ConfigurationError>> CheckAsync(string path, string? providers, bool strict, List<ConfigurationError> warnings, CancellationToken cancellationToken)
    {
        if (new ConfigurationFile(path, providers).Read() is { Error: { } unreadable })
        {
            return [unreadable];
        }

        try
        {
            // Nothing of it is used that would touch the folder.
            var (app, errors) = await FramegateHost.CheckedAsync(
                new HostArguments(false, null, "http://127.0.0.1:0", path, ".") { Providers = providers }, new HostSettings(null, null), new DataFolder(Path.GetTempPath()), cancellationToken);
            await using var disposing = app;
            warnings.AddRange(errors.Count == 0 ? Warnings(app) : []);
            if (errors.Count == 0 && app.Services.GetService<PostgresDatabase>() is { } database && await database.WhyAwayAsync(cancellationToken) is { } reason)
            {
                return [new ConfigurationError($"{StoreOptions.Section}:{nameof(StoreOptions.Postgres)}", $"The database cannot be reached: {reason}")];
            }

            if (errors.Count == 0 && app.Services.GetService<MediaBucket>() is { } bucket && await bucket.WhyAwayAsync(cancellationToken) is { } away)
            {
                return [new ConfigurationError(BucketOptions.Section, $"The bucket cannot be used: {away}")];
            }

            if (errors.Count == 0 && await RedisAsync(app.Services, app.Configuration, cancellationToken) is { } unreachable)
            {
                return [unreachable];
            }

            return strict && errors.Count == 0 ? [.. Unpriced(app.Services, app.Configuration)] : errors;
        }
        catch (PluginException e)
        {
            return [new ConfigurationError(PluginsOptions.Section, e.Message)];
        }
        catch (Exception e) when (e is InvalidOperationException or OptionsValidationException or ArgumentException or FormatException)
        {
            return [.. FramegateHost.Reasons(e).Select(reason => new ConfigurationError(path, reason))];
        }
    }

    /// <summary>The first Redis that cannot be used.</summary>
    private static async Task<ConfigurationError?> RedisAsync(IServiceProvider services, IConfiguration configuration, CancellationToken cancellationToken)
    {
        foreach (var (path, link) in new[]
        {
            (FleetRedis.Setting, services.GetService<FleetRedis>()?.Link),
            ($"{CacheOptions.Section}:{nameof(CacheOptions.Redis)}", string.IsNullOrEmpty(configuration[$"{CacheOptions.Section}:{nameof(CacheOptions.Redis)}"]) ? null : services.GetService<RedisLink>()),
        })
        {
            if (link is not null && await RedisFailure.WhyAwayAsync(await link.ConnectedAsync().WaitAsync(cancellationToken)) is { } reason)
            {
                return new ConfigurationError(path, $"The Redis cannot be used: {reason}");
            }
        }

        return null;
    }

    /// <summary>The providers that take no request; somebody may have emptied them on purpose.</summary>
    private static IEnumerable<ConfigurationError> WithoutDestination(IConfiguration configuration) => ProxyParser.Read(configuration, []).Clusters
        .Where(c => c.Destinations is not { Count: > 0 })
        .Select(c => new ConfigurationError($"{ProxyParser.Section}:Clusters:{c.ClusterId}:{nameof(c.Destinations)}", "There is none, so that nothing can be sent to this provider."));

    private static IEnumerable<ConfigurationError> Warnings(WebApplication app)
    {
        string[] variables = [.. app.Services.GetRequiredService<AdapterRegistry>().All.SelectMany(a => a.KeyVariables).SelectMany(v => v.Split('+')).Append(GoogleTokens.FileVariable).Distinct(StringComparer.Ordinal)];
        return [.. WithoutDestination(app.Configuration), .. WithoutKeyFile(variables), .. variables.SelectMany(Mispasted)];
    }

    /// <summary>A key that was pasted with what stood around it. A container's <c>--env-file</c> keeps quotes; a header's example has its scheme in front.</summary>
    private static IEnumerable<ConfigurationError> Mispasted(string variable)
    {
        var value = EnvFile.Secret(variable)?.Reveal() ?? "";
        if (value is ['"', .., '"'] or ['\'', .., '\''])
        {
            yield return new ConfigurationError(variable, "The key is in quotes, which would be sent with it.");
        }
        else if (value.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            yield return new ConfigurationError(variable, "The key begins with Bearer, which would be sent twice; only the key belongs here.");
        }
    }

    /// <summary>The keys of providers whose files give nothing; they may be mounted later.</summary>
    private static IEnumerable<ConfigurationError> WithoutKeyFile(IEnumerable<string> variables) =>
        variables
            .Select(v => (Variable: v, File: EnvFile.Secret(v)?.Reveal() is not { } value ? SecretFile.PathFor(v) : GoogleTokens.IsKeyFile(value) && SecretFile.Read(value) is null ? value : null))
            .Where(v => v.File is not null)
            .Select(v => new ConfigurationError(v.Variable, $"The file {v.File}, which holds it, is missing, unreadable, empty, or no regular file."));

    /// <summary>The models that are on sale and have no price: neither their maker's nor one of <c>Framegate:Catalogue</c>.</summary>
    private static IEnumerable<ConfigurationError> Unpriced(IServiceProvider services, IConfiguration configuration)
    {
        var (clusters, _) = ProxyParser.Read(configuration, []);
        var options = services.GetRequiredService<IOptions<CatalogueOptions>>().Value;
        var today = DateOnly.FromDateTime(TimeProvider.System.GetUtcNow().UtcDateTime);
        foreach (var cluster in clusters)
        {
            var adapter = services.GetRequiredService<AdapterRegistry>().Find(cluster.Metadata?.GetValueOrDefault(ProviderTable.AdapterKey) ?? cluster.ClusterId);
            foreach (var model in adapter?.Models ?? [])
            {
                var entry = options.GetValueOrDefault(cluster.ClusterId)?.FirstOrDefault(m => m.Key.Equals(model.Id, StringComparison.OrdinalIgnoreCase)).Value;
                if (entry is not { Enabled: false } && (entry?.Over(model) ?? model) is { Price: null } sold && !(sold.Retired <= today))
                {
                    yield return new ConfigurationError($"{ModelCatalogue.Section}:{cluster.ClusterId}:{model.Id}", "The model has no price.");
                }
            }
        }
    }
}
