namespace Framegate.Proxy.Store.Postgres;

/// <summary>Opens the database when the program starts.</summary>
internal sealed class PostgresStart(PostgresDatabase database, PostgresWriter writer) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await database.OpenAsync(cancellationToken);
        writer.Start();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
