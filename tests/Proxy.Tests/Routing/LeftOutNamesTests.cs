using System.Text.Json;
using Framegate.Proxy.Selection.Mapping;

namespace Framegate.Proxy.Tests.Routing;

/// <summary>How a warning names what was left out of another provider's parameters: all of it, or none.</summary>
public sealed class LeftOutNamesTests
{
    private static readonly string s_long = new('x', 65);

    public static TheoryData<string, string> Values => new()
    {
        { """{"a":1}""", "a was" },
        { """{"a":1,"b":2}""", "a, b were" },
        { "{}", "it was" },
        { "[1]", "it was" },
        { $$"""{"{{s_long}}":1}""", "it was" },
        { $$"""{"a":1,"{{s_long}}":2}""", "it was" },
        { $$"""{"{{s_long}}":2,"a":1,"b":1}""", "it was" },
        { """{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1}""", "a, b, c, d, e, f, g, h were" },
        { """{"a":1,"b":1,"c":1,"d":1,"e":1,"f":1,"g":1,"h":1,"i":1}""", "it was" },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void NamesOf_NamesAllOrNone(string values, string expected) => Assert.Equal(expected, RequestMapper.NamesOf(JsonElement.Parse(values)));
}
