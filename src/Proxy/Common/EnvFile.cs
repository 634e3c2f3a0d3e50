using System.Collections.Concurrent;
using DotNetEnv;
using Framegate.Plugins;
using Sprache;

namespace Framegate.Proxy.Common;

/// <summary>Reads <c>.env</c> of the working directory, or of the nearest folder above it that has one. Variables that are set already win.</summary>
internal static class EnvFile
{
    private const string Name = ".env";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Of each variable whose secret stands in a file, as it was seen last.
    private static readonly ConcurrentDictionary<string, Secret> s_last = new(StringComparer.Ordinal);

    /// <summary>Reads it, where there is one.</summary>
    /// <returns>Its path; null when there is none.</returns>
    /// <exception cref="EnvFileException">It cannot be read.</exception>
    public static string? Load() => Find(Environment.CurrentDirectory) is { } path ? Load(path) : null;

    /// <summary>A secret of the environment: a variable's value, or what stands in the file for it (<see cref="SecretFile.PathFor"/>).</summary>
    /// <returns>Null when it is not set, or blank.</returns>
    public static Secret? Secret(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value) ? new Secret(value)
        : SecretFile.PathFor(variable) is { } path && SecretFile.Read(path) is { } secret ? s_last[variable] = secret
        : null;

    /// <summary>A secret of the environment, as it was seen last: its file may be gone.</summary>
    /// <returns>Null when it was never there.</returns>
    public static Secret? LastSecret(string variable) => Secret(variable) ?? s_last.GetValueOrDefault(variable);

    /// <summary>A secret that was there at the start, as it is now: its file may have been replaced. A file that is gone takes nothing back, since what it locks would be open, and brings none back that was replaced.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="atStart">What it held at the start.</param>
    /// <returns>Null when there was none at the start.</returns>
    public static Secret? Current(string variable, Secret? atStart)
    {
        if (atStart is null)
        {
            return null;
        }

        SecretFile.Look();
        return LastSecret(variable) ?? atStart;
    }

    /// <summary>The file in a folder, or above it.</summary>
    public static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, Name);
            if (IsThere(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Reads one file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="patience">How long it is waited for; null for ten seconds.</param>
    /// <returns>Its path.</returns>
    /// <exception cref="EnvFileException">It cannot be read.</exception>
    public static string Load(string path, TimeSpan? patience = null)
    {
        var text = Read(path, patience ?? s_patience);
        try
        {
            _ = Env.LoadContents(text, new LoadOptions(setEnvVars: true, clobberExistingVars: false)).Count();
            return path;
        }
        catch (ParseException e)
        {
            // Its own message has the text before the fault in it, and that is a key.
            throw new EnvFileException($"{path}, line {LineOf(text, e)} cannot be read. Each line is NAME=value, a comment (#), or empty; a quote must be closed.");
        }
    }

    /// <summary>A link that leads nowhere counts, since somebody wanted it to be read. A folder of this name is Python's, mostly, and is passed over.</summary>
    private static bool IsThere(string path) => File.Exists(path) || (new FileInfo(path).LinkTarget is not null && !Directory.Exists(path));

    private static string Read(string path, TimeSpan patience)
    {
        try
        {
            // Apart from this thread: it may be a pipe, from which tools that keep secrets hand out its text.
            var text = "";
            return Task.Run(() => text = File.ReadAllText(path)).Wait(patience) ? text : throw new EnvFileException($"{path} cannot be read: nothing came out of it within {patience.TotalSeconds:0} s. Is it a pipe that nobody writes to?");
        }
        catch (AggregateException failure) when (failure.InnerException is IOException or UnauthorizedAccessException)
        {
            var e = failure.InnerException;
            throw new EnvFileException($"{path} cannot be read: {(e is UnauthorizedAccessException ? "access is denied" : e.Message.TrimEnd('.'))}.");
        }
    }

    /// <summary>The first line that belongs to nothing readable; with a quote that is not closed, the parser itself names the last one.</summary>
    private static int LineOf(string text, ParseException failure)
    {
        var lines = text.Split('\n');
        for (var good = Math.Min(failure.Position.Line, lines.Length) - 1; good > 0; good--)
        {
            try
            {
                _ = Env.LoadContents(string.Join('\n', lines[..good]) + '\n', new LoadOptions(setEnvVars: false)).Count();
                return good + 1;
            }
            catch (ParseException)
            {
                // It is further up.
            }
        }

        return 1;
    }
}
