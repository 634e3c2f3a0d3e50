using DotNetEnv;
using Framegate.Plugins;
using Sprache;

namespace Framegate.Proxy.Common;

/// <summary>Reads <c>.env</c> of the working directory, or of the nearest folder above it that has one. Variables that are set already win.</summary>
internal static class EnvFile
{
    private const string Name = ".env";

    /// <summary>Reads it, where there is one.</summary>
    /// <returns>Its path; null when there is none.</returns>
    /// <exception cref="EnvFileException">It cannot be read.</exception>
    public static string? Load() => Find(Environment.CurrentDirectory) is { } path ? Load(path) : null;

    /// <summary>A secret of the environment: a variable's value, or what stands in the file for it (<see cref="SecretFile.PathFor"/>).</summary>
    /// <returns>Null when it is not set, or blank.</returns>
    public static Secret? Secret(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { } value && !string.IsNullOrWhiteSpace(value) ? new Secret(value)
        : SecretFile.PathFor(variable) is { } path ? SecretFile.Read(path)
        : null;

    /// <summary>The file in a folder, or above it.</summary>
    public static string? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            var path = Path.Combine(folder.FullName, Name);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }

    /// <summary>Reads one file.</summary>
    /// <returns>Its path.</returns>
    /// <exception cref="EnvFileException">It cannot be read.</exception>
    public static string Load(string path)
    {
        var text = Read(path);
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

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
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
