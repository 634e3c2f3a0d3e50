using Framegate.Proxy.Edge.Admin;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;

namespace Framegate.Proxy.Edge.Reference;

/// <summary>What the API reference is made of.</summary>
internal static class ReferenceServices
{
    /// <summary>Adds it. A feature above this one adds the records of its own.</summary>
    public static IServiceCollection AddReference(this IServiceCollection services) => services
        .AddSingleton<ApiDocuments>()
        .AddSingleton(new ApiSchema("ModelListing", static () => CatalogueJson.Default.ModelListing))
        .AddSingleton(new ApiSchema("ProviderListing", static () => CatalogueJson.Default.ListingProviderView))
        .AddSingleton(new ApiSchema("QuoteAnswer", static () => HttpJson.Default.QuoteAnswer))
        .AddSingleton(new ApiSchema("HealthReport", static () => HttpJson.Default.HealthReport))
        .AddSingleton(new ApiSchema("DeliveryListing", static () => DeliveryJson.Default.ListingDeliveryView))
        .AddSingleton(new ApiSchema("MediaItem", static () => UploadJson.Default.MediaItem))
        .AddSingleton(new ApiSchema("MediaLink", static () => MediaLinkJson.Default.MediaLink))
        .AddSingleton(new ApiSchema("ClientListing", static () => AdminJson.Default.ListingClientView))
        .AddSingleton(new ApiSchema("Client", static () => AdminJson.Default.ClientView))
        .AddSingleton(new ApiSchema("ReplicaListing", static () => ReplicaViewJson.Default.ListingReplicaView))
        .AddSingleton(new ApiSchema("ClientSettings", static () => AdminJson.Default.ClientSettings))
        .AddSingleton(new ApiSchema("CacheReport", static () => CacheJson.Default.CacheReport))
        .AddSingleton(new ApiSchema("Invalidation", static () => CacheJson.Default.Invalidation))
        .AddSingleton(new ApiSchema("InvalidationOutcome", static () => CacheJson.Default.InvalidationOutcome))
        .AddSingleton(new ApiSchema("SpendReport", static () => SpendJson.Default.SpendReport))
        .AddSingleton(new ApiSchema("OpenAiErrorBody", static () => OpenAiJson.Default.OpenAiErrorBody))
        .AddSingleton(new ApiSchema("ImageJob", static () => OpenAiJson.Default.ImageJob))
        .AddSingleton(new ApiSchema("VideoJob", static () => OpenAiJson.Default.VideoJob))
        .AddSingleton(new ApiSchema("VideoJobPage", static () => OpenAiJson.Default.VideoJobPage))
        .AddSingleton(new ApiSchema("DeletedVideo", static () => OpenAiJson.Default.DeletedVideo))
        .AddSingleton(new ApiSchema("DeletedResponse", static () => OpenAiJson.Default.DeletedResponse))
        .AddSingleton(new ApiSchema("OpenAiModel", static () => OpenAiJson.Default.OpenAiModel))
        .AddSingleton(new ApiSchema("OpenAiModelPage", static () => OpenAiJson.Default.OpenAiModelPage));
}
