using Framegate.Proxy.Edge.Unified;
using Framegate.Transforms.Schemas;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Versions;

public class VersionHeadersTests
{
    [Fact]
    public void Write_VersionWithDates_SendsThemAsTheRfcsWant()
    {
        var headers = Written("1.0", new SchemaVersionNotice { Deprecated = new DateOnly(2026, 12, 31), Sunset = new DateOnly(2027, 12, 31) });

        Assert.Equal("1.0", headers["Framegate-Schema-Version"]);
        Assert.Equal("@1798675200", headers["Deprecation"]);
        Assert.Equal("Fri, 31 Dec 2027 00:00:00 GMT", headers["Sunset"]);
    }

    [Fact]
    public void Write_OtherVersionHasDates_SendsNone() => Assert.Equal(["Framegate-Schema-Version"], Written("2.0", new SchemaVersionNotice { Deprecated = new DateOnly(2026, 1, 1) }).Keys);

    [Theory]
    [InlineData("1.0", "2026-01-01", "2026-01-01", null)]
    [InlineData("2.0", null, "2030-01-01", null)]
    [InlineData("1.0", "2026-01-02", "2026-01-01", "Framegate:SchemaVersions:1.0: Sunset must not be before Deprecated, 2026-01-02.")]
    [InlineData("1.5", "2026-01-02", null, "Framegate:SchemaVersions:1.5: There is no such version. Allowed: 1.0, 1.1, 2.0.")]
    public void Validate_Notice_IsChecked(string version, string? deprecated, string? sunset, string? failure)
    {
        var options = new SchemaVersionsOptions { [version] = new() { Deprecated = Date(deprecated), Sunset = Date(sunset) } };
        Assert.Equal(failure, new SchemaVersionsOptionsRules(SchemaVersions.BuiltIn()).Validate(null, options).FailureMessage);
    }

    private static HeaderDictionary Written(string version, SchemaVersionNotice notice)
    {
        var headers = new HeaderDictionary();
        new VersionHeaders(Options.Create(new SchemaVersionsOptions { ["1.0"] = notice })).Write(headers, version);
        return headers;
    }

    private static DateOnly? Date(string? text) => text is null ? null : DateOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
