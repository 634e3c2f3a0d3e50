using System.Diagnostics;
using System.Text.RegularExpressions;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Readme;

/// <summary>A block of commands in README.md that is marked with <c>&lt;!-- example: NAME --&gt;</c>, run as a reader would run it.</summary>
internal static partial class ReadmeExample
{
    /// <summary>Where the examples expect the gateway; the only thing that is replaced.</summary>
    private const string Address = "http://127.0.0.1:8080";

    /// <summary>Runs one in bash.</summary>
    /// <returns>What it printed.</returns>
    public static async Task<string> RunAsync(string name, Uri gateway)
    {
        var commands = Block().Matches(await File.ReadAllTextAsync(Repository.PathOf("README.md"))).Single(m => m.Groups["name"].Value == name).Groups["commands"].Value;
        Assert.Contains(Address, commands, StringComparison.Ordinal);
        var start = new ProcessStartInfo("bash") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add("set -e\n" + commands.Replace(Address, gateway.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal));
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var printed = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        Assert.True(process.ExitCode == 0, await errors);
        return await printed;
    }

    [GeneratedRegex("<!-- example: (?<name>[a-z0-9-]+) -->\\s*```bash\\n(?<commands>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
