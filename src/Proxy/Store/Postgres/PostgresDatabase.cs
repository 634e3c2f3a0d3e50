using Framegate.Proxy.Engine.StoreContract;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>The database that replicas share.</summary>
/// <param name="address">Where it is.</param>
internal sealed class PostgresDatabase(NpgsqlConnectionStringBuilder address) : IAsyncDisposable
{
    // Among several hosts the one that is used is a view of the one that owns the connections.
    // Nothing is prepared before it is known that a session is one connection's own.
    private (NpgsqlDataSource Owner, NpgsqlDataSource Used) _sources = SourcesOf(new NpgsqlConnectionStringBuilder(address.ConnectionString) { MaxAutoPrepare = 0, NoResetOnClose = true });

    /// <summary>The schema that holds the tables.</summary>
    public string Schema { get; } = address.SearchPath!;

    /// <summary>Which store this is: one that was begun elsewhere, or at another time, has another id. Empty before it is open.</summary>
    public string Id { get; private set; } = "";

    /// <summary>True where a pooler stands in between, through which nobody hears a notification.</summary>
    public bool IsPooled { get; private set; }

    /// <summary>Where it is, without anything secret.</summary>
    public string Place { get; } = $"{address.Host}{(IsSeveral(address) ? "" : $":{address.Port}")}/{address.Database}";

    /// <summary>Brings the tables up to date.</summary>
    /// <exception cref="IOException">It cannot be reached or used; the message gives the reason.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            IsPooled = await IsPooledAsync(cancellationToken);
            if (!IsPooled)
            {
                var first = _sources;
                _sources = SourcesOf(address);
                await first.Owner.DisposeAsync();
            }

            await using var connection = await ConnectAsync(cancellationToken);
            if (await WhyElsewhereAsync(connection, cancellationToken) is { } elsewhere)
            {
                throw new IOException(elsewhere);
            }

            await PostgresMigrations.RunAsync(connection, Schema, cancellationToken);
            Id = await PostgresMigrations.IdAsync(connection, Schema, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            throw new IOException($"The PostgreSQL database {Place} cannot be used: {PostgresErrors.ReasonOf(e)}", e);
        }
    }

    /// <summary>Tries whether it can be reached; nothing of it is changed.</summary>
    /// <returns>Why not, without anything secret; null when it can.</returns>
    public async Task<string?> WhyAwayAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await ConnectAsync(cancellationToken);
            return await WhyElsewhereAsync(connection, cancellationToken);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or TimeoutException)
        {
            return PostgresErrors.ReasonOf(e);
        }
    }

    /// <summary>An open connection.</summary>
    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => _sources.Used.OpenConnectionAsync(cancellationToken);

    /// <summary>Reads all rows that a statement finds. A connection that has died unnoticed is no reason to fail: the read is done once more.</summary>
    /// <exception cref="StoreUnavailableException">The database cannot be read now.</exception>
    public async ValueTask<List<T>> ReadAsync<T>(Statement statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        for (var again = false; ; again = true)
        {
            try
            {
                await using var connection = await ConnectAsync(cancellationToken);
                await using var command = statement.On(connection);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    rows.Add(read(reader));
                }

                return rows;
            }
            catch (Exception e) when (!again && PostgresErrors.IsOfTheLine(e))
            {
            }
            catch (Exception e) when (PostgresErrors.Of(e) is StoreUnavailableException unavailable)
            {
                throw unavailable;
            }
        }
    }

    /// <summary>Reads the first row that a statement finds.</summary>
    /// <returns>Null when it finds none.</returns>
    public async ValueTask<T?> FirstAsync<T>(Statement statement, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
        where T : class => (await ReadAsync(statement, read, cancellationToken)) is [var first, ..] ? first : null;

    /// <summary>A name as it stands in SQL.</summary>
    public static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public ValueTask DisposeAsync() => _sources.Owner.DisposeAsync();

    /// <summary>Whether a pooler stands in between. Where it gives each transaction another session, a statement that was prepared in one is not in the next, or is another.</summary>
    /// <remarks>A pooler names a session of its own when a connection is opened. Asking twice proves nothing: the session may be the same one by chance.</remarks>
    private async Task<bool> IsPooledAsync(CancellationToken cancellationToken)
    {
        await using var connection = await ConnectAsync(cancellationToken);
        await using var command = new NpgsqlCommand("SELECT pg_backend_pid()", connection);
        return (int)(await command.ExecuteScalarAsync(cancellationToken))! != connection.ProcessID;
    }

    /// <summary>Why statements would find other tables than those of the schema: a pooler may leave out what a connection asks for.</summary>
    private async Task<string?> WhyElsewhereAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        // The schema is the first of the path, which may be another way to write it, or is not there yet.
        await using var command = new NpgsqlCommand("SELECT current_setting('search_path'), current_schema() IS NOT DISTINCT FROM $1", connection) { Parameters = { new NpgsqlParameter<string> { TypedValue = Schema } } };
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var path = reader.GetString(0);
        return reader.GetBoolean(1) || path == Schema || path == Quoted(Schema) || path.StartsWith(Schema + ",", StringComparison.Ordinal) || path.StartsWith(Quoted(Schema) + ",", StringComparison.Ordinal)
            ? null
            : $"its search_path is {path} and not {Schema}, which a pooler has not passed on. Set it for the database's user: ALTER ROLE {address.Username} SET search_path = {Quoted(Schema)}";
    }

    private static bool IsSeveral(NpgsqlConnectionStringBuilder address) => address.Host!.Contains(',', StringComparison.Ordinal);

    /// <remarks>Among several hosts only the one that takes writes will do, whichever that is by now; the address need not ask for that.</remarks>
    private static (NpgsqlDataSource Owner, NpgsqlDataSource Used) SourcesOf(NpgsqlConnectionStringBuilder address)
    {
        var own = new NpgsqlConnectionStringBuilder(address.ConnectionString);
        own.Remove("Target Session Attributes");
        var builder = new NpgsqlDataSourceBuilder(own.ConnectionString);
        if (!IsSeveral(address))
        {
            var one = builder.Build();
            return (one, one);
        }

        var all = builder.BuildMultiHost();
        return (all, all.WithTargetSession(address.TargetSessionAttributes == "read-write" ? TargetSessionAttributes.ReadWrite : TargetSessionAttributes.Primary));
    }
}
