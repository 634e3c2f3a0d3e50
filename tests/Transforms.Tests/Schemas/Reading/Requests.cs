using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas.Reading;

/// <summary>Bodies to read.</summary>
internal static class Requests
{
    public static JsonObject Valid() => new()
    {
        ["provider"] = "flux",
        ["model"] = "flux-pro-1.1",
        ["media_type"] = "image",
    };

    /// <summary>A valid body with one field replaced.</summary>
    public static string With(string field, string json)
    {
        var body = Valid();
        body[field] = JsonNode.Parse(json);
        return body.ToJsonString();
    }

    /// <summary>A valid body with one parameter.</summary>
    public static string WithParameter(string name, string json) => With("parameters", $$"""{"{{name}}":{{json}}}""");

    public static GenerationRequestReading Read(string json) => GenerationRequestReader.Read(Encoding.UTF8.GetBytes(json));

    public static GenerationRequest ReadGood(string json)
    {
        var reading = Read(json);
        Assert.Empty(reading.Errors);
        Assert.NotNull(reading.Request);
        return reading.Request;
    }

    public static GenerationParameters ReadGoodParameter(string name, string json) => ReadGood(WithParameter(name, json)).Parameters;

    public static FieldError ReadBad(string json)
    {
        var reading = Read(json);
        Assert.Null(reading.Request);
        return Assert.Single(reading.Errors);
    }

    public static void AssertBad(string field, string json) => Assert.Equal(field, ReadBad(json).Field);

    /// <summary>A text as a JSON string.</summary>
    public static string Quote(string text) => $"\"{JsonEncodedText.Encode(text)}\"";
}
