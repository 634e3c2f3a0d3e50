using System.Text.RegularExpressions;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.FirstRun;

/// <summary>The first five minutes: one command, one printed line to copy.</summary>
public sealed partial class BannerTests
{
    [Fact]
    public async Task Start_WithSandbox_PrintsARequestThatWorksAsItIs()
    {
        await using var framegate = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "" });
        var banner = await Eventually.GetAsync(() => Task.FromResult(framegate.Output), o => o.Contains("curl", StringComparison.Ordinal));
        Assert.Contains("SANDBOX", banner, StringComparison.Ordinal);
        Assert.Matches("Providers: .*flux, .*sora", banner);

        var printed = CurlLine().Match(banner);
        Assert.True(printed.Success, banner);
        Assert.StartsWith(framegate.Address.AbsoluteUri, printed.Groups["url"].Value, StringComparison.Ordinal);
        var answer = await framegate.Client.PostAsync(printed.Groups["body"].Value);

        Assert.Equal(200, answer.Status);
        Assert.True(answer.Json.At("metadata.sandbox").GetBoolean());
        Assert.Equal(200, (await framegate.Client.GetAsync(answer.Json.Text("result.media[0].url"))).Status);
    }

    [Fact]
    public async Task Start_OnAddressesOfOthersWithoutAKey_IsRefused()
    {
        using var folder = new TempFolder();

        var (exitCode, output) = await FramegateCommand.RunAsync(folder.Path, "--sandbox", "--urls", "http://0.0.0.0:0", "--config", Repository.RoutesFile);

        Assert.Equal(1, exitCode);
        Assert.Contains("FRAMEGATE_CLIENT_KEY", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_OnADataFolderInUse_IsRefused()
    {
        using var data = new TempFolder();
        await using var first = await FramegateProcess.StartAsync(new FramegateSettings { Sandbox = "", Data = data.Path });

        var (exitCode, output) = await FramegateCommand.RunAsync(
            data.Path, "--sandbox", "--urls", "http://127.0.0.1:0", "--config", Repository.RoutesFile, "--data", data.Path);

        Assert.Equal(1, exitCode);
        Assert.Contains("Is another Framegate running on it?", output, StringComparison.Ordinal);
    }

    [GeneratedRegex("curl -s (?<url>\\S+) -H 'Content-Type: application/json' -d '(?<body>[^']+)'")]
    private static partial Regex CurlLine();
}
