using System.Text.Json.Serialization.Metadata;

namespace Framegate.Proxy.Edge.Reference;

/// <summary>A record of an API, whose JSON Schema is made from what writes it.</summary>
/// <param name="Name">Its name in the documents.</param>
/// <param name="Type">What writes it; made when it is asked for, since a start can do without it.</param>
internal sealed record ApiSchema(string Name, Func<JsonTypeInfo> Type);
