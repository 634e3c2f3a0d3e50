using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Framegate.Proxy.Media;

/// <summary>Makes the names in a folder survive the loss of power. Flushing a file keeps its bytes, and not the entry that leads to them.</summary>
internal class FolderFlush
{
    private const int ReadOnly = 0;

    /// <summary>Flushes the entries of a folder to the disk.</summary>
    /// <param name="folder">The folder.</param>
    /// <exception cref="IOException">The disk failed.</exception>
    public virtual void Flush(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            // NTFS keeps a journal of its own names, and opens no folder for writing.
            return;
        }

        using var handle = new SafeFileHandle(Open(folder, ReadOnly), ownsHandle: true);
        if (handle.IsInvalid)
        {
            throw new IOException($"'{folder}' cannot be flushed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        }

        RandomAccess.FlushToDisk(handle);
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
}
