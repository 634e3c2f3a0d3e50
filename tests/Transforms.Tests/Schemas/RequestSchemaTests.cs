using System.Text;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;
using static System.FormattableString;

namespace Framegate.Transforms.Tests.Schemas;

/// <summary>The schema says what the reader takes: both judge the same values.</summary>
public class RequestSchemaTests
{
    private static readonly JsonElement _schema = SchemaCatalogueTests.Load("request.json");
    private static readonly SchemaCheck _check = new(_schema);

    // Every value is tried in every field, so that a rule that is missing on one side shows.
    internal static readonly string[] Values =
    [
        "null", "true", "false", "{}", "[]", "[null]", "[1]", "\"\"", "\"a\"", "\"A b\"", "\"a\\nb\"", "\"é\"", "\"\\u0085\"",
        "-2", "-1", "-0.5", "0", "0.5", "1", "1.0", "1.5", "2", "6", "7", "1e1", "10", "11", "16", "17", "100", "101", "240", "241", "1000", "1001",
        "3600", "3601", "16384", "16385", "60000", "60001", "300000", "300001", "4294967295", "4294967296", "1e30",
        "\"2.0\"", "\"1.0\"", "\"auto\"", "\"16:9\"", "\"0:9\"", "\"00:9\"", "\"010:009\"", "\"1000:1\"", "\"16:9 \"", "\"strict\"", "\"default\"", "\"relaxed\"", "\"loose\"",
        "\"image\"", "\"video\"", "\"audio\"", "\"text\"", "\"TIMEOUT\"", "[\"TIMEOUT\"]", "[\"TIMEOUT\",\"TIMEOUT\"]", "[\"OOPS\"]",
        "\"https://example.com/a.png\"", "\"HTTPS://example.com?a=1\"", "\"http://example.com/\"", "\"https://u@example.com/\"", "\"https://example.com/a@b\"",
        "\"https://example.com/a b\"", "\"https://\"", "\"ftp://example.com/\"", "\"media:abc\"", "\"media:\"", "\"media:a b\"",
        "\"data:image/png;base64,AQID\"", "\"data:image/png;x=1;base64,AQ==\"", "\"data:image/svg+xml;base64,AQI=\"", "\"data:image/png;base64,AQI\"",
        "\"data:image/png;base64,\"", "\"data:image/png,AQID\"", "\"data:video/mp4;base64,AQID\"", "\"data:VIDEO/mp4;BASE64,AQID\"", "\"data:image/png;base64,A===\"",
        "[\"media:a\",\"https://example.com/\"]", "[\"media:a\",\"nothing\"]", "{\"a\":1}", "{\"width\":1}", "{\"max_attempts\":3}", "{\"flux\":{}}",
        "\"2026-11-03\"", "\"2026-11-03T10:00Z\"", "\"2026-11-03T10:00:00\"", "\"2026-11-03T10:00:00.123+01:00\"", "\"2026-11-03T10:00:00+0100\"",
        "\"2026-11-03T10:00:00+01\"", "\"2026-11-03T10\"", "\"2026-11-03Z\"", "\"2026-11-03T10:00:00.Z\"", "\"2026-11-03 10:00:00\"", "\"2026-11-03t10:00:00z\"",
        "\"2026-11-03T10:00:00.1234567890123456Z\"", "\"2026-11-03T10:00:00.12345678901234567Z\"", "\"10:00\"",
    ];

    public static TheoryData<string> Fields { get; } = [.. Names(), "unknown", "parameters.unknown", "retry_config.unknown"];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Request_AnyValueInAField_IsJudgedAsTheReaderDoes(string field)
    {
        foreach (var value in Values.Concat(LongTexts()))
        {
            AssertAgree(Body(field, value));
        }
    }

    [Theory]
    [InlineData("provider")]
    [InlineData("model")]
    [InlineData("media_type")]
    public void Request_RequiredFieldIsMissing_IsJudgedAsTheReaderDoes(string field) =>
        AssertAgree(Body(field, "1").Replace($"\"{field}\":1", "\"prompt\":\"\"", StringComparison.Ordinal));

    [Fact]
    public void Request_TooManyReferenceImages_IsJudgedAsTheReaderDoes()
    {
        AssertAgree(Body("parameters.reference_images", $"[{string.Join(',', Enumerable.Repeat("\"media:a\"", 16))}]"));
        AssertAgree(Body("parameters.reference_images", $"[{string.Join(',', Enumerable.Repeat("\"media:a\"", 17))}]"));
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public void Request_Parameters_AreThoseOfTheTable(string version)
    {
        var schema = SchemaCatalogueTests.Load("request.json", version).GetProperty("$defs").GetProperty("parameters").GetProperty("properties");

        Assert.Equal(
            NeutralParameter.All.Select(p => $"{p.Name}: {Shape(p)}"),
            schema.EnumerateObject().Select(p => $"{p.Name}: {Shape(p.Value)}"));
    }

    [Fact]
    public void Request_Example_IsTakenByTheReader()
    {
        var example = _schema.GetProperty("examples")[0];
        Assert.Empty(_check.Check(example));
        Assert.Empty(GenerationRequestReader.Read(Encoding.UTF8.GetBytes(example.GetRawText())).Errors);
    }

    // Both sides as one line: kind, and the range where the kind has one.
    private static string Shape(NeutralParameter parameter) => parameter.Kind switch
    {
        ParameterKind.Whole or ParameterKind.Level => Invariant($"integer {parameter.Least}..{parameter.Most}"),
        ParameterKind.Number => Invariant($"number {(parameter.IsAboveLeast ? "above " : "")}{parameter.Least}..{parameter.Most}"),
        ParameterKind.Flag => "boolean",
        ParameterKind.Ratio => "string ^(auto",
        ParameterKind.Prose => Invariant($"string {parameter.Least}..{parameter.Most}"),
        ParameterKind.Text or ParameterKind.Word => Invariant($"string {parameter.Least}..{parameter.Most} ^[^\\u0"),
        ParameterKind.Images => Invariant($"array {parameter.Least}..{parameter.Most} #/$defs/image_input"),
        ParameterKind.Image => "#/$defs/image_input",
        ParameterKind.Video => "#/$defs/video_input",
        _ => "",
    };

    private static string Shape(JsonElement schema)
    {
        var main = schema.TryGetProperty("anyOf", out var either) ? either[0] : schema;
        if (main.TryGetProperty("$ref", out var reference))
        {
            return reference.GetString()!;
        }

        var type = main.GetProperty("type")[0].GetString()!;
        var least = Of("exclusiveMinimum") is { } above ? $"above {above}" : Of("minimum") ?? Of("minLength") ?? Of("minItems") ?? "0";
        var most = Of("maximum") ?? Of("maxLength") ?? Of("maxItems");
        var rest = main.TryGetProperty("items", out var items) ? items.GetProperty("$ref").GetString() : main.TryGetProperty("pattern", out var pattern) ? pattern.GetString()![..6] : null;
        return string.Join(' ', new[] { type, most is null ? null : $"{least}..{most}", rest }.OfType<string>());

        string? Of(string name) => main.TryGetProperty(name, out var value) ? value.GetRawText() : null;
    }

    private static IEnumerable<string> Names()
    {
        var definitions = _schema.GetProperty("$defs");
        return _schema.GetProperty("properties").EnumerateObject().Select(p => p.Name)
            .Concat(definitions.GetProperty("parameters").GetProperty("properties").EnumerateObject().Select(p => $"parameters.{p.Name}"))
            .Concat(definitions.GetProperty("retry_config").GetProperty("properties").EnumerateObject().Select(p => $"retry_config.{p.Name}"));
    }

    internal static IEnumerable<string> LongTexts()
    {
        int[] lengths = [32, 33, 64, 65, 128, 129, 200, 201, GenerationRequestReader.MaxPromptLength, GenerationRequestReader.MaxPromptLength + 1];
        foreach (var length in lengths)
        {
            yield return $"\"{new string('a', length)}\"";
            yield return $"\"media:{new string('a', length)}\"";
        }

        foreach (var length in (int[])[PublicUrl.MaxLength, PublicUrl.MaxLength + 1])
        {
            yield return $"\"{"https://example.com/".PadRight(length, 'a')}\"";
        }

        yield return $"\"{string.Concat(Enumerable.Repeat("😀", 200))}\"";
    }

    private static string Body(string field, string value)
    {
        var members = new Dictionary<string, string> { ["provider"] = "\"flux\"", ["model"] = "\"m\"", ["media_type"] = "\"image\"" };
        var dot = field.IndexOf('.', StringComparison.Ordinal);
        members[dot < 0 ? field : field[..dot]] = dot < 0 ? value : $"{{\"{field[(dot + 1)..]}\":{value}}}";
        return "{" + string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}")) + "}";
    }

    private static void AssertAgree(string body)
    {
        using var document = JsonDocument.Parse(body);
        var problems = _check.Check(document.RootElement);
        var errors = GenerationRequestReader.Read(Encoding.UTF8.GetBytes(body)).Errors;
        Assert.True(
            (problems.Count == 0) == (errors.Count == 0),
            $"{(body.Length < 300 ? body : body[..300])}\nschema: {string.Join("; ", problems)}\nreader: {string.Join("; ", errors)}");
    }
}
