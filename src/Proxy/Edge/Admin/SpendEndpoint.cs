using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.Admin;

/// <summary><c>GET /admin/spend</c>: what was spent by day, provider, model and client. Days are UTC.</summary>
internal static class SpendEndpoint
{
    private const int MostDays = 366;
    private const int UsualDays = 30;
    private static readonly string[] s_names = ["from", "to", "format"];

    /// <summary>Maps it.</summary>
    public static void MapSpend(this RouteGroupBuilder admin) => admin.MapRead("/spend", Report);

    private static async Task<IResult> Report(HttpContext context, IGenerationReports store, TimeProvider time, CancellationToken aborted)
    {
        var query = context.Request.Query;
        if (query.Keys.FirstOrDefault(k => !s_names.Contains(k)) is { } unknown)
        {
            return Problems.BadQuery($"{Problems.Shown(unknown)}: There is no such parameter. Allowed: {string.Join(", ", s_names)}.");
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (!TryDay(query["to"], today, out var to) || !TryDay(query["from"], to.AddDays(1 - UsualDays), out var from) || from > to || to.DayNumber - from.DayNumber >= MostDays)
        {
            return Problems.BadQuery($"from, to: must be days like 2026-11-28, the first before the last, {MostDays} at most.");
        }

        if (query["format"].ToString() is not ("" or "json" or "csv"))
        {
            return Problems.BadQuery("format: must be one of json, csv.");
        }

        var rows = await store.SpendAsync(from, to, aborted);
        return query["format"] == "csv"
            ? TypedResults.Text(Csv(rows), "text/csv", Encoding.UTF8)
            : TypedResults.Json(new SpendReport(from, to, "UTC", rows), SpendJson.Default.SpendReport);
    }

    private static bool TryDay(string? text, DateOnly usual, out DateOnly day)
    {
        day = usual;
        return string.IsNullOrEmpty(text) || DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day);
    }

    private static string Csv(IReadOnlyList<SpendRow> rows)
    {
        var text = new StringBuilder("day,provider,model,client,generations,failed,cost,estimated,failed_cost,saved\n");
        foreach (var r in rows)
        {
            text.Append(CultureInfo.InvariantCulture, $"{r.Day:yyyy-MM-dd},{Field(r.Provider)},{Field(r.Model)},{Field(r.Client)},{r.Generations},{r.Failed},{r.Cost},{r.Estimated},{r.FailedCost},{r.Saved}\n");
        }

        return text.ToString();
    }

    // A spreadsheet runs what begins like a formula.
    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\n\r") < 0 && text is not ['=' or '+' or '-' or '@', ..] ? text : $"\"{(text is ['=' or '+' or '-' or '@', ..] ? "'" : "")}{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}

/// <summary>What was spent.</summary>
/// <param name="From">The first day.</param>
/// <param name="To">The last day.</param>
/// <param name="Zone">The zone of the days.</param>
/// <param name="Data">The rows, by day.</param>
internal sealed record SpendReport(DateOnly From, DateOnly To, string Zone, IReadOnlyList<SpendRow> Data);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(SpendReport))]
internal sealed partial class SpendJson : JsonSerializerContext;
