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
        .AddSingleton(new ApiSchema("ModelListing", CatalogueJson.Default.ModelListing))
        .AddSingleton(new ApiSchema("ProviderListing", CatalogueJson.Default.ListingProviderView))
        .AddSingleton(new ApiSchema("QuoteAnswer", HttpJson.Default.QuoteAnswer))
        .AddSingleton(new ApiSchema("HealthReport", HttpJson.Default.HealthReport))
        .AddSingleton(new ApiSchema("DeliveryListing", DeliveryJson.Default.ListingDeliveryView))
        .AddSingleton(new ApiSchema("MediaItem", UploadJson.Default.MediaItem))
        .AddSingleton(new ApiSchema("ClientListing", AdminJson.Default.ListingClientView))
        .AddSingleton(new ApiSchema("CacheReport", CacheJson.Default.CacheReport))
        .AddSingleton(new ApiSchema("Invalidation", CacheJson.Default.Invalidation))
        .AddSingleton(new ApiSchema("InvalidationOutcome", CacheJson.Default.InvalidationOutcome))
        .AddSingleton(new ApiSchema("SpendReport", SpendJson.Default.SpendReport))
        .AddSingleton(new ApiSchema("OpenAiErrorBody", OpenAiJson.Default.OpenAiErrorBody))
        .AddSingleton(new ApiSchema("VideoJob", OpenAiJson.Default.VideoJob))
        .AddSingleton(new ApiSchema("VideoJobPage", OpenAiJson.Default.VideoJobPage))
        .AddSingleton(new ApiSchema("DeletedVideo", OpenAiJson.Default.DeletedVideo))
        .AddSingleton(new ApiSchema("OpenAiModel", OpenAiJson.Default.OpenAiModel))
        .AddSingleton(new ApiSchema("OpenAiModelPage", OpenAiJson.Default.OpenAiModelPage));
}
