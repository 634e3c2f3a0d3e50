using System.Globalization;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>The questions about many generations: what is listed by its contents, and what it has cost.</summary>
internal static class GenerationQueries
{
    private const string Json = "CAST(state AS TEXT)";

    /// <summary>The conditions on what <c>$2</c> and <c>$3</c> hold, where they are given: each has an index in the order of the list. Of the two the one that leaves more out is
    /// entered, and the plus keeps the other from being it: most generations succeed, or are of a few providers.</summary>
    /// <param name="status">The status; null for any.</param>
    /// <param name="provider">The provider; null for any.</param>
    public static string Only(string? status, string? provider) => (status, provider) switch
    {
        (null, null) => "",
        (null, _) => "AND provider = $3",
        (_, null) => "AND status = $2",
        ("success", _) => "AND +status = $2 AND provider = $3",
        _ => "AND status = $2 AND +provider = $3",
    };

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

        var meant = Meant(connection, search, after);
        using var command = connection.Command($"SELECT {columns} {meant.From} ORDER BY {meant.Order} LIMIT $16", [.. meant.Asked, search.Limit + 1]);
        var items = command.All(read);
        var page = items.Count > search.Limit ? new GenerationPage([.. items.Take(search.Limit)], items[search.Limit - 1].Id) : new GenerationPage(items, meant.Edge);
        return search.CountUpTo is { } most ? page with { Count = Count(connection, search, most, after is null ? meant : Meant(connection, search, after: null)) } : page;
    }

    private static GenerationCount Count(SqliteConnection connection, GenerationSearch search, int most, (string From, string Order, object?[] Asked, string? Edge) meant)
    {
        var (newest, isCut) = ("", meant.Edge is not null);
        if (meant.Edge is null && search.Client is null)
        {
            // No index is of all clients: only the newest rows are looked at, whose numbers have no gaps that matter.
            var bound = string.Create(CultureInfo.InvariantCulture, $"(SELECT max(seq) - {search.Window} FROM generations)");
            using var older = connection.Command($"SELECT created FROM generations WHERE seq <= {bound} ORDER BY seq DESC LIMIT 1");
            isCut = older.All(r => r.GetInt64(0)) is [var created] && !(search.From?.ToUnixTimeMilliseconds() > created);
            newest = $"AND seq > {bound}";
        }

        using var command = connection.Command($"SELECT count(*) FROM (SELECT 1 {meant.From} {newest} ORDER BY {meant.Order} LIMIT $16)", [.. meant.Asked, most + 1]);
        return GenerationCount.Of(command.All(r => r.GetInt32(0))[0], most, isCut);
    }

    /// <summary>The rows that a search means.</summary>
    /// <returns>Where they are, their order, what the conditions hold, and the last row that is looked at; null when all are.</returns>
    private static (string From, string Order, object?[] Asked, string? Edge) Meant(SqliteConnection connection, GenerationSearch search, (long Created, long Seq)? after)
    {
        // Of one client the index is in order; of all clients the rows themselves are, in which they came.
        var (place, order) = search.Client is null ? ("seq < $6", "seq DESC") : ("(created, id) < ($5, $7)", "created DESC, id DESC");
        var plain =
            $"""
            FROM generations WHERE {(search.Client is null ? "$1 IS NULL" : "client = $1")} {Only(search.Status, search.Provider)}
              {(search.From is null ? "" : "AND created >= $4")} {(search.To is null ? "" : "AND created < $8")} {(after is null ? "" : "AND " + place)}
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

        var from =
            $"""
            {plain}
              {(last is null ? "" : search.Client is null ? "AND seq >= $9" : "AND (created, id) >= ($9, $10)")}
              AND ($11 IS NULL OR json_extract({Json}, '$.model') = $11 OR json_extract({Json}, '$.alias') = $11)
              AND ($12 IS NULL OR json_extract({Json}, '$.error.code') = $12)
              AND ($13 IS NULL OR json_extract({Json}, '$.asked.media_type') = $13)
              AND ($14 IS NULL OR id LIKE $15 ESCAPE '\' OR json_extract({Json}, '$.asked.prompt') LIKE $14 ESCAPE '\')
            """;
        return (
            from,
            order,
            [
                .. asked, last is null ? null : search.Client is null ? last.Value.Seq : last.Value.Created, last?.Id, search.Model, search.Code, search.Kind,
                search.Text is null ? null : $"%{Escaped(search.Text)}%", search.Text is null ? null : Escaped(search.Text) + "%",
            ],
            last?.Id);
    }

    /// <summary>What was spent, by day, provider, model and client; of forgotten generations too.</summary>
    public static IReadOnlyList<SpendRow> Spend(SqliteConnection connection, DateOnly from, DateOnly to)
    {
        using var command = connection.Command(
            $"""
            SELECT day, provider, model, client, sum(generations), sum(cost), sum(estimated), sum(failed_cost), sum(failed), sum(saved) FROM (
              {ByDay("created >= $1 AND created < $2")}
              UNION ALL
              SELECT day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge FROM spend WHERE day >= $3 AND day <= $4)
            GROUP BY day, provider, model, client ORDER BY day, provider, model, client
            """,
            Start(from), Start(to.AddDays(1)), Name(from), Name(to));
        return command.All(r => new SpendRow(
            DateOnly.ParseExact(r.GetString(0), "yyyy-MM-dd", CultureInfo.InvariantCulture), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4),
            Money.OfMillionths(r.GetInt64(5)), Money.OfMillionths(r.GetInt64(6)), Money.OfMillionths(r.GetInt64(7)), r.GetInt64(8), Money.OfMillionths(r.GetInt64(9))));
    }

    /// <summary>Keeps what those generations have cost that are forgotten next: the oldest that are not open.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="until">They came before that, in milliseconds.</param>
    /// <param name="limit">How many at most.</param>
    public static void KeepSpend(SqliteConnection connection, long until, int limit)
    {
        using var keep = connection.Command(
            $"""
            INSERT INTO spend (day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge)
            SELECT day, client, provider, model, generations, cost, estimated, failed_cost, failed, saved, charge FROM (
              {ByDay("seq IN (SELECT seq FROM generations WHERE open = 0 AND created < $1 ORDER BY created, seq LIMIT $2)")}) WHERE true
            ON CONFLICT (day, client, provider, model) DO UPDATE SET generations = generations + excluded.generations, cost = cost + excluded.cost,
              estimated = estimated + excluded.estimated, failed_cost = failed_cost + excluded.failed_cost, failed = failed + excluded.failed,
              saved = saved + excluded.saved, charge = charge + excluded.charge, sum = NULL
            """,
            until, limit);
        keep.ExecuteNonQuery();
        using var sums = connection.Command($"UPDATE spend SET sum = {RowSums.OfSpend} WHERE sum IS NULL");
        sums.ExecuteNonQuery();
    }

    /// <summary>What each client's generations count against its budgets.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="today">The day, UTC.</param>
    public static IReadOnlyList<ChargedRow> Charged(SqliteConnection connection, DateOnly today)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        using var command = connection.Command(
            """
            SELECT client, sum(today), sum(month), sum(total) FROM (
              SELECT client, CASE WHEN created >= $1 THEN charge ELSE 0 END AS today, CASE WHEN created >= $2 THEN charge ELSE 0 END AS month, charge AS total
              FROM generations WHERE charge > 0
              UNION ALL
              SELECT client, CASE WHEN day >= $3 THEN charge ELSE 0 END, CASE WHEN day >= $4 THEN charge ELSE 0 END, charge FROM spend)
            GROUP BY client
            """,
            Start(today), Start(month), Name(today), Name(month));
        return command.All(r => new ChargedRow(r.GetString(0), Money.OfMillionths(r.GetInt64(1)), Money.OfMillionths(r.GetInt64(2)), Money.OfMillionths(r.GetInt64(3))));
    }

    /// <summary>Sums by day, in millionths, so that they are exact. What was billed before a generation went on to another provider is taken from that one, and is the earlier
    /// one's.</summary>
    private static string ByDay(string where) =>
        $"""
        SELECT day, client, provider, model, sum(one) AS generations, sum(cost) AS cost, sum(CASE WHEN estimated THEN cost ELSE 0 END) AS estimated,
          sum(CASE WHEN status = 'failed' THEN cost ELSE 0 END) AS failed_cost, sum(one AND status = 'failed') AS failed, sum(saved) AS saved, sum(charge) AS charge
        FROM (
          SELECT 1 AS one, date(created / 1000, 'unixepoch') AS day, provider, client, status, charge, json_extract({Json}, '$.model') AS model,
            coalesce(json_extract({Json}, '$.cost_estimated'), 0) AS estimated,
            CASE WHEN status = 'failed' AND NOT EXISTS (SELECT 1 FROM json_each({Json}, '$.attempts') AS a WHERE json_extract(a.value, '$.billed') <> 'no') THEN 0
              ELSE CAST(round(1000000 * coalesce(json_extract({Json}, '$.cost'), 0)) AS INTEGER) END AS cost,
            CAST(round(1000000 * coalesce(json_extract({Json}, '$.saved'), 0)) AS INTEGER) AS saved
          FROM generations WHERE {where}
          UNION ALL
          SELECT 0, date(created / 1000, 'unixepoch'), iif(mine, json_extract(b.value, '$.provider'), provider), client, status, 0,
            json_extract(iif(mine, b.value, {Json}), '$.model'), coalesce(iif(mine, json_extract(b.value, '$.estimated'), json_extract({Json}, '$.cost_estimated')), 0),
            iif(mine, 1, -1) * CAST(round(1000000 * json_extract(b.value, '$.cost')) AS INTEGER), 0
          FROM generations, json_each({Json}, '$.bills') AS b, (SELECT 1 AS mine UNION ALL SELECT 0) WHERE {where})
        GROUP BY day, client, provider, model
        """;

    private static string Name(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static long Start(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
