using Framegate.Proxy.Engine.Generations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>Requests of the OpenAI dialect in the SQLite file of the data folder.</summary>
internal sealed class SqliteOpenAiRequests(SqliteDatabase database, SqliteWriter writer, IOptions<JobsOptions> jobs) : IOpenAiRequests
{
    private const int MostCandidates = 16;

    private readonly PreparedCommand _insert = new("""
        INSERT INTO openai_requests (generation, client, fingerprint, created, video, deleted) VALUES ($1, $2, $3, $4, $5, 0) ON CONFLICT DO NOTHING
        """);

    private readonly PreparedCommand _delete = new("""
        INSERT INTO openai_requests (generation, client, fingerprint, created, video, deleted) VALUES ($1, $2, x'', $3, NULL, 1)
        ON CONFLICT (generation) DO UPDATE SET deleted = 1, video = NULL
        """);

    // Old rows go as new ones come, a few at a time.
    private readonly PreparedCommand _forget = new(
        "DELETE FROM openai_requests WHERE generation IN (SELECT generation FROM openai_requests WHERE created < $1 ORDER BY created LIMIT 4)");

    public async ValueTask AddAsync(OpenAiRequest request, CancellationToken cancellationToken)
    {
        await writer.WriteAsync(
            connection =>
            {
                _forget.Run(connection, (request.CreatedAt - jobs.Value.Retention).ToUnixTimeMilliseconds());
                return _insert.Run(
                    connection, request.Generation, request.Client, request.Fingerprint, request.CreatedAt.ToUnixTimeMilliseconds(), request.Attachment);
            },
            cancellationToken);
    }

    public IReadOnlyList<string> FindRecent(string client, byte[] fingerprint, DateTimeOffset since)
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText =
            "SELECT generation FROM openai_requests WHERE client = $1 AND fingerprint = $2 AND created >= $3 ORDER BY created DESC LIMIT $4";
        command.Parameters.AddWithValue("$1", client);
        command.Parameters.AddWithValue("$2", fingerprint);
        command.Parameters.AddWithValue("$3", since.ToUnixTimeMilliseconds());
        command.Parameters.AddWithValue("$4", MostCandidates);
        using var reader = command.ExecuteReader();
        var found = new List<string>();
        while (reader.Read())
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    public OpenAiRequest? Find(string generation)
    {
        using var connection = database.Connect();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT client, fingerprint, created, video, deleted FROM openai_requests WHERE generation = $1";
        command.Parameters.AddWithValue("$1", generation);
        using var reader = command.ExecuteReader();
        return reader.Read()
            ? new OpenAiRequest(
                generation,
                reader.GetString(0),
                reader.GetFieldValue<byte[]>(1),
                DateTimeOffset.FromUnixTimeMilliseconds(reader.GetInt64(2)),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3),
                reader.GetInt64(4) != 0)
            : null;
    }

    public async ValueTask DeleteAsync(string generation, string client, DateTimeOffset now, CancellationToken cancellationToken) =>
        await writer.WriteAsync(connection => _delete.Run(connection, generation, client, now.ToUnixTimeMilliseconds()), cancellationToken);
}
