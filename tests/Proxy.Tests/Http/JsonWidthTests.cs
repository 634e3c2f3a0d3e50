using System.Text;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.Http;

public sealed class JsonWidthTests
{
    [Theory]
    [InlineData("parameters", "{NAMES}", "10000 names")]
    [InlineData("fal", """{"a":{"b":{NAMES}}}""", "10000 names")]
    [InlineData("prompt", "[VALUES]", "100000 values")]
    [InlineData("parameters", """{"a":[[VALUES]]}""", "100000 values")]
    public void Read_TooWide_IsRefusedWithTheMemberAndTheLimit(string member, string value, string limit)
    {
        var body = Body(member, value, JsonWidth.MaxNames + 1, JsonWidth.MaxValues + 1);

        var error = Assert.Single(GenerationRequestReader.Read(body).Errors);

        Assert.Equal(member, error.Field);
        Assert.Contains(limit, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{NAMES}")]
    [InlineData("[VALUES]")]
    public void Check_WithinTheLimits_IsFine(string value) => Assert.Null(JsonWidth.Check(Body("parameters", value, JsonWidth.MaxNames - 2, JsonWidth.MaxValues - 3)));

    [Fact]
    public void Check_NoJson_IsForTheParser() => Assert.Null(JsonWidth.Check(Encoding.UTF8.GetBytes(new string('{', 100_000))));

    private static byte[] Body(string member, string value, int names, int values) => Encoding.UTF8.GetBytes(
        $$"""{"x":1,"{{member}}":"""
        + value.Replace("NAMES", string.Join(',', Enumerable.Range(0, names).Select(i => $"\"n{i}\":0")), StringComparison.Ordinal)
            .Replace("VALUES", string.Join(',', Enumerable.Repeat("0", values)), StringComparison.Ordinal)
        + "}");
}
