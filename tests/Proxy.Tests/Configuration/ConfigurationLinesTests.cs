using System.Text;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Host.Configuration;

namespace Framegate.Proxy.Tests.Configuration;

public sealed class ConfigurationLinesTests
{
    private const string Text = """
        {
          // A comment, "Framegate:Jobs" in it.
          "Framegate": {
            "Jobs": {
              "MaxAttempts": 0 },
            "Models": { "x": { "Candidates": [
              { "Provider": "a" },

              { "Provider": "b" }, ] } },
            "Cache:Models": { "y": {
              "Ttl": "never" } }
          },
          "ReverseProxy": { "Clusters": { } }
        }
        """;

    [Theory]
    [InlineData("Framegate:Jobs:MaxAttempts", 5)]
    [InlineData("framegate:jobs:maxattempts", 5)]
    [InlineData("Framegate:Models:x:Candidates:1:Provider", 9)]
    [InlineData("Framegate:Models:x:Candidates:0:Model", 7)]
    [InlineData("Framegate:Cache:Models:y:Ttl", 11)]
    [InlineData("Framegate:Nothing:Of:It", 3)]
    [InlineData("ReverseProxy:Clusters:acme:Destinations:global:Address", null)]
    [InlineData("HTTPS_PROXY", null)]
    [InlineData("/etc/framegate/routes.json", null)]
    public void Locate_APath_HasItsLineOrThatOfWhatIsAroundIt(string path, int? line)
    {
        foreach (var text in new[] { Text, "\uFEFF" + Text, Text.Replace("\n", "\r\n", StringComparison.Ordinal) })
        {
            Assert.Equal(line, Assert.Single(ConfigurationLines.Locate([new ConfigurationError(path, "no")], Encoding.UTF8.GetBytes(text))).Line);
        }
    }

    [Fact]
    public void Locate_ACauseThatIsNotInTheFile_HasNoLine()
    {
        var named = VariableOrigins.Name([new ConfigurationError("Framegate:Jobs:MaxAttempts", "no")], ["Framegate__Jobs__MaxAttempts"], new Dictionary<string, string?>());

        Assert.Null(Assert.Single(ConfigurationLines.Locate([.. named], Encoding.UTF8.GetBytes(Text))).Line);
    }

    [Fact]
    public async Task Check_AnError_NamesItsLine()
    {
        using var program = new GuardedProgram();

        var errors = await program.Guard.CheckAsync(new ConfigurationFile(program.File).Parse(Encoding.UTF8.GetBytes(GuardedProgram.With("\n\n\"Jobs\":{\n\"MaxAttempts\":0}"))), default);

        Assert.EndsWith(" (line 4)", Assert.Single(errors).ReasonAndLine, StringComparison.Ordinal);
    }
}
