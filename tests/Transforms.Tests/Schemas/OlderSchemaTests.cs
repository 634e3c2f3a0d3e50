using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Transforms.Tests.Schemas;

/// <summary>The schemas of older versions say what is taken and what is answered in them.</summary>
public class OlderSchemaTests
{
    private static readonly SchemaVersions _versions = SchemaVersions.BuiltIn();

    public static TheoryData<string> Older { get; } = [.. _versions.Supported.Where(v => v != SchemaVersions.Current)];

    [Theory]
    [MemberData(nameof(Older))]
    public void Request_AnyValueInAnyField_IsJudgedAsTheReaderDoes(string version)
    {
        var schema = SchemaCatalogueTests.Load("request.json", version);
        var check = new SchemaCheck(schema);
        var fields = schema.GetProperty("properties").EnumerateObject().Select(p => p.Name).Where(n => n != "schema_version");
        foreach (var field in fields.Concat(["provider.name", "provider.model", "provider.unknown", "parameters.width", "parameters.unknown", "model", "metadata", "retry_config", "unknown"]))
        {
            foreach (var value in RequestSchemaTests.Values.Concat(RequestSchemaTests.LongTexts()))
            {
                AssertAgree(check, Body(version, field, value));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Older))]
    public void Request_RequiredFieldIsMissing_IsJudgedAsTheReaderDoes(string version)
    {
        var check = new SchemaCheck(SchemaCatalogueTests.Load("request.json", version));
        AssertAgree(check, $$"""{"schema_version":"{{version}}","media_type":"image"}""");
        AssertAgree(check, $$"""{"schema_version":"{{version}}","provider":{"name":"a","model":"m"} }""");
        AssertAgree(check, $$"""{"schema_version":"{{version}}","provider":{"name":"a"},"media_type":"image"}""");
        AssertAgree(check, $$"""{"schema_version":"{{version}}","provider":{"model":"a"},"media_type":"image"}""");
    }

    [Theory]
    [MemberData(nameof(Older))]
    public void Request_Example_IsTakenByTheReader(string version)
    {
        var schema = SchemaCatalogueTests.Load("request.json", version);
        var example = schema.GetProperty("examples")[0];
        Assert.Empty(new SchemaCheck(schema).Check(example));
        var reading = _versions.Read(Encoding.UTF8.GetBytes(example.GetRawText()));
        Assert.Empty(reading.Errors);
        Assert.Equal(version, reading.SchemaVersion);
    }

    [Theory]
    [MemberData(nameof(Older))]
    public void Response_EveryState_ConformsAndHasNothingElse(string version)
    {
        var schema = SchemaCatalogueTests.Load("response.json", version);
        var check = new SchemaCheck(schema);
        Assert.Empty(check.Check(schema.GetProperty("examples")[0]));
        foreach (var response in AnyResponse())
        {
            var output = new ArrayBufferWriter<byte>();
            _versions.Write(response, version, output);
            using var document = JsonDocument.Parse(output.WrittenMemory);
            Assert.Empty(check.Check(document.RootElement));
            Assert.Equal(
                schema.GetProperty("properties").EnumerateObject().Select(p => p.Name),
                document.RootElement.EnumerateObject().Select(p => p.Name));
        }
    }

    /// <summary>What a version did not change is described once; who adds a member to 2.0 copies it to the versions that show it.</summary>
    [Theory]
    [MemberData(nameof(Older))]
    public void Schemas_SharedParts_AreThoseOfTheCurrentVersion(string version)
    {
        foreach (var name in (string[])["request.json", "response.json"])
        {
            // What came later is left out for older versions.
            var parts = JsonNode.Parse(SchemaCatalogueTests.Load(name).GetProperty("$defs").GetRawText())!;
            parts["attempt"]?["properties"]!.AsObject().Remove("reconciled");
            parts["attempt"]?["properties"]!.AsObject().Remove("cause");
            parts["media"]?["properties"]!.AsObject().Remove("provenance");
            parts["attempt"]?["properties"]!.AsObject().Remove("http_status");
            var current = JsonSerializer.SerializeToElement(parts);
            foreach (var part in SchemaCatalogueTests.Load(name, version).GetProperty("$defs").EnumerateObject())
            {
                Assert.True(
                    JsonElement.DeepEquals(current.GetProperty(part.Name), part.Value),
                    $"Copy $defs/{part.Name} of src/Transforms/Schemas/2.0/{name} to {version}/{name}.");
            }
        }
    }

    private static IEnumerable<GenerationResponse> AnyResponse() =>
        from status in Enum.GetValues<GenerationStatus>()
        from code in Enum.GetValues<ErrorCode>()
        let full = ResponseSchemaTests.Full(status, GenerationPhase.Running, code)
        from response in (GenerationResponse[])[full, full with { Error = null, Provider = null, Model = null, Result = null, RequestId = null, Cost = null }]
        select response;

    private static string Body(string version, string field, string value)
    {
        var members = new Dictionary<string, string>
        {
            ["schema_version"] = $"\"{version}\"",
            ["provider"] = """{"name":"flux","model":"m"}""",
            ["media_type"] = "\"image\"",
        };
        var dot = field.IndexOf('.', StringComparison.Ordinal);
        members[dot < 0 ? field : field[..dot]] = field switch
        {
            "provider.name" => $"{{\"name\":{value},\"model\":\"m\"}}",
            "provider.model" => $"{{\"name\":\"flux\",\"model\":{value}}}",
            "provider.unknown" => $"{{\"name\":\"flux\",\"model\":\"m\",\"unknown\":{value}}}",
            _ => dot < 0 ? value : $"{{\"{field[(dot + 1)..]}\":{value}}}",
        };
        return "{" + string.Join(',', members.Select(m => $"\"{m.Key}\":{m.Value}")) + "}";
    }

    private static void AssertAgree(SchemaCheck check, string body)
    {
        using var document = JsonDocument.Parse(body);
        var problems = check.Check(document.RootElement);
        var errors = _versions.Read(Encoding.UTF8.GetBytes(body)).Errors;
        Assert.True(
            (problems.Count == 0) == (errors.Count == 0),
            $"{(body.Length < 300 ? body : body[..300])}\nschema: {string.Join("; ", problems)}\nreader: {string.Join("; ", errors)}");
    }
}
