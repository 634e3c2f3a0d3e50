using System.Text.Json;
using Framegate.Transforms.Schemas;

namespace Framegate.Transforms.Tests.Schemas;

public class SchemaCatalogueTests
{
    [Fact]
    public void Open_EveryVersion_HasBothSchemasWithTheirAddress()
    {
        Assert.Equal(SchemaVersions.BuiltIn().Supported, SchemaCatalogue.Versions);
        foreach (var version in SchemaCatalogue.Versions)
        {
            foreach (var name in (string[])["request.json", "response.json"])
            {
                using var stream = SchemaCatalogue.Open(version, name);
                using var document = JsonDocument.Parse(stream!);
                var schema = document.RootElement;
                Assert.Equal($"/schemas/{version}/{name}", schema.GetProperty("$id").GetString());
                Assert.Equal("https://json-schema.org/draft/2020-12/schema", schema.GetProperty("$schema").GetString());
                Assert.NotEmpty(schema.GetProperty("title").GetString()!);
                Assert.Equal(1, schema.GetProperty("examples").GetArrayLength());
            }
        }
    }

    [Theory]
    [InlineData("9.9", "request.json")]
    [InlineData("2.0", "nothing.json")]
    [InlineData("2.0", "../2.0/request.json")]
    [InlineData("", "")]
    public void Open_NoSuchSchema_IsNull(string version, string name) => Assert.Null(SchemaCatalogue.Open(version, name));

    internal static JsonElement Load(string name, string version = "2.0")
    {
        using var stream = SchemaCatalogue.Open(version, name);
        using var document = JsonDocument.Parse(stream!);
        return document.RootElement.Clone();
    }
}
