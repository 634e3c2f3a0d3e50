using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Veo;

/// <summary>The parts of a submit body that both dialects share.</summary>
/// <param name="Instance">The one entry of <c>instances</c>.</param>
/// <param name="Parameters">Undefined when absent, which reads as empty.</param>
internal sealed record VeoBody(JsonElement Instance, JsonElement Parameters)
{
    /// <summary>Takes the body apart; <paramref name="extra"/> is the one further top-level field of the dialect.</summary>
    public static (VeoBody? Body, VeoFault? Fault) Open(JsonElement body, string extra)
    {
        foreach (var field in body.EnumerateObject())
        {
            if (field.Name is not ("instances" or "parameters") && field.Name != extra)
            {
                return (null, VeoFault.UnknownName(field.Name));
            }
        }

        if (body.Member("instances") is not { ValueKind: JsonValueKind.Array } instances
            || instances.GetArrayLength() != 1 || instances[0].ValueKind != JsonValueKind.Object)
        {
            return (null, VeoFault.Invalid("Expected exactly one instance in `instances`."));
        }

        return body.Member("parameters") is { ValueKind: not JsonValueKind.Object }
            ? (null, VeoFault.WrongType("parameters", "an object"))
            : (new VeoBody(instances[0], body.Member("parameters") ?? default), null);
    }

    public string Prompt => Instance.Text("prompt") ?? "";

    public bool Has(string part) => Instance.Member(part) is not null;

    /// <summary>The length asked for; numbers in quotes count, as the documentation's table shows them so. Only after its check.</summary>
    public int? Seconds => Parameters.Member("durationSeconds") is { } value ? VeoChecks.Seconds(value) : null;
}
