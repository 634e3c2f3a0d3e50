using System.Diagnostics;

namespace Framegate.Proxy.Tests;

/// <summary>A named pipe, which whoever opens it waits at.</summary>
internal static class NamedPipe
{
    public static void Make(string path)
    {
        using var made = Process.Start("mkfifo", [path]);
        made.WaitForExit();
        Assert.Equal(0, made.ExitCode);
    }
}
