using System.Text.Json;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Flux;

/// <summary>A checked body: absent and null are the same, types are right.</summary>
internal sealed class FluxBody(JsonElement root)
{
    public string? Text(string name) => Value(name, JsonValueKind.String)?.GetString();

    public long? Integer(string name) => Value(name, JsonValueKind.Number) is { } value
        ? value.TryGetInt64(out var number) ? number : (long)value.GetDouble()
        : null;

    public int Pixels(string name, int fallback) => (int)(Integer(name) ?? fallback);

    public bool Flag(string name) => Value(name, JsonValueKind.True) is not null;

    public bool Has(string name) => root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>The size of an image given as base64; null when it is absent or given by URL, which a sandbox does not fetch.</summary>
    public (int Width, int Height)? ImageSize(string name) =>
        Text(name) is { } text && ImageProbe.FromBase64(text) is { } bytes ? ImageProbe.SizeOf(bytes) : null;

    private JsonElement? Value(string name, JsonValueKind kind) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == kind ? value : null;
}
