namespace Framegate.Proxy.Common;

/// <summary>Reads files that are read again and again, and that an operator may have named by mistake: a pipe is waited for until somebody writes, and a device has no end.</summary>
internal static class PlainFile
{
    /// <summary>Opens a file to be read. What has no length is not opened, since only that distinguishes a pipe or a device from a file.</summary>
    /// <exception cref="IOException">It cannot be opened, is empty, or is no regular file.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static FileStream Open(string path) => File.Exists(path) && !HasLength(path)
        ? throw new IOException($"'{path}' is empty, or no regular file.")
        : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1);

    /// <summary>Reads a file.</summary>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static byte[] Read(string path)
    {
        using var file = Open(path);
        var bytes = new byte[file.Length];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length == bytes.Length ? bytes : bytes[..length];
    }

    private static bool HasLength(string path)
    {
        var file = new FileInfo(path);
        file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;

        // A link that leads nowhere is left to whoever opens it; /dev/fd/63, the pipe of a shell, is one to 'pipe:[4711]'.
        return file.Exists ? file.Length > 0 : !file.Name.Contains(":[", StringComparison.Ordinal);
    }
}
