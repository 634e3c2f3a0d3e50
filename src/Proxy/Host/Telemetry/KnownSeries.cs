using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Host.Configuration;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Host.Telemetry;

/// <summary>Puts on the metrics page what the configuration makes known before anything happens: series at 0, the file's own state, the disk, and retirements.</summary>
internal sealed class KnownSeries(
    FramegateMetrics metrics, ProviderTable providers, ClientKeys clients, ModelCatalogue catalogue, ConfigurationGuard guard, ConfigVersion version, DataFolder data, TimeProvider time)
    : IHostedService
{
    private static readonly string[] s_codes = [.. Enum.GetValues<ErrorCode>().Select(c => c.ToWireName())];
    private readonly DateTimeOffset _began = time.GetUtcNow();
    private int _version;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Begin();
        metrics.WatchConfiguration(() => (guard.Status.Status == ConfigurationStatus.Current, guard.Status.LoadedAt));
        metrics.WatchDisk(ReadDisk);
        metrics.WatchRetirements(Retirements);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Begin()
    {
        _version = version.Number;
        metrics.Begin(providers.Names, clients.Required ? clients.Names : [Client.Local], s_codes);
    }

    private IEnumerable<(string Provider, string Model, DateTimeOffset At)> Retirements()
    {
        if (_version != version.Number)
        {
            // The page is being read, and what is configured has changed since the last time.
            Begin();
        }

        return from provider in providers.Names
            from model in catalogue.ModelsOf(provider)
            where model.Retired is { } date && date > DateOnly.FromDateTime(_began.UtcDateTime)
            select (provider, model.Id, new DateTimeOffset(model.Retired!.Value.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero));
    }

    private (long Free, long Size, long Store) ReadDisk()
    {
        try
        {
            var disk = new DriveInfo(Path.GetFullPath(data.Path));
            return (disk.AvailableFreeSpace, disk.TotalSize, new DirectoryInfo(data.Path).EnumerateFiles("framegate.db*").Sum(f => f.Length));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (0, 0, 0);
        }
    }
}
