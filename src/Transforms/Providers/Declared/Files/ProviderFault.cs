namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>Something that is wrong in a provider file.</summary>
/// <param name="Path">A JSON Pointer to it.</param>
/// <param name="Reason">What, and what would be right.</param>
public sealed record ProviderFault(string Path, string Reason);
