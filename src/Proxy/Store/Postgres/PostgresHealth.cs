using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>Whether the database that replicas share can be read and written.</summary>
internal sealed class PostgresHealth(PostgresDatabase database, PostgresWriter writer, TimeProvider time) : IStoreHealth
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async ValueTask<StoreProblem?> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            var isReadOnly = await database.ReadAsync(new("SELECT current_setting('transaction_read_only') = 'on'"), static r => r.GetBoolean(0), cancellationToken)
                .AsTask().WaitAsync(Patience, time, cancellationToken);
            if (writer.Problem is not null)
            {
                // The last commit failed, and nobody may be writing since.
                await writer.WriteAsync(new("UPDATE migrations SET version = version WHERE version = 1"), cancellationToken).AsTask().WaitAsync(Patience, time, cancellationToken);
            }

            return isReadOnly[0] ? StoreProblem.ReadOnly : null;
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
}
