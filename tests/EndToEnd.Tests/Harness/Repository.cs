using System.Text.Json.Nodes;

namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Files of the repository that users see.</summary>
public static class Repository
{
    /// <summary><c>config/routes.json</c>.</summary>
    public static string RoutesFile { get; } = Path.Combine(Root(), "config", "routes.json");

    /// <summary>A file.</summary>
    /// <param name="path">Its path in the repository.</param>
    public static string PathOf(string path) => Path.Combine(Root(), path);

    /// <summary>The text of <see cref="RoutesFile"/> with another part in its <c>Framegate</c> section.</summary>
    /// <param name="section">The part's name.</param>
    /// <param name="json">The part.</param>
    public static string RoutesWith(string section, string json)
    {
        var routes = JsonNode.Parse(File.ReadAllText(RoutesFile))!;
        routes["Framegate"]![section] = JsonNode.Parse(json);
        return routes.ToJsonString();
    }

    /// <summary>The folder of the programs under test: what <c>tests/run.sh</c> has published, which starts in a third of the time, or what was built beside the tests.</summary>
    public static string Programs { get; } = Environment.GetEnvironmentVariable("PROGRAMS_UNDER_TEST") ?? AppContext.BaseDirectory;

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Proxy.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return folder.FullName;
    }
}
