using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Sandbox.FastApi;

/// <summary>What is wrong with a value, in pydantic's words.</summary>
/// <param name="Type">Pydantic's error type, for example <c>multiple_of</c>.</param>
/// <param name="Msg">Pydantic's message.</param>
/// <param name="Within">Where inside the value; empty for the value itself.</param>
internal sealed record Issue(string Type, string Msg, params JsonNode[] Within);

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
