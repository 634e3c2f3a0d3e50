using System.Diagnostics;
using Framegate.Proxy.Store.Sqlite;

namespace Framegate.Proxy.Tests.Storage;

public sealed class InodeTests
{
    /// <summary>Needs the right to mount; without it there is nothing to be seen.</summary>
    [Fact]
    public void HasRoom_DiskWithoutInodes_IsFull()
    {
        using var folder = new TempFolder();
        if (Run("mount", "-t", "tmpfs", "-o", "size=16m,nr_inodes=10", "tmpfs", folder.Path) != 0)
        {
            return;
        }

        try
        {
            var path = Path.Combine(folder.Path, "framegate.db");
            Assert.True(new SqliteDatabase(path).HasRoom());
            Assert.Throws<IOException>(() =>
            {
                for (var i = 0; i < 20; i++)
                {
                    File.WriteAllText(Path.Combine(folder.Path, $"small-{i}"), "");
                }
            });

            Assert.False(new SqliteDatabase(path).HasRoom());

            File.Delete(Path.Combine(folder.Path, "small-0"));
            Assert.True(new SqliteDatabase(path).HasRoom());
            Assert.DoesNotContain(".room", Directory.GetFiles(folder.Path).Select(Path.GetFileName));
        }
        finally
        {
            Run("umount", folder.Path);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
