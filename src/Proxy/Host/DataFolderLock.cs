using Framegate.Proxy.Common;

namespace Framegate.Proxy.Host;

/// <summary>Holds the data folder for this process: two that drive the same jobs would submit them twice.</summary>
internal sealed class DataFolderLock : IDisposable
{
    // EAGAIN, and ERROR_SHARING_VIOLATION.
    private const int HeldOnUnix = 11;
    private const int HeldOnWindows = unchecked((int)0x80070020);
    private readonly FileStream _file;

    private DataFolderLock(FileStream file, DataFolder folder)
    {
        _file = file;
        Folder = folder;
    }

    /// <summary>The folder.</summary>
    public DataFolder Folder { get; }

    /// <summary>Creates the folder where needed and takes hold of it. The system lets go of it when the process dies.</summary>
    /// <exception cref="StartupException">Another process holds it, or it cannot be written.</exception>
    public static DataFolderLock Take(string path)
    {
        var full = Path.GetFullPath(path);
        for (var folder = full; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(folder))
            {
                throw new StartupException($"The data folder {full} cannot be used: {folder} is a file. Name a folder with --data.");
            }
        }

        try
        {
            PrivateFiles.Begin();
            Directory.CreateDirectory(full);
            var file = new FileStream(Path.Combine(full, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            PrivateFiles.Narrow(full);
            return new DataFolderLock(file, new DataFolder(full));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartupException(
                $"The data folder {full} cannot be used: {e.Message} {(e.HResult is HeldOnUnix or HeldOnWindows ? "Is another Framegate running on it?" : "Framegate must be able to write there.")}");
        }
    }

    public void Dispose() => _file.Dispose();
}
