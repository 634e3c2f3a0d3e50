using Framegate.Proxy.Engine.Generations;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Opens the database when the program starts; until then nothing of it touches the disk.</summary>
internal sealed class SqliteStart(
    SqliteDatabase database, SqliteReader reader, SqliteWriter writer, IOptions<JobsOptions> jobs, TimeProvider time) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            database.Open(time.GetUtcNow() - jobs.Value.Retention);
            reader.Start(database);
            writer.Start(database);
        }
        catch (SqliteException e)
        {
            throw new IOException($"The database in the data folder cannot be opened: {e.Message}", e);
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
