using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Options;
using SQLitePCL;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Opens the database when the program starts; until then nothing of it touches the disk.</summary>
internal sealed class SqliteStart(
    SqliteDatabase database, SqliteReader reader, SqliteWriter writer, IOptions<JobsOptions> jobs, TimeProvider time, ILogger<SqliteStart> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        MovedFolder.Refuse(Path.GetDirectoryName(database.FilePath)!);
        try
        {
            foreach (var note in database.Open(time.GetUtcNow() - jobs.Value.Retention))
            {
                Log.DataFolderNote(logger, note);
            }

            reader.Start(database);
            writer.Start(database);
        }
        catch (SqliteException e)
        {
            throw new IOException($"The database {database.FilePath} cannot be opened: {Reason(e)}", e);
        }

        return Task.CompletedTask;
    }

    private static string Reason(SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "another program holds it. Close that program and start Framegate again.",
        raw.SQLITE_FULL => "its disk is full. Make room and start Framegate again.",
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => $"it cannot be written ({e.Message}). Check the rights of the data folder, and whether its disk is mounted for writing.",
        raw.SQLITE_IOERR => $"its disk fails or is full ({e.Message}).",
        _ => e.Message,
    };

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
