using System.Text.Json;
using System.Text.Json.Serialization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Limits;
using Microsoft.AspNetCore.Http.HttpResults;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/models</c> and <c>/providers</c>.</summary>
internal static class CatalogueEndpoints
{
    private const double Degraded = 0.8;

    /// <summary>Maps them.</summary>
    public static void MapCatalogue(this IEndpointRouteBuilder routes)
    {
        var models = new CacheableJson();
        routes.MapMethods("/models", ReadRoutes.Methods, (HttpContext context, ModelCatalogue catalogue, ProviderTable providers, AliasTable aliases, ClientKeys clients) =>
        {
            var settings = clients.SettingsOf(Client.Of(context));
            return models.AnswerAsync(
                context,
                JsonSerializer.SerializeToUtf8Bytes(
                    new ModelListing(
                        [.. providers.Names.SelectMany(p => catalogue.ModelsOf(p).Where(m => settings.MayUse(null, p, m.Id)).Select(m => View(p, m, catalogue.LimitsOf(p))))],
                        [.. aliases.Configured.Where(a => a.Candidates.Any(c => settings.MayUse(a.Name, c.Provider, c.Model))).Select(View)]),
                    CatalogueJson.Default.ModelListing));
        });
        routes.MapMethods("/providers", ReadRoutes.Methods, (ModelCatalogue catalogue, ProviderTable providers, IProxyStateLookup proxy, HealthRegistry registry, ProviderLimiters limiters, ClientKeys clients) =>
            List(catalogue, providers, proxy, registry, limiters, v => clients.Required ? v.ForClients() : v));
    }

    /// <summary>Maps <c>/admin/providers</c>, which shows what clients do not see of each other and of the accounts.</summary>
    public static void MapProviderReport(this RouteGroupBuilder admin) =>
        admin.MapMethods("/providers", ReadRoutes.Methods, (ModelCatalogue catalogue, ProviderTable providers, IProxyStateLookup proxy, HealthRegistry registry, ProviderLimiters limiters) =>
            List(catalogue, providers, proxy, registry, limiters, v => v));

    private static JsonHttpResult<Listing<ProviderView>> List(
        ModelCatalogue catalogue, ProviderTable providers, IProxyStateLookup proxy, HealthRegistry registry, ProviderLimiters limiters, Func<ProviderView, ProviderView> shown) =>
        TypedResults.Json(
            new Listing<ProviderView>([.. providers.Names.Select(p => View(p, catalogue, providers, proxy, registry, limiters)).OfType<ProviderView>().Select(shown)]),
            CatalogueJson.Default.ListingProviderView);

    private static ModelView View(string provider, ModelInfo model, ProviderLimits limits) => new(
        $"{provider}/{model.Id}", provider, model.Id, model.MediaType, model.Capabilities,
        new LimitsView(model.Limits, limits.RequestsPerMinute), model.Price, model.Retired, model.Successor);

    private static AliasView View(AliasRoute alias) => new(
        alias.Name,
        GenerationRequest.AnyProvider,
        alias.Strategy.Name,
        [.. alias.Candidates.Select(c => new CandidateView(c.Provider, c.Model, c.Priority, c.Weight))]);

    /// <summary>A provider.</summary>
    /// <returns>Null when it has just gone from the configuration.</returns>
    private static ProviderView? View(
        string name, ModelCatalogue catalogue, ProviderTable providers, IProxyStateLookup proxy, HealthRegistry registry, ProviderLimiters limiters)
    {
        if (providers.Find(name) is not { } adapter)
        {
            return null;
        }

        var destinations = proxy.TryGetCluster(name, out var cluster) ? cluster.Destinations.Values : [];
        var limits = catalogue.LimitsOf(name);
        return new ProviderView(
            name,
            adapter.Name,
            providers.HasKey(name),
            providers.KeyVariablesOf(name),
            [.. catalogue.ModelsOf(name).Select(m => m.MediaType).Distinct().Order()],
            catalogue.ModelsOf(name).Count(),
            registry.ForProvider(name).Load.Open,
            limiters.For(name) is { IsLimited: true } limiter ? new LimitView(limits.RequestsPerMinute, limits.JobsAtOnce, limiter.Waiting) : null,
            [.. destinations.OrderBy(d => d.DestinationId, StringComparer.Ordinal).Select(d => View(d, cluster!, registry.For(name, d.DestinationId)))]);
    }

    private static DestinationView View(DestinationState destination, ClusterState cluster, Proxy.Selection.Health.DestinationHealth health)
    {
        var available = cluster.DestinationsState.AvailableDestinations.Contains(destination);
        var breaker = health.Breaker.State;
        return new DestinationView(
            destination.DestinationId,
            available,
            health switch
            {
                { Suspended: not null } => "suspended",
                _ when breaker is "open" or "half_open" => "failing",
                _ when !available => "unhealthy",
                { Score.Value: < Degraded } => "degraded",
                _ => "healthy",
            },
            Math.Round(available ? health.Score.Value : 0, 3),
            breaker,
            health.Suspended,
            health.Load.Open,
            health.Latency.Milliseconds is { } latency ? Math.Round(latency) : null,
            destination.ConcurrentRequestCount)
        {
            Drained = health.Drained ? true : null,
            LastHour = health.Latency.LastHour(),
        };
    }
}

/// <summary>A list.</summary>
/// <param name="Data">Its rows.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Data);

/// <summary>The models, and the aliases of the configuration.</summary>
internal sealed record ModelListing(IReadOnlyList<ModelView> Data, IReadOnlyList<AliasView> Aliases);

/// <summary>An alias; a request names it as its model and leaves the provider open.</summary>
internal sealed record AliasView(string Id, string Provider, string Strategy, IReadOnlyList<CandidateView> Candidates);

/// <summary>One model that an alias stands for.</summary>
internal sealed record CandidateView(string Provider, string Model, int Priority, double Weight);

/// <summary>A model as <c>GET /models</c> shows it.</summary>
internal sealed record ModelView(
    string Id, string Provider, string Model, MediaType MediaType, IReadOnlyList<string> Capabilities, LimitsView Limits, ModelPrice? Price, DateOnly? Retired, string? Successor);

/// <summary>Limits of a model and of its provider.</summary>
internal sealed record LimitsView(
    int? MaxWidth, int? MaxHeight, IReadOnlyList<string>? Sizes, IReadOnlyList<string>? AspectRatios, IReadOnlyList<string>? Resolutions,
    IReadOnlyList<double>? Durations, double? MinDuration, double? MaxDuration, double? MaxExtendedDuration, int? MaxPromptLength, int? MaxResults,
    int? MaxInputImages, int? RequestsPerMinute)
{
    /// <summary>True when a request cannot choose the size; null otherwise.</summary>
    public bool? SizeIsFixed { get; init; }

    /// <summary>Sides are multiples of this, pixels.</summary>
    public int? SideStep { get; init; }

    /// <summary>The shortest side, pixels.</summary>
    public int? MinSide { get; init; }

    /// <summary>The smallest area, pixels.</summary>
    public int? MinArea { get; init; }

    /// <summary>The largest area, pixels.</summary>
    public int? MaxArea { get; init; }

    public LimitsView(ModelLimits l, int? requestsPerMinute)
        : this(l.MaxWidth, l.MaxHeight, OrNull(l.Sizes), OrNull(l.AspectRatios), OrNull(l.Resolutions), OrNull(l.Durations), l.MinDuration, l.MaxDuration,
            l.MaxExtendedDuration, l.MaxPromptLength, l.MaxResults, l.MaxInputImages, requestsPerMinute)
    {
        SizeIsFixed = l.SizeIsFixed ? true : null;
        (SideStep, MinSide, MinArea, MaxArea) = (l.SideStep, l.MinSide, l.MinArea, l.MaxArea);
    }

    private static IReadOnlyList<T>? OrNull<T>(IReadOnlyList<T> list) => list.Count == 0 ? null : list;
}

/// <summary>A provider as <c>GET /providers</c> shows it.</summary>
internal sealed record ProviderView(
    string Name, string Adapter, bool HasKey,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? KeyVariables,
    IReadOnlyList<MediaType> MediaTypes, int Models,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? OpenJobs,
    LimitView? Limits, IReadOnlyList<DestinationView> Destinations)
{
    /// <summary><c>ready</c>, or <c>not_configured</c>: none of its destinations has a key, one of <see cref="KeyVariables"/> is to be set, and no alias leads to it.</summary>
    public string Status => HasKey ? "ready" : "not_configured";

    /// <summary>The same without the names of keys that are there, the state of accounts, and what other clients do.</summary>
    public ProviderView ForClients() => this with
    {
        KeyVariables = HasKey ? null : KeyVariables,
        OpenJobs = null,
        Limits = Limits is null ? null : Limits with { Waiting = null },
        Destinations = [.. Destinations.Select(d => d.ForClients())],
    };
}

/// <summary>The limits of a provider, and how many wait for their turn.</summary>
internal sealed record LimitView(
    int? RequestsPerMinute, int? JobsAtOnce, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Waiting);

/// <summary>A destination of a provider.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Available">Whether it is given jobs.</param>
/// <param name="State"><c>healthy</c>, <c>degraded</c>, <c>failing</c> (the breaker is not closed), <c>unhealthy</c> (its probes fail), or
/// <c>suspended</c> (an empty account, or a refused key).</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Breaker"><c>closed</c>, <c>open</c>, <c>half_open</c>, or <c>isolated</c>.</param>
/// <param name="Suspended">Why it is suspended; null when it is not.</param>
/// <param name="OpenJobs">Jobs from the submit to the result.</param>
/// <param name="LatencyMs">From the submit to the result, lately; null when nothing is known.</param>
/// <param name="ConcurrentRequests">Calls on their way.</param>
internal sealed record DestinationView(
    string Id, bool Available, string State, double Score, string Breaker, ErrorCode? Suspended,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? OpenJobs,
    double? LatencyMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? ConcurrentRequests)
{
    /// <summary>True while an operator has it drained; null otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Drained { get; init; }

    /// <summary>What came to its end lately; null when nothing did.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LastHour? LastHour { get; init; }

    /// <summary>The same without why the account is suspended, and what other clients do.</summary>
    public DestinationView ForClients() =>
        this with { State = Suspended is null ? State : "unhealthy", Suspended = null, OpenJobs = null, ConcurrentRequests = null, LastHour = LastHour is null ? null : LastHour with { Done = null } };
}


/// <summary>Source-generated JSON of the catalogue.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ModelListing))]
[JsonSerializable(typeof(Listing<ProviderView>))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
