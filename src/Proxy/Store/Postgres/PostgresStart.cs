using Framegate.Proxy.Common;
using Framegate.Proxy.Store.Sqlite;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Opens the database when the program starts.</summary>
internal sealed class PostgresStart(DataFolder data, PostgresDatabase database, PostgresWriter writer) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        MovedFolder.RefuseUnmoved(data.Path);
        await database.OpenAsync(cancellationToken);
        writer.Start();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
