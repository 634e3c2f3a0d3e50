using System.Diagnostics;
using System.Text.Json.Nodes;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Configuration;

/// <summary>A configuration file in a folder of its own, and the ways in which operators change one.</summary>
public sealed class WatchedFile : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _version;

    /// <param name="mounted">True to lay it out as Kubernetes mounts a ConfigMap.</param>
    public WatchedFile(bool mounted = false)
    {
        Path = System.IO.Path.Combine(_folder.Path, "routes.json");
        if (mounted)
        {
            Swap(Text(60));
            File.CreateSymbolicLink(Path, System.IO.Path.Combine("..data", "routes.json"));
        }
        else
        {
            File.WriteAllText(Path, Text(60));
        }
    }

    public string Path { get; }

    public string Folder => _folder.Path;

    /// <summary>The repository's configuration with this limit for Flux.</summary>
    public static string Text(int requestsPerMinute) =>
        Repository.RoutesWith("Limits", new JsonObject { ["flux"] = new JsonObject { ["RequestsPerMinute"] = requestsPerMinute } }.ToJsonString());

    /// <summary>Writes into the file as it is, as <c>cp</c> and some editors do.</summary>
    public void Overwrite(string text) => File.WriteAllText(Path, text);

    /// <summary>Writes a new file and moves it over the old one, as most editors and tools do.</summary>
    public void Replace(string text)
    {
        var next = _folder.Write("routes.json.tmp", text);
        File.Move(next, Path, overwrite: true);
    }

    /// <summary>What Kubernetes does: a new folder, and one link moved over another.</summary>
    public void Swap(string text)
    {
        var version = $"..v{++_version}";
        Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, version));
        _folder.Write(System.IO.Path.Combine(version, "routes.json"), text);
        var link = System.IO.Path.Combine(_folder.Path, "..data");
        File.CreateSymbolicLink(link + "_tmp", version);

        // .NET cannot move a link to a folder over another.
        using (var move = Process.Start("mv", ["-T", link + "_tmp", link]))
        {
            move.WaitForExit();
        }

        if (_version > 1)
        {
            Directory.Delete(System.IO.Path.Combine(_folder.Path, $"..v{_version - 1}"), recursive: true);
        }
    }

    public void Dispose() => _folder.Dispose();
}
