using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Whether the SQLite file of the data folder can be read and written.</summary>
internal sealed class SqliteHealth(SqliteGenerationStore store, SqliteReader reader, SqliteWriter writer, SqliteDatabase database, TimeProvider time) : IStoreHealth
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async ValueTask<StoreProblem?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            // A row that was damaged while the program ran stays so until somebody repairs it.
            if (reader.HasMetDamage)
            {
                return StoreProblem.Damaged;
            }

            if (!database.HasRoom())
            {
                return StoreProblem.Full;
            }

            if (writer.Problem is not null)
            {
                // The last commit failed, and nobody may be writing since.
                await writer.WriteAsync(TryOut, cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            }

            await store.ReadNewestAsync(cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            return null;
        }
        catch (StoreUnavailableException e)
        {
            return e.Problem;
        }
        catch (TimeoutException)
        {
            return StoreProblem.Busy;
        }
    }

    private static int TryOut(Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        using var command = connection.Command("UPDATE store SET id = id");
        return command.ExecuteNonQuery();
    }
}
