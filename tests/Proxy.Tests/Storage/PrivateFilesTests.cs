using Framegate.Proxy.Host;

namespace Framegate.Proxy.Tests.Storage;

public sealed class PrivateFilesTests
{
    private const UnixFileMode Mine = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Everybody = (UnixFileMode)0b110_110_110;

    [Fact]
    public void Take_FolderOfAnEarlierBuild_IsNarrowedAndStaysSo()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        using var folder = new TempFolder();
        var media = Directory.CreateDirectory(Path.Combine(folder.Path, "media", "ab")).FullName;
        var old = new[] { Path.Combine(folder.Path, "framegate.db"), Path.Combine(folder.Path, "framegate.db-wal"), Path.Combine(media, "med_1") };
        foreach (var file in old)
        {
            File.WriteAllText(file, "x");
            File.SetUnixFileMode(file, Everybody);
        }

        File.SetUnixFileMode(media, Everybody | (UnixFileMode)0b001_001_001);
        var outside = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("n"));
        File.WriteAllText(outside, "x");
        File.SetUnixFileMode(outside, Everybody);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), outside);
        using (DataFolderLock.Take(folder.Path))
        {
            var made = Path.Combine(Directory.CreateDirectory(Path.Combine(folder.Path, "new")).FullName, "file");
            File.WriteAllText(made, "x");
            Assert.All([.. old, made, Path.Combine(folder.Path, "lock")], file => Assert.Equal(Mine, ModeOf(file)));
            Assert.All([folder.Path, media, Path.GetDirectoryName(made)!], f => Assert.Equal(Mine | UnixFileMode.UserExecute, ModeOf(f)));
        }

        // What lies behind a link is somebody else's.
        Assert.Equal(Everybody, ModeOf(outside));
        File.Delete(outside);
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? Mine : File.GetUnixFileMode(path);
}
