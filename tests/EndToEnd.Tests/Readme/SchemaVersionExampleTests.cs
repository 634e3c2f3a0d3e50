using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;
using Framegate.EndToEnd.Tests.Versions;

namespace Framegate.EndToEnd.Tests.Readme;

public sealed class SchemaVersionExampleTests(Gateway gateway) : IClassFixture<Gateway>
{
    [Fact]
    public async Task Example_AppOfSchema10_IsAnsweredInSchema10()
    {
        using var answer = JsonDocument.Parse(await ReadmeExample.RunAsync("schema-1-0", gateway.Framegate.Address));

        OlderVersionTests.AssertIs("1.0", answer.RootElement);
        Assert.Equal("success", answer.RootElement.Text("status"));
    }

    [Fact]
    public async Task Example_Events_EndWithTheResult()
    {
        var printed = await ReadmeExample.RunAsync("events", gateway.Framegate.Address);

        Assert.Contains("event: progress", printed, StringComparison.Ordinal);
        Assert.Contains("event: completed", printed, StringComparison.Ordinal);
    }
}
