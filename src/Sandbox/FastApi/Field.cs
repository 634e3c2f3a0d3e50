using System.Text.Json;

namespace Framegate.Sandbox.FastApi;

/// <summary>A field of a request body and its rule.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Check">The rule; null when the value is fine. Never called for a JSON null of a nullable field.</param>
internal sealed record Field(string Name, Func<JsonElement, Issue?> Check)
{
    public bool Required { get; init; }

    public bool Nullable { get; init; }

    public Field OrNull() => this with { Nullable = true };

    public Field Always() => this with { Required = true };
}
