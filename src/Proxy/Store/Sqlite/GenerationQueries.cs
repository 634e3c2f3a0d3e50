using System.Globalization;
using Framegate.Proxy.Engine.Generations;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>The questions about many generations: what is listed by its contents, and what it has cost.</summary>
internal static class GenerationQueries
{
    private const string Json = "CAST(state AS TEXT)";

    /// <summary>Looks for generations.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="search">Which.</param>
    /// <param name="columns">The columns to read.</param>
    /// <param name="read">Reads a row.</param>
    /// <returns>Null when the cursor is none of those generations.</returns>
    public static GenerationPage? Search(SqliteConnection connection, GenerationSearch search, string columns, Func<SqliteDataReader, GenerationState> read)
    {
        using var cursor = connection.Command("SELECT created, seq FROM generations WHERE id = $1 AND ($2 IS NULL OR client = $2)", search.Cursor, search.Client);
        (long Created, long Seq)? after = search.Cursor is null ? null : cursor.All(r => (r.GetInt64(0), r.GetInt64(1))) is [var found, ..] ? found : null;
        if (search.Cursor is not null && after is null)
        {
            return null;
        }

        // Of one client the index is in order; of all clients the rows themselves are, in which they came.
        var (place, order) = search.Client is null ? ("seq < $6", "seq DESC") : ("(created, id) < ($5, $7)", "created DESC, id DESC");
        var plain =
            $"""
            FROM generations WHERE {(search.Client is null ? "$1 IS NULL" : "client = $1")} AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR provider = $3)
              AND ($4 IS NULL OR created >= $4) AND ($8 IS NULL OR created < $8) {(after is null ? "" : "AND " + place)}
            """;
        object?[] asked =
        [
            search.Client, search.Status, search.Provider, search.From?.ToUnixTimeMilliseconds(), after?.Created, after?.Seq, search.Cursor,
            search.To?.ToUnixTimeMilliseconds(),
        ];
        (string Id, long Created, long Seq)? last = null;
        if (search.LooksInside)
        {
            using var edge = connection.Command(
                string.Create(CultureInfo.InvariantCulture, $"SELECT id, created, seq {plain} ORDER BY {order} LIMIT 1 OFFSET {search.Window - 1}"), asked);
            last = edge.All(r => (r.GetString(0), r.GetInt64(1), r.GetInt64(2))) is [var row, ..] ? row : null;
        }

        using var command = connection.Command(
            $"""
            SELECT {columns} {plain}
              AND ($9 IS NULL OR {(search.Client is null ? "seq >= $9" : "(created, id) >= ($9, $10)")})
              AND ($11 IS NULL OR json_extract({Json}, '$.model') = $11 OR json_extract({Json}, '$.alias') = $11)
              AND ($12 IS NULL OR json_extract({Json}, '$.error.code') = $12)
              AND ($13 IS NULL OR json_extract({Json}, '$.asked.media_type') = $13)
              AND ($14 IS NULL OR id LIKE $15 ESCAPE '\' OR json_extract({Json}, '$.asked.prompt') LIKE $14 ESCAPE '\')
            ORDER BY {order} LIMIT $16
            """,
            [
                .. asked, last is null ? null : search.Client is null ? last.Value.Seq : last.Value.Created, last?.Id, search.Model, search.Code, search.Kind,
                search.Text is null ? null : $"%{Escaped(search.Text)}%", search.Text is null ? null : Escaped(search.Text) + "%", search.Limit + 1,
            ]);
        var items = command.All(read);
        return items.Count > search.Limit ? new GenerationPage([.. items.Take(search.Limit)], items[search.Limit - 1].Id) : new GenerationPage(items, last?.Id);
    }

    /// <summary>What was spent, by day, provider, model and client.</summary>
    public static IReadOnlyList<SpendRow> Spend(SqliteConnection connection, DateOnly from, DateOnly to)
    {
        using var command = connection.Command(
            $"""
            SELECT date(created / 1000, 'unixepoch') AS day, provider, model, client, count(*), sum(cost), sum(CASE WHEN estimated THEN cost ELSE 0 END),
              sum(CASE WHEN status = 'failed' THEN cost ELSE 0 END), sum(status = 'failed'), sum(saved)
            FROM (
              SELECT created, provider, client, status, json_extract({Json}, '$.model') AS model, coalesce(json_extract({Json}, '$.cost_estimated'), 0) AS estimated,
                CASE WHEN status = 'failed' AND NOT EXISTS (SELECT 1 FROM json_each({Json}, '$.attempts') AS a WHERE json_extract(a.value, '$.billed') <> 'no') THEN 0
                  ELSE coalesce(json_extract({Json}, '$.cost'), 0) END AS cost,
                coalesce(json_extract({Json}, '$.saved'), 0) AS saved
              FROM generations WHERE created >= $1 AND created < $2)
            GROUP BY day, provider, model, client ORDER BY day, provider, model, client
            """,
            Start(from), Start(to.AddDays(1)));
        return command.All(r => new SpendRow(
            DateOnly.ParseExact(r.GetString(0), "yyyy-MM-dd", CultureInfo.InvariantCulture), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4),
            Money(r, 5), Money(r, 6), Money(r, 7), r.GetInt64(8), Money(r, 9)));
    }

    private static long Start(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    // Sums of SQLite are doubles; money has six decimals at most.
    private static decimal Money(SqliteDataReader row, int column) => Math.Round((decimal)row.GetDouble(column), 6);

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
