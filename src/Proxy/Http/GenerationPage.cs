using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Http;

/// <summary>A page of generations, newest first.</summary>
/// <param name="Data">The generations.</param>
/// <param name="NextCursor">For the next page; null on the last.</param>
internal sealed record GenerationPage(IReadOnlyList<GenerationResponse> Data, string? NextCursor);
