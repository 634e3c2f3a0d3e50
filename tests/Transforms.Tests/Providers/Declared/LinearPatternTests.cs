using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Tests.Providers.Declared;

public class LinearPatternTests
{
    [Theory]
    [InlineData("moderat|content policy", "Blocked by MODERATION", true)]
    [InlineData("(?:path|application) .*not found", "application x not found", true)]
    [InlineData(@"^\d+\.\d$", "12.5", true)]
    [InlineData(@"\\1", @"a\1", true)]
    [InlineData("(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false)]
    public void Parse_Linear_Matches(string pattern, string text, bool matches)
    {
        var parsed = LinearPattern.Parse(pattern, ignoreCase: true, out var fault);

        Assert.Null(fault);
        Assert.Equal(matches, parsed!.IsMatch(text));
    }

    /// <summary>At once, and not when a provider's answer is there to be read.</summary>
    [Theory]
    [InlineData("(")]
    [InlineData("[z-a]")]
    [InlineData("(?=x)")]
    [InlineData("(?!x)y")]
    [InlineData("(?<=x)y")]
    [InlineData("(?<!x)y")]
    [InlineData("(?>x)y")]
    [InlineData("(?(x)y|z)")]
    [InlineData(@"(x)\1")]
    [InlineData(@"(?<n>x)\k<n>")]
    [InlineData(@"\Gx")]
    public void Parse_WrongOrMoreThanLinear_SaysWhy(string pattern)
    {
        Assert.Null(LinearPattern.Parse(pattern, ignoreCase: false, out var fault));

        Assert.NotEmpty(fault!);
    }
}
