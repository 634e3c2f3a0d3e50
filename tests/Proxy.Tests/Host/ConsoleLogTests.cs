using Framegate.Proxy.Host;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Host;

public sealed class ConsoleLogTests
{
    [Theory]
    [InlineData("json", "json", true)]
    [InlineData("JSON", "JSON", true)]
    [InlineData("systemd", "systemd", false)]
    [InlineData(null, "simple", false)]
    public async Task Apply_FormThatTheConfigurationNames_IsTaken(string? named, string expected, bool isJson)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Logging:Console:FormatterName", named)]);
        ConsoleLog.Apply(builder.Logging, builder.Configuration);
        await using var app = builder.Build();

        Assert.Equal(expected, app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName);
        Assert.Equal(isJson, ConsoleLog.IsJson(app.Services));
        Assert.Equal("yyyy-MM-ddTHH:mm:ss.fffZ", app.Services.GetRequiredService<IOptions<JsonConsoleFormatterOptions>>().Value.TimestampFormat);
    }

    [Theory]
    [InlineData(null, ConsoleLoggerQueueFullMode.DropWrite)]
    [InlineData("Wait", ConsoleLoggerQueueFullMode.Wait)]
    public async Task Apply_NobodyReadsTheOutput_NoRequestWaitsForItUnlessTheConfigurationWantsIt(string? named, ConsoleLoggerQueueFullMode expected)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Logging:Console:QueueFullMode", named)]);
        ConsoleLog.Apply(builder.Logging, builder.Configuration);
        await using var app = builder.Build();

        Assert.Equal(expected, app.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.QueueFullMode);
    }

    [Fact]
    public async Task Apply_TimeThatTheConfigurationNames_IsTaken()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection([new("Logging:Console:FormatterName", "json"), new("Logging:Console:FormatterOptions:TimestampFormat", "HH:mm")]);
        ConsoleLog.Apply(builder.Logging, builder.Configuration);
        await using var app = builder.Build();

        Assert.Equal("HH:mm", app.Services.GetRequiredService<IOptions<JsonConsoleFormatterOptions>>().Value.TimestampFormat);
    }
}
