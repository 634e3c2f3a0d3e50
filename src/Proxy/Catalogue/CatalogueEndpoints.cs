using System.Text.Json.Serialization;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Routing;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Catalogue;

/// <summary><c>/models</c> and <c>/providers</c>.</summary>
internal static class CatalogueEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapCatalogue(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/models", (ModelCatalogue catalogue, ProviderTable providers) => TypedResults.Json(
            new Listing<ModelView>([.. providers.Names.SelectMany(p => catalogue.ModelsOf(p).Select(m => View(p, m, catalogue.LimitsOf(p))))]),
            CatalogueJson.Default.ListingModelView));
        routes.MapGet("/providers", (ModelCatalogue catalogue, ProviderTable providers, IProxyStateLookup proxy) => TypedResults.Json(
            new Listing<ProviderView>([.. providers.Names.Select(p => View(p, catalogue, providers, proxy)).OfType<ProviderView>()]),
            CatalogueJson.Default.ListingProviderView));
    }

    private static ModelView View(string provider, ModelInfo model, ProviderLimits limits) => new(
        $"{provider}/{model.Id}", provider, model.Id, model.MediaType, model.Capabilities,
        new LimitsView(model.Limits, limits.RequestsPerMinute), model.Price, model.Retired);

    /// <summary>A provider.</summary>
    /// <returns>Null when it has just gone from the configuration.</returns>
    private static ProviderView? View(string name, ModelCatalogue catalogue, ProviderTable providers, IProxyStateLookup proxy)
    {
        if (providers.Find(name) is not { } adapter)
        {
            return null;
        }

        var destinations = proxy.TryGetCluster(name, out var cluster) ? cluster.Destinations.Values : [];
        return new ProviderView(
            name,
            adapter.Name,
            providers.HasKey(name),
            adapter.KeyVariables,
            [.. catalogue.ModelsOf(name).Select(m => m.MediaType).Distinct().Order()],
            catalogue.ModelsOf(name).Count(),
            catalogue.LimitsOf(name).RequestsPerMinute,
            [.. destinations.OrderBy(d => d.DestinationId, StringComparer.Ordinal).Select(d => new DestinationView(
                d.DestinationId,
                cluster!.DestinationsState.AvailableDestinations.Contains(d),
                d.ConcurrentRequestCount))]);
    }
}

/// <summary>A list.</summary>
/// <param name="Data">Its rows.</param>
internal sealed record Listing<T>(IReadOnlyList<T> Data);

/// <summary>A model as <c>GET /models</c> shows it.</summary>
internal sealed record ModelView(
    string Id, string Provider, string Model, MediaType MediaType, IReadOnlyList<string> Capabilities, LimitsView Limits, ModelPrice? Price, DateOnly? Retired);

/// <summary>Limits of a model and of its provider.</summary>
internal sealed record LimitsView(
    int? MaxWidth, int? MaxHeight, IReadOnlyList<string>? Sizes, IReadOnlyList<string>? AspectRatios, IReadOnlyList<string>? Resolutions,
    IReadOnlyList<double>? Durations, double? MinDuration, double? MaxDuration, double? MaxExtendedDuration, int? MaxPromptLength, int? MaxResults,
    int? MaxInputImages, int? RequestsPerMinute)
{
    public LimitsView(ModelLimits l, int? requestsPerMinute)
        : this(l.MaxWidth, l.MaxHeight, OrNull(l.Sizes), OrNull(l.AspectRatios), OrNull(l.Resolutions), OrNull(l.Durations), l.MinDuration, l.MaxDuration,
            l.MaxExtendedDuration, l.MaxPromptLength, l.MaxResults, l.MaxInputImages, requestsPerMinute)
    {
    }

    private static IReadOnlyList<T>? OrNull<T>(IReadOnlyList<T> list) => list.Count == 0 ? null : list;
}

/// <summary>A provider as <c>GET /providers</c> shows it.</summary>
internal sealed record ProviderView(
    string Name, string Adapter, bool HasKey, IReadOnlyList<string> KeyVariables, IReadOnlyList<MediaType> MediaTypes, int Models, int? RequestsPerMinute,
    IReadOnlyList<DestinationView> Destinations);

/// <summary>A destination of a provider.</summary>
internal sealed record DestinationView(string Id, bool Available, int ConcurrentRequests);

/// <summary>Source-generated JSON of the catalogue.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Listing<ModelView>))]
[JsonSerializable(typeof(Listing<ProviderView>))]
internal sealed partial class CatalogueJson : JsonSerializerContext;
