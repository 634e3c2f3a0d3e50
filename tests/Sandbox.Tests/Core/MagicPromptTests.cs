using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Tests.Core;

public class MagicPromptTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("a plain prompt")]
    [InlineData("sandbox:ok")]
    [InlineData("sandbox:unheard-of")]
    [InlineData("sandbox:slow")]
    [InlineData("sandbox:flaky=x")]
    [InlineData("the sandbox: a story")]
    public void Parse_NothingToDo_IsNone(string? prompt) => Assert.Equal(MagicPrompt.None, MagicPrompt.Parse(prompt));

    [Fact]
    public void Parse_SeveralTokensAnywhere_Combine() => Assert.Equal(
        MagicPrompt.None with { Takes = TimeSpan.FromSeconds(2.5), Ending = JobEnding.Error, Drop = true, FlakyTimes = 3 },
        MagicPrompt.Parse("A fox,sandbox:slow=2.5, sandbox:error!(sandbox:drop) sandbox:flaky=3."));

    [Theory]
    [InlineData("sandbox:slow=999999999999999999999999", 86_400)]
    [InlineData("sandbox:slow=0", 0)]
    public void Parse_ExtremeTime_IsBounded(string prompt, double seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), MagicPrompt.Parse(prompt).Takes);
}
