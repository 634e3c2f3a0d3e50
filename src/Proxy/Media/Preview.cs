using System.Text.Json;

namespace Framegate.Proxy.Media;

/// <summary>A result while it is made, as its provider shows it.</summary>
/// <param name="Index">Its number at the provider, from 0.</param>
/// <param name="File">The picture; null where it is so small that it is text.</param>
/// <param name="Base64">The picture as text; null where it is a file.</param>
/// <param name="Facts">What the provider reports about it.</param>
internal sealed record Preview(int Index, HeldFile? File, string? Base64, JsonElement Facts);
