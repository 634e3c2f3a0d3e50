using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>How a text is to be written, in the words of the providers that have such words.</summary>
/// <param name="Field">The caller's name of it.</param>
/// <param name="OpenAi">What OpenAI's API is sent; null for nothing.</param>
/// <param name="Google">What Google's API is sent; null for nothing.</param>
/// <param name="MustHold">True when a text that does not keep to it is of no use.</param>
internal sealed record TextWish(string Field, JsonObject? OpenAi, JsonObject? Google, bool MustHold = false)
{
    /// <summary>The warning where OpenAI's API is sent something else than was asked for; null where it is not.</summary>
    public string? OpenAiNote { get; init; }

    private const string OpenAiName = "openai";
    private const string GoogleName = "google";

    // It is kept a few levels deeper than it came, and what is kept is read again.
    private const int MostDepth = 24;
    private const int LeastTokens = 16;

    /// <summary>The native parameters of some wishes. What no provider has a word for is warned about, or refused.</summary>
    public static IReadOnlyDictionary<string, JsonElement> NativeOf(IReadOnlyList<TextWish> wishes, IReadOnlyList<string> providers, OpenAiFields fields, List<string> warnings)
    {
        var native = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (var wish in providers.Count == 0 ? [] : wishes)
        {
            var taken = providers.Where(p => wish.For(p) is not null).ToList();
            if (wish.MustHold && taken.Count < providers.Count)
            {
                fields.Refuse(wish.Field, "This model writes plain text alone.", allowed: ["text"]);
            }
            else if (taken.Count == 0)
            {
                warnings.Add(LeftOut(wish.Field));
            }

            if (wish.OpenAiNote is { } note && taken.Contains(OpenAiName))
            {
                warnings.Add(note);
            }

            foreach (var provider in taken)
            {
                native.TryAdd(provider, []);
                Lay(native[provider], wish.For(provider)!);
            }
        }

        return native.ToDictionary(static n => n.Key, static n => JsonElement.Parse(n.Value.ToJsonString()), StringComparer.Ordinal);
    }

    /// <summary>The warning about a field that has no effect.</summary>
    public static string LeftOut(string field) => $"{field}: it was left out; models here have no such switch.";

    /// <summary>A number that OpenAI and Google name each in its own way.</summary>
    public static TextWish? Of(string field, JsonNode? value, string? openAi, string? google) => value is null ? null : new TextWish(
        field, openAi is null ? null : new JsonObject { [openAi] = value.DeepClone() }, google is null ? null : InConfig(google, value.DeepClone()));

    /// <summary>
    /// The most tokens that a text may have, as <c>/v1/chat/completions</c> names them: 1 and more there, 16 and more on OpenAI's API of responses, which writes the text. Apps
    /// that try a connection ask for 1 or 5.
    /// </summary>
    public static TextWish? OfTokens(string field, int? most) => most is not { } tokens ? null : tokens >= LeastTokens
        ? Of(field, tokens, "max_output_tokens", "maxOutputTokens")
        : new TextWish(field, new JsonObject { ["max_output_tokens"] = LeastTokens }, InConfig("maxOutputTokens", tokens))
        {
            OpenAiNote = string.Create(CultureInfo.InvariantCulture, $"{field}: OpenAI's models take {LeastTokens} at least, which was sent."),
        };

    /// <summary>The form of the text, as <c>/v1/responses</c> writes it.</summary>
    public static TextWish? OfFormat(string field, JsonNode? format, OpenAiFields fields)
    {
        if (format is null || (format is JsonObject plain && (plain.Count == 0 || Word(plain["type"]) is "text")))
        {
            return null;
        }

        switch (format)
        {
            case JsonObject shape when Word(shape["type"]) is "json_object":
                return new TextWish(field, new JsonObject { ["text"] = new JsonObject { ["format"] = shape.DeepClone() } }, InConfig("responseMimeType", "application/json"), MustHold: true);
            case JsonObject shape when Word(shape["type"]) is "json_schema" && shape["schema"] is JsonObject schema && Word(shape["name"]) is { Length: > 0 }:
                if (DepthOf(schema) > MostDepth)
                {
                    fields.Refuse(field, string.Create(CultureInfo.InvariantCulture, $"The schema is nested more than {MostDepth} levels deep."));
                    return null;
                }

                var google = InConfig("responseMimeType", "application/json");
                google["generationConfig"]!["responseJsonSchema"] = schema.DeepClone();
                return new TextWish(field, new JsonObject { ["text"] = new JsonObject { ["format"] = shape.DeepClone() } }, google, MustHold: true);
            default:
                fields.Refuse(field, "There is no such format; a json_schema has a name and a schema.", allowed: ["text", "json_object", "json_schema"]);
                return null;
        }
    }

    private static int DepthOf(JsonNode? node) => node switch
    {
        JsonObject o => 1 + o.Select(static p => DepthOf(p.Value)).DefaultIfEmpty(0).Max(),
        JsonArray a => 1 + a.Select(DepthOf).DefaultIfEmpty(0).Max(),
        _ => 0,
    };

    private JsonObject? For(string provider) => provider switch { OpenAiName => OpenAi, GoogleName => Google, _ => null };

    private static string? Word(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static JsonObject InConfig(string name, JsonNode value) => new() { ["generationConfig"] = new JsonObject { [name] = value } };

    private static void Lay(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
        {
            if (into[name] is JsonObject inner && value is JsonObject more)
            {
                Lay(inner, more);
            }
            else
            {
                into[name] = value?.DeepClone();
            }
        }
    }
}
