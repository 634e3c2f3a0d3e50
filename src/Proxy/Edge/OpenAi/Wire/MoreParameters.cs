using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>
/// Unified parameters that OpenAI's calls do not have, taken under their unified names (SDKs send them as <c>extra_body</c>), and native ones under the
/// provider's name. A form knows texts only, so there the name decides what a value is.
/// </summary>
internal static class MoreParameters
{
    private const string LastImage = "last_image";
    private const string ControlImage = "control_image";
    private const int MostMembers = 64;

    // What OpenAI's calls have words of their own for.
    private static readonly string[] s_worded = ["width", "height", "duration", "n", "image", "mask", "reference_images", "video", "output_format"];
    private static readonly NeutralParameter[] s_parameters = [.. NeutralParameter.All.Where(p => !s_worded.Contains(p.Name))];
    private static readonly FrozenSet<string> s_names = s_parameters.Select(p => p.Name).ToFrozenSet(StringComparer.Ordinal);
    private static readonly FrozenSet<string> s_texts = s_parameters
        .Where(p => p.Kind is ParameterKind.Prose or ParameterKind.Text or ParameterKind.Word or ParameterKind.Ratio).Select(p => p.Name).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether it is one of them.</summary>
    public static bool Has(string name, IReadOnlyList<string> extrasKeys) => s_names.Contains(name) || extrasKeys.Contains(name, StringComparer.Ordinal);

    /// <summary>Reads all that were given.</summary>
    /// <param name="fields">The body.</param>
    /// <param name="extrasKeys">The names of native parameters.</param>
    /// <param name="except">One that the caller reads by itself.</param>
    public static GenerationParameters Read(OpenAiFields fields, IReadOnlyList<string> extrasKeys, string? except = null)
    {
        string[] names = [.. s_names.Where(n => n is not (LastImage or ControlImage) && n != except).Concat(extrasKeys).Where(fields.Has)];
        var given = fields.Json ?? JsonSerializer.SerializeToElement(OfForm(fields, names), OpenAiJson.Default.JsonObject);
        var (parameters, errors) = GenerationRequestReader.ReadParameters(given, names);
        if (errors is [var error, ..])
        {
            // Here the caller has used the unified name; it is not one of those that the dialect has a word of its own for.
            fields.Refuse(OpenAiErrors.Invalid(error.Field["parameters.".Length..], error.Message, OpenAiErrors.InvalidValue, error.Allowed));
        }

        return parameters with { LastImage = InputImages.ReadOne(fields, LastImage), ControlImage = InputImages.ReadOne(fields, ControlImage) };
    }

    private static JsonObject OfForm(OpenAiFields fields, string[] names)
    {
        var given = new JsonObject();
        foreach (var name in names)
        {
            given[name] = fields.Parts(name) switch
            {
                [{ Text: { } text, Member: null }] => s_texts.Contains(name) ? JsonValue.Create(text) : Guess(text) ?? JsonValue.Create(text),
                { Count: <= MostMembers } parts when !s_names.Contains(name) && parts.All(p => p is { Text: not null, Member: not null }) =>
                    new JsonObject(parts.DistinctBy(p => p.Member).Select(p => KeyValuePair.Create(p.Member!, Guess(p.Text!)))),
                _ => null,
            };
            if (given[name] is null)
            {
                fields.Refuse(name, s_names.Contains(name) ? "It must be there once." : "It must be an object.", OpenAiErrors.InvalidType);
            }
        }

        return given;
    }

    // The npm SDK writes {"flux": {"raw": true}} as flux[raw]=true.
    private static JsonNode? Guess(string text)
    {
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = GenerationRequestReader.MaxDepth, AllowDuplicateProperties = false });
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
