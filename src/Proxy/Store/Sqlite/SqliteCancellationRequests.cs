using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Cancel wishes in the SQLite file of the data folder; those of finished generations go with the next one.</summary>
internal sealed class SqliteCancellationRequests(SqliteDatabase database, SqliteWriter writer) : ICancellationRequests
{
    private readonly PreparedCommand _drop = new(
        "DELETE FROM cancel_wishes WHERE NOT EXISTS (SELECT 1 FROM generations WHERE id = generation AND open = 1)");

    private readonly PreparedCommand _add = new("INSERT INTO cancel_wishes (generation) VALUES ($1) ON CONFLICT DO NOTHING");

    public async ValueTask AddAsync(string generation, CancellationToken cancellationToken) => await writer.WriteAsync(
        connection =>
        {
            _drop.Run(connection);
            return _add.Run(connection, generation);
        },
        cancellationToken);

    public IReadOnlySet<string> Open()
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT generation FROM cancel_wishes JOIN generations ON id = generation AND open = 1";
        using var reader = command.ExecuteReader();
        var cancellations = new HashSet<string>(StringComparer.Ordinal);
        while (reader.Read())
        {
            cancellations.Add(reader.GetString(0));
        }

        return cancellations;
    }
}
