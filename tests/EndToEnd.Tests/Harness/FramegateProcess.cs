namespace Framegate.EndToEnd.Tests.Harness;

/// <summary>How to start Framegate.</summary>
public sealed record FramegateSettings
{
    /// <summary>Stand-in providers; null for the configured ones, empty for those in the process itself.</summary>
    public string? Sandbox { get; init; }

    /// <summary>The text of <c>routes.json</c>; null for the one of the repository.</summary>
    public string? Routes { get; init; }

    /// <summary>The path of <c>routes.json</c>; null for one with the text of <see cref="Routes"/>.</summary>
    public string? Config { get; init; }

    /// <summary>The data folder; null for a new one.</summary>
    public string? Data { get; init; }

    /// <summary>The text of <c>.env</c> in the working directory; null for none.</summary>
    public string? EnvFile { get; init; }

    /// <summary>The folder of plugins; null for none.</summary>
    public string? Plugins { get; init; }

    /// <summary>The port; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}

/// <summary>A running Framegate.</summary>
public sealed class FramegateProcess : ChildProcess
{
    private const string Banner = "Framegate listens on ";
    private readonly TempFolder _folder;

    private FramegateProcess(TempFolder folder, string config, FramegateSettings settings)
        : base("Framegate.Proxy.dll", Arguments(folder, config, settings), folder.Path, settings.Variables, AddressIn) => _folder = folder;

    /// <summary>Its address.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The file it was started with, which tests may change.</summary>
    public string ConfigPath { get; private init; } = null!;

    /// <summary>A client of it.</summary>
    public GatewayClient Client { get; private set; } = null!;

    /// <summary>Starts it on a free port and waits until it is ready.</summary>
    public static async Task<FramegateProcess> StartAsync(FramegateSettings settings)
    {
        var folder = new TempFolder();
        if (settings.EnvFile is { } env)
        {
            folder.Write(".env", env);
        }

        var config = settings.Config ?? (settings.Routes is { } routes ? folder.Write("routes.json", routes) : Repository.RoutesFile);
        var process = new FramegateProcess(folder, config, settings) { ConfigPath = config };
        try
        {
            process.Address = new Uri(await process.ReadyAsync());
            process.Client = new GatewayClient(process.Address);
            await process.Client.ReadyAsync();
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    protected override ValueTask ReleaseAsync()
    {
        Client?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IEnumerable<string> Arguments(TempFolder folder, string config, FramegateSettings settings) =>
    [
        .. settings.Sandbox switch { null => [], "" => ["--sandbox"], { } url => new[] { "--sandbox=" + url } },
        "--urls", $"http://127.0.0.1:{settings.Port}",
        "--config", config,
        "--data", settings.Data ?? Path.Combine(folder.Path, "data"),
        .. settings.Plugins is { } plugins ? new[] { "--plugins", plugins } : [],
    ];

    private static string? AddressIn(string line) =>
        line.IndexOf(Banner, StringComparison.Ordinal) is >= 0 and var at ? line[(at + Banner.Length)..].Trim() : null;
}
