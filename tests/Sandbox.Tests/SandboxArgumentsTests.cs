namespace Framegate.Sandbox.Tests;

public class SandboxArgumentsTests
{
    [Fact]
    public void Parse_UrlAndKeys_AreRead()
    {
        var options = SandboxArguments.Parse(["--urls=http://127.0.0.1:9999", "--keys", "flux=a=b,sora=sk-1"]);
        Assert.Equal(9999, options.Url!.Port);
        Assert.Equal("a=b", options.Keys["flux"]);
        Assert.Equal("sk-1", options.Keys["sora"]);
    }

    [Fact]
    public void Parse_Nothing_ServesOnPort9090() => Assert.Equal(new Uri("http://127.0.0.1:9090"), SandboxArguments.Parse([]).Url);

    [Theory]
    [InlineData("--port", "9090")]
    [InlineData("--urls", "not a url")]
    [InlineData("--keys", "flux")]
    [InlineData("--keys", "=x")]
    public void Parse_Unreadable_IsRefused(params string[] args) => Assert.Throws<ArgumentException>(() => SandboxArguments.Parse(args));

    [Fact]
    public void Parse_ValueMissing_IsRefused() => Assert.Throws<ArgumentException>(() => SandboxArguments.Parse(["--urls"]));
}
