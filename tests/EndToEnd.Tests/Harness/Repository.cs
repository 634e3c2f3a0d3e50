namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>Files of the repository that users see.</summary>
public static class Repository
{
    /// <summary><c>config/routes.json</c>.</summary>
    public static string RoutesFile { get; } = Path.Combine(Root(), "config", "routes.json");

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
