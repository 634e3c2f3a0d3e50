using System.Globalization;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>The questions about many generations: what is listed by its contents, and what it has cost.</summary>
internal static class PostgresReports
{
    /// <summary>Looks for generations.</summary>
    /// <returns>Null when the cursor is none of those generations.</returns>
    public static async ValueTask<GenerationPage?> SearchAsync(PostgresDatabase database, GenerationSearch search, CancellationToken cancellationToken)
    {
        (string Id, long Created)? after = null;
        if (search.Cursor is { } cursor)
        {
            var place = await database.ReadAsync(
                new("SELECT created FROM generations WHERE id = $1 AND ($2 IS NULL OR client = $2)", cursor, search.Client), static r => r.GetInt64(0), cancellationToken);
            if (place.Count == 0)
            {
                return null;
            }

            after = (cursor, place[0]);
        }

        var meant = await MeantAsync(database, search, after, cancellationToken);
        var items = await database.ReadAsync(
            new($"SELECT {GenerationRow.ShownColumns} {meant.From} ORDER BY created DESC, id DESC LIMIT $15", [.. meant.Asked, search.Limit + 1]), GenerationRow.ReadShown, cancellationToken);
        var page = items.Count > search.Limit ? new GenerationPage([.. items.Take(search.Limit)], items[search.Limit - 1].Id) : new GenerationPage(items, meant.Edge);
        return search.CountUpTo is { } most ? page with { Count = await CountAsync(database, search, most, cancellationToken) } : page;
    }

    private static async ValueTask<GenerationCount> CountAsync(PostgresDatabase database, GenerationSearch search, int most, CancellationToken cancellationToken)
    {
        var meant = await MeantAsync(database, search, after: null, cancellationToken);
        var found = await database.ReadAsync(
            new($"SELECT count(*)::int FROM (SELECT 1 {meant.From} LIMIT $15) AS those", [.. meant.Asked, most + 1]), static r => r.GetInt32(0), cancellationToken);
        return GenerationCount.Of(found[0], most, meant.Edge is not null);
    }

    /// <summary>The rows that a search means.</summary>
    /// <returns>Where they are, what the conditions hold, and the last row that is looked at; null when all are.</returns>
    private static async ValueTask<(string From, Value[] Asked, string? Edge)> MeantAsync(
        PostgresDatabase database, GenerationSearch search, (string Id, long Created)? after, CancellationToken cancellationToken)
    {
        var plain = $"""
            FROM generations WHERE ($1 IS NULL OR client = $1) AND ($2 IS NULL OR status = $2) AND ($3 IS NULL OR provider = $3)
              AND ($4 IS NULL OR created >= $4) AND ($5 IS NULL OR created < $5){(after is null ? "" : " AND (created, id) < ($6, $7)")}
            """;
        Value[] asked =
        [
            search.Client, search.Status, search.Provider, search.From?.ToUnixTimeMilliseconds(), search.To?.ToUnixTimeMilliseconds(), after?.Created, after?.Id,
        ];
        (string Id, long Created)? last = null;
        if (search.LooksInside)
        {
            var edge = await database.ReadAsync(
                new($"SELECT id, created {plain} ORDER BY created DESC, id DESC LIMIT 1 OFFSET $8", [.. asked, search.Window - 1]), static r => (r.GetString(0), r.GetInt64(1)),
                cancellationToken);
            last = edge is [var row, ..] ? row : null;
        }

        var from = $"""
            {plain}{(last is null ? "" : " AND (created, id) >= ($8, $9)")}
              AND ($10 IS NULL OR model = $10 OR alias = $10) AND ($11 IS NULL OR code = $11) AND ($12 IS NULL OR kind = $12)
              AND ($13 IS NULL OR id ILIKE $14 OR prompt ILIKE $13)
            """;
        return (
            from,
            [
                .. asked, last?.Created, last?.Id, search.Model, search.Code, search.Kind,
                search.Text is null ? null : $"%{Escaped(search.Text)}%", search.Text is null ? null : Escaped(search.Text) + "%",
            ],
            last?.Id);
    }

    /// <summary>What was spent, by day, provider, model and client.</summary>
    public static async ValueTask<IReadOnlyList<SpendRow>> SpendAsync(PostgresDatabase database, DateOnly from, DateOnly to, CancellationToken cancellationToken) =>
        await database.ReadAsync(
            new(
                $"""
                SELECT day, provider, model, client, sum(generations)::bigint, sum(cost), sum(estimated), sum(failed_cost), sum(failed)::bigint, sum(saved) FROM (
                  {PostgresSpend.ByDay("g.created >= $1 AND g.created < $2")}
                  UNION ALL
                  SELECT day, provider, model, client, generations, cost, estimated, failed_cost, failed, saved, charge FROM spend WHERE day >= $3 AND day <= $4) AS both_kinds
                GROUP BY day, provider, model, client ORDER BY day, provider, model, client
                """,
                Start(from), Start(to.AddDays(1)), Name(from), Name(to)),
            static r => new SpendRow(
                DateOnly.ParseExact(r.GetString(0), "yyyy-MM-dd", CultureInfo.InvariantCulture), r.GetString(1), r.GetString(2), r.GetString(3), r.GetInt64(4),
                r.GetDecimal(5), r.GetDecimal(6), r.GetDecimal(7), r.GetInt64(8), r.GetDecimal(9)),
            cancellationToken);

    /// <summary>What each client's generations count against its budgets.</summary>
    public static async ValueTask<IReadOnlyList<ChargedRow>> ChargedAsync(PostgresDatabase database, DateOnly today, CancellationToken cancellationToken)
    {
        var month = new DateOnly(today.Year, today.Month, 1);
        return await database.ReadAsync(
            new(
                """
                SELECT client, coalesce(sum(charge) FILTER (WHERE of_today), 0), coalesce(sum(charge) FILTER (WHERE of_month), 0), sum(charge) FROM (
                  SELECT client, charge, created >= $1 AS of_today, created >= $2 AS of_month FROM generations WHERE charge > 0
                  UNION ALL
                  SELECT client, charge, day >= $3, day >= $4 FROM spend) AS both_kinds
                GROUP BY client
                """,
                Start(today), Start(month), Name(today), Name(month)),
            static r => new ChargedRow(r.GetString(0), r.GetDecimal(1), r.GetDecimal(2), r.GetDecimal(3)), cancellationToken);
    }

    /// <summary>A day as the sums of forgotten generations name it.</summary>
    public static string Name(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>When a day begins, milliseconds since 1970.</summary>
    public static long Start(DateOnly day) => new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).ToUnixTimeMilliseconds();

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);
}
