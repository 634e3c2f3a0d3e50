namespace Framegate.Proxy.Cache.Entries;

/// <summary>By what an entry is found and invalidated.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Provider">The provider that made it.</param>
/// <param name="Model">The model that made it.</param>
/// <param name="AskedProvider">The provider that was asked for: <c>auto</c> for an alias.</param>
/// <param name="AskedModel">The model or alias that was asked for.</param>
internal readonly record struct EntryName(string Key, string Provider, string Model, string AskedProvider, string AskedModel);
