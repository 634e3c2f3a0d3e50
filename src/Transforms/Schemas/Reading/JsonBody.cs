using System.Text.Json;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>Parses a body strictly, and finds out what exactly is wrong with one that does not parse.</summary>
internal static class JsonBody
{
    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = GenerationRequestReader.MaxDepth };
    private static readonly JsonDocumentOptions _lenient = new() { MaxDepth = GenerationRequestReader.MaxDepth };

    /// <summary>Parses a body. Duplicate names are reported and the document is returned all the same, so that the rest can be checked.</summary>
    /// <param name="utf8">The body; it must outlive the document.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>The document, or null when it is not JSON.</returns>
    public static JsonDocument? Parse(ReadOnlyMemory<byte> utf8, FieldErrorList errors)
    {
        if (JsonWidth.Check(utf8.Span) is var (member, reason))
        {
            errors.Add(FieldErrorList.PathOf("$", member), reason);
            return null;
        }

        try
        {
            return JsonDocument.Parse(utf8, _strict);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return ParseForDuplicates(utf8, errors);
        }
    }

    private static JsonDocument? ParseForDuplicates(ReadOnlyMemory<byte> utf8, FieldErrorList errors)
    {
        try
        {
            var document = JsonDocument.Parse(utf8, _lenient);
            ReportDuplicates(document.RootElement, "$", errors);
            if (errors.Count == 0)
            {
                errors.Add("$", "The body is not valid JSON.");
            }

            return document;
        }
        catch (JsonException e)
        {
            // The exception's own message may repeat a piece of the body.
            errors.Add(
                "$",
                $"The body is not valid JSON, or nested deeper than {GenerationRequestReader.MaxDepth} levels: "
                + $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
            return null;
        }
    }

    private static void ReportDuplicates(JsonElement value, string path, FieldErrorList errors)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            var index = 0;
            foreach (var item in value.EnumerateArray())
            {
                ReportDuplicates(item, $"{path}[{index++}]", errors);
            }

            return;
        }

        if (value.ValueKind != JsonValueKind.Object || FieldReader.NamesOf(value, path, errors) is null)
        {
            return;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                errors.Add(FieldErrorList.PathOf(path, property.Name), "It is there more than once.");
            }
        }

        foreach (var property in value.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            {
                ReportDuplicates(property.Value, FieldErrorList.PathOf(path, property.Name), errors);
            }
        }
    }
}
