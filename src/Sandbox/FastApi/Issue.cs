using System.Text.Json.Nodes;

namespace Framegate.Sandbox.FastApi;

/// <summary>What is wrong with a value, in pydantic's words.</summary>
/// <param name="Type">Pydantic's error type, for example <c>multiple_of</c>.</param>
/// <param name="Msg">Pydantic's message.</param>
/// <param name="Within">Where inside the value; empty for the value itself.</param>
internal sealed record Issue(string Type, string Msg, params JsonNode[] Within)
{
    /// <summary>Facts about the rule, where the service sends them.</summary>
    public JsonNode? Ctx { get; init; }

    /// <summary>The refused value, where the service repeats it.</summary>
    public JsonNode? Input { get; init; }
}
