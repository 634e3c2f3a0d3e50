using System.Collections.Concurrent;
using Framegate.Plugins;

namespace Framegate.Proxy.Common;

/// <summary>
/// Files that hold one secret each, as Docker, Kubernetes and systemd hand them out. A file is looked at again a second after the last look, so that a
/// secret that is replaced holds without a restart. There are as many as the configuration and the adapters name.
/// </summary>
internal static class SecretFile
{
    private const int Largest = 64 * 1024;
    private const long LookEvery = 1000;
    private static readonly ConcurrentDictionary<string, Entry> s_files = new(StringComparer.Ordinal);
    private static int s_version;
    private static long s_looked;

    /// <summary>Raised after a file has changed that was read before.</summary>
    public static event Action? Changed;

    /// <summary>Grows when a file has changed.</summary>
    public static int Version => Volatile.Read(ref s_version);

    /// <summary>The secret in a file, without the blanks and line ends around it.</summary>
    /// <returns>Null when the file cannot be read, is larger than 64 KiB, or is empty.</returns>
    public static Secret? Read(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            // No file has such a name.
            return null;
        }

        var entry = s_files.GetOrAdd(path, static p => Entry.Of(p));
        if (entry.Value is null && Entry.IsStale(entry, path))
        {
            // Something is about to be refused for want of it, and it has come.
            Refresh();
            entry = s_files[path];
        }

        return entry.Value;
    }

    /// <summary>Whether a file has changed since a version; looks at the files first when a second has passed.</summary>
    public static bool HaveChanged(int since)
    {
        Look();
        return Version != since;
    }

    /// <summary>Looks at the files that were read before, when a second has passed since the last look.</summary>
    public static void Look()
    {
        var looked = Volatile.Read(ref s_looked);
        if (s_files.IsEmpty || Environment.TickCount64 - looked < LookEvery || Interlocked.CompareExchange(ref s_looked, Environment.TickCount64, looked) != looked)
        {
            return;
        }

        Refresh();
    }

    /// <summary>The file that holds what a variable would: <c>VARIABLE_FILE</c> names it, or systemd's or Docker's folder of secrets has one of that name.</summary>
    /// <returns>Null when there is none.</returns>
    public static string? PathFor(string variable)
    {
        if (Environment.GetEnvironmentVariable(variable + "_FILE") is { Length: > 0 } named)
        {
            return named;
        }

        if (variable.AsSpan().ContainsAny('/', '\\', '\0') || variable is "" or "." or "..")
        {
            return null;
        }

        return new[] { Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY"), "/run/secrets" }
            .Where(folder => !string.IsNullOrEmpty(folder)).Select(folder => Path.Combine(folder!, variable)).FirstOrDefault(File.Exists);
    }

    private static void Refresh()
    {
        var changed = false;
        foreach (var (path, entry) in s_files)
        {
            if (Entry.IsStale(entry, path))
            {
                s_files[path] = Entry.Of(path);
                changed = true;
            }
        }

        if (changed)
        {
            Interlocked.Increment(ref s_version);
            Changed?.Invoke();
        }
    }

    private sealed record Entry(Secret? Value, (DateTime Written, long Length) Stamp)
    {
        /// <summary>Whether the file holds something else by now. One that could not be read may have become readable, which its stamp does not show.</summary>
        public static bool IsStale(Entry entry, string path) => entry.Stamp != StampOf(path) || (entry.Value is null && Of(path).Value is not null);

        public static Entry Of(string path)
        {
            var stamp = StampOf(path);
            try
            {
                var text = stamp.Length is > 0 and <= Largest ? File.ReadAllText(path).Trim() : "";
                return new Entry(text.Length == 0 ? null : new Secret(text), stamp);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return new Entry(null, stamp);
            }
        }

        /// <summary>Of the file that a link leads to: Kubernetes replaces the link.</summary>
        public static (DateTime Written, long Length) StampOf(string path)
        {
            try
            {
                var file = new FileInfo(path);
                file = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
                return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return default;
            }
        }
    }
}
