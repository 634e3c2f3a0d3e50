namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Framegate run for a command that ends by itself.</summary>
public sealed class FramegateCommand : ChildProcess
{
    private FramegateCommand(string folder, string[] arguments)
        : base("Framegate.Proxy.dll", arguments, folder, new Dictionary<string, string>(), _ => null)
    {
    }

    /// <summary>Runs it.</summary>
    /// <returns>The exit code and everything it wrote.</returns>
    public static async Task<(int ExitCode, string Output)> RunAsync(string folder, params string[] arguments)
    {
        await using var process = new FramegateCommand(folder, arguments);
        return (await process.ExitAsync(), process.Output);
    }
}
