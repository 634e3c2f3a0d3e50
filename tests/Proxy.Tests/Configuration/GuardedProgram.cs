using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Configuration;
using Framegate.Proxy.Host;
using Framegate.Proxy.Host.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Yarp.ReverseProxy;

namespace Framegate.Proxy.Tests.Configuration;

/// <summary>The whole program on a file that a test changes; it is put together, but does not run.</summary>
internal sealed class GuardedProgram : IDisposable
{
    public const string Flux = """{"ReverseProxy":{"Clusters":{"flux":{"Destinations":{"a":{"Address":"http://127.0.0.1:9/"}}}}}""";

    private readonly TempFolder _folder = new();
    private readonly WebApplication _app;

    /// <param name="text">The configuration.</param>
    /// <param name="more">Services in the place of the program's own.</param>
    /// <param name="provider">A file in the folder of providers.</param>
    public GuardedProgram(string? text = null, Action<IServiceCollection>? more = null, string? provider = null)
    {
        File = Path.Combine(_folder.Path, "routes.json");
        if (provider is not null)
        {
            WriteProvider(provider);
        }

        Write(text ?? With(""));
        _app = FramegateHost.Build(
            new HostArguments(false, null, "http://127.0.0.1:0", File, _folder.Path),
            new HostSettings(null, null),
            new DataFolder(_folder.Path),
            services =>
            {
                services.AddSingleton<TimeProvider>(Time);
                more?.Invoke(services);
            });
    }

    public string File { get; }

    public FakeTimeProvider Time { get; } = new();

    public ConfigurationGuard Guard => _app.Services.GetRequiredService<ConfigurationGuard>();

    public ConfigurationStatus Status => Guard.Status;

    public IEnumerable<string> Clusters => _app.Services.GetRequiredService<IProxyStateLookup>().GetClusters()
        .Select(c => c.ClusterId).Where(c => !c.StartsWith("framegate-", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    /// <summary>The names of what runs in the background.</summary>
    public IEnumerable<string> Background => _app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().Select(s => s.GetType().Name);

    public IEnumerable<ISectionRule> Sections => _app.Services.GetServices<ISectionRule>();

    /// <summary>A configuration with Flux and this in its <c>Framegate</c> section.</summary>
    public static string With(string framegate) => Flux + ",\"Framegate\":{" + framegate + "}}";

    public T Options<T>()
        where T : class => _app.Services.GetRequiredService<IOptions<T>>().Value;

    public void Write(string text) => System.IO.File.WriteAllText(File, text);

    public void WriteProvider(string text)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder.Path, "providers"));
        System.IO.File.WriteAllText(Path.Combine(folder.FullName, "provider.json"), text);
    }

    /// <summary>Looks at the file until it stands still.</summary>
    public async Task SettleAsync()
    {
        while (!await Guard.LookAsync(default))
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    /// <summary>Checks a text.</summary>
    /// <returns>What is wrong, as <c>path: reason</c>.</returns>
    public async Task<IReadOnlyList<string>> ErrorsOfAsync(string text) =>
        [.. (await Guard.CheckAsync(new ConfigurationFile(File).Parse(System.Text.Encoding.UTF8.GetBytes(text)), default)).Select(e => e.ToString())];

    public void Dispose()
    {
        ((IDisposable)_app).Dispose();
        _folder.Dispose();
    }
}
