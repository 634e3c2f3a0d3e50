using System.Runtime.InteropServices;

namespace Framegate.Proxy.Host;

/// <summary>Keeps what the data folder holds from other users of the machine: files are 0600 and folders 0700, new ones and those that an earlier build has left.</summary>
internal static class PrivateFiles
{
    private const UnixFileMode File = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Folder = File | UnixFileMode.UserExecute;
    private const UnixFileMode Others = (UnixFileMode)0b111_111;

    /// <summary>Makes every file and folder that this process creates from now on private, SQLite's own among them.</summary>
    public static void Begin()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = UMask((uint)Others);
        }
    }

    /// <summary>Takes from others what they may do with the data folder and all in it. What belongs to somebody else, or lies behind a link, stays as it is.</summary>
    public static void Narrow(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Narrow(new DirectoryInfo(folder), Folder);
        var everything = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint };
        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos("*", everything))
        {
            Narrow(entry, entry is DirectoryInfo ? Folder : File);
        }
    }

    private static void Narrow(FileSystemInfo entry, UnixFileMode most)
    {
        try
        {
            if (!OperatingSystem.IsWindows() && (entry.UnixFileMode & ~most) != 0)
            {
                entry.UnixFileMode &= most;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody else's, as on some volumes of containers.
        }
    }

    [DllImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint UMask(uint mask);
}
