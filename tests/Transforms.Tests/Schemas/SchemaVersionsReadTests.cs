using System.Text;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas;

public class SchemaVersionsReadTests
{
    private static readonly SchemaVersions _versions = SchemaVersions.BuiltIn();

    [Fact]
    public void Read_OldestVersion_IsARequest()
    {
        var reading = Read(
            """
            {"schema_version":"1.0","request_id":"r","provider":{"name":"flux","model":"flux-dev"},"prompt":"a \"fox\" é","media_type":"image",
             "parameters":{"width":512,"flux":{"raw":true}},"timestamp":"2026-11-03T10:00:00Z","timeout":12.5,"callback_url":"https://example.com/h"}
            """);

        var request = reading.Request!;
        Assert.Equal(("1.0", "1.0"), (reading.SchemaVersion, request.SchemaVersion));
        Assert.Equal(("r", "flux", "flux-dev", "a \"fox\" é"), (request.RequestId, request.Provider, request.Model, request.Prompt));
        Assert.Equal((512, 12.5), (request.Parameters.Width, request.Timeout.TotalSeconds));
        Assert.True(request.Parameters.Native["flux"].GetProperty("raw").GetBoolean());
        Assert.NotNull(request.CallbackUrl);
    }

    [Fact]
    public void Read_SecondVersion_HasMetadataAndRetries()
    {
        var request = Read("""{"schema_version":"1.1","provider":{"model":"m","name":"flux"},"media_type":"image","metadata":{"a":1},"retry_config":{"max_attempts":2}}""").Request!;

        Assert.Equal(("1.1", 2), (request.SchemaVersion, request.Retry!.MaxAttempts));
        Assert.Equal(1, request.Metadata.GetProperty("a").GetInt32());
    }

    [Fact]
    public void Read_CurrentVersion_IsReadOnce()
    {
        var request = Read("""{"provider":"flux","model":"m","media_type":"image"}""").Request!;
        Assert.Equal("2.0", request.SchemaVersion);
    }

    [Theory]
    [InlineData("1.0", "\"metadata\":{}", "metadata")]
    [InlineData("1.0", "\"retry_config\":{}", "retry_config")]
    [InlineData("1.0", "\"metadata\":null", "metadata")]
    [InlineData("1.0", "\"model\":\"m\"", "model")]
    [InlineData("1.1", "\"model\":\"m\"", "model")]
    [InlineData("1.1", "\"extra\":1", "extra")]
    [InlineData("1.1", "\"odd name\":1", "$[\"odd name\"]")]
    public void Read_UnknownField_NamesItAndThoseOfTheVersion(string version, string member, string field)
    {
        var error = Assert.Single(Read($$"""{"schema_version":"{{version}}","provider":{"name":"flux","model":"m"},"media_type":"image",{{member}}}""").Errors);

        Assert.Equal(field, error.Field);
        Assert.Equal(version == "1.1", error.Allowed!.Contains("metadata"));
        Assert.DoesNotContain("model", error.Allowed!);
    }

    [Theory]
    [InlineData("\"flux\"", "provider")]
    [InlineData("[]", "provider")]
    [InlineData("{}", "provider.name,provider.model")]
    [InlineData("null", "provider.name,provider.model")]
    [InlineData("{\"name\":\"flux\"}", "provider.model")]
    [InlineData("{\"name\":\"Flux!\",\"model\":\"m\"}", "provider.name")]
    [InlineData("{\"name\":\"flux\",\"model\":7}", "provider.model")]
    [InlineData("{\"name\":\"flux\",\"model\":\"m\",\"region\":\"eu\"}", "provider.region")]
    [InlineData("{\"name\":\"flux\",\"model\":\"m\",\"\\ud800\":1}", "provider")]
    [InlineData("{\"name\":\"flux\",\"\\u006dodel\":\"m\",\"name\":\"flux\"}", "provider.name")]
    public void Read_WrongProvider_NamesTheCallersOwnFields(string provider, string fields) => Assert.Equal(
        fields.Split(','),
        Read($$"""{"schema_version":"1.0","provider":{{provider}},"media_type":"image"}""").Errors.Select(e => e.Field));

    [Fact]
    public void Read_EscapedNames_AreTheSameNames() => Assert.Equal(
        "m",
        Read("""{"\u0073chema_version":"1.0","provid\u0065r":{"n\u0061me":"flux","\u006dodel":"m"},"media_type":"image"}""").Request!.Model);

    [Fact]
    public void Read_ManyFaults_TellsAllAndTheIdOfTheRequest()
    {
        var reading = Read("""{"schema_version":"1.0","request_id":"r","provider":"flux","metadata":{},"media_type":"picture","parameters":{"width":0}}""");

        Assert.Null(reading.Request);
        Assert.Equal(("r", "1.0"), (reading.RequestId, reading.SchemaVersion));
        Assert.Equal(["metadata", "provider", "media_type", "parameters.width"], reading.Errors.Select(e => e.Field));
    }

    [Fact]
    public void Read_DuplicateNames_AreTold()
    {
        var reading = Read("""{"schema_version":"1.0","provider":{"name":"a","name":"b","model":"m"},"media_type":"image","prompt":"x","prompt":"y"}""");
        Assert.Equal(["prompt", "provider.name"], reading.Errors.Select(e => e.Field).Order());
    }

    [Theory]
    [InlineData("\"3.0\"")]
    [InlineData("\"1\"")]
    [InlineData("\"\"")]
    [InlineData("1.0")]
    public void Read_UnknownVersion_ListsTheSupportedOnes(string version)
    {
        var reading = Read($$"""{"schema_version":{{version}},"request_id":"r","provider":"flux","model":"m","media_type":"image"}""");

        var error = Assert.Single(reading.Errors);
        Assert.Equal(("schema_version", "r", "2.0"), (error.Field, reading.RequestId, reading.SchemaVersion));
        if (version[0] == '"')
        {
            Assert.Equal(["1.0", "1.1", "2.0"], error.Allowed!);
        }
    }

    [Fact]
    public void Read_NestedNameIsNoText_IsRefused()
    {
        var body = Encoding.Latin1.GetBytes("""{"schema_version":"1.0","provider":{"name":"a","model":"m","\u0061MARK":1},"media_type":"image"}""".Replace("MARK", "\u00ff", StringComparison.Ordinal));
        Assert.NotEmpty(_versions.Read(body).Errors);
    }

    private static GenerationRequestReading Read(string json) => _versions.Read(Encoding.UTF8.GetBytes(json));
}
