using System.Text.Json.Nodes;

namespace Framegate.Sandbox.FastApi;

/// <summary>What is wrong with a value, in pydantic's words.</summary>
/// <param name="Type">Pydantic's error type, for example <c>multiple_of</c>.</param>
/// <param name="Msg">Pydantic's message.</param>
/// <param name="Within">Where inside the value; empty for the value itself.</param>
internal sealed record Issue(string Type, string Msg, params JsonNode[] Within);
