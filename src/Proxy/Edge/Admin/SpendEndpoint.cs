using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Edge.Admin;

/// <summary>
/// <c>GET /admin/spend</c>: what was spent, by <c>day</c>, <c>provider</c>, <c>model</c> and <c>client</c>, or by some of them; <c>GET /spend</c>: what its caller
/// spent. Days are UTC.
/// </summary>
internal static class SpendEndpoint
{
    private const int MostDays = 366;
    private const int UsualDays = 30;

    // Nothing was spent outside of them, and a month more or less is still a date.
    private const int FirstYear = 2000;
    private const int LastYear = 9998;
    private static readonly string[] s_names = ["from", "to", "format", "by"];
    private static readonly string[] s_groups = ["day", "provider", "model", "client"];

    /// <summary>Maps the operator's.</summary>
    public static void MapSpend(this RouteGroupBuilder admin) => admin.MapMethods("/spend", ReadRoutes.Methods, (HttpContext context, IGenerationReports store, TimeProvider time, CancellationToken aborted) => ReportAsync(context, null, s_groups, store, time, aborted));

    /// <summary>Maps the clients'.</summary>
    public static void MapOwnSpend(this IEndpointRouteBuilder routes) => routes.MapMethods("/spend", ReadRoutes.Methods, (HttpContext context, IGenerationReports store, TimeProvider time, CancellationToken aborted) =>
            ReportAsync(context, Client.Of(context), s_groups[..^1], store, time, aborted));

    private static async Task<IResult> ReportAsync(HttpContext context, string? client, string[] groups, IGenerationReports store, TimeProvider time, CancellationToken aborted)
    {
        var query = context.Request.Query;
        if (query.Keys.FirstOrDefault(k => !s_names.Contains(k)) is { } unknown)
        {
            return Problems.BadQuery($"{Problems.Shown(unknown)}: There is no such parameter. Allowed: {string.Join(", ", s_names)}.");
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (!TryDay(query["to"], today, out var to) || !TryDay(query["from"], to.AddDays(1 - UsualDays), out var from) || from > to || to.DayNumber - from.DayNumber >= MostDays)
        {
            return Problems.BadQuery($"from, to: must be days like 2026-11-28, from {FirstYear} to {LastYear}, the first before the last, {MostDays} at most.");
        }

        if (query["format"].ToString() is not ("" or "json" or "csv"))
        {
            return Problems.BadQuery("format: must be one of json, csv.");
        }

        var by = query["by"].ToString() is { Length: > 0 } asked ? asked.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) : groups;
        if (by.FirstOrDefault(g => !groups.Contains(g)) is { } group)
        {
            return Problems.BadQuery($"by: '{Problems.Shown(group)}' must be one of {string.Join(", ", groups)}; several are separated by commas.");
        }

        var rows = Grouped((await store.SpendAsync(from, to, aborted)).Where(r => client is null || r.Client.Equals(client, StringComparison.OrdinalIgnoreCase)), by);
        return query["format"] == "csv"
            ? TypedResults.Text(Csv(rows, by), "text/csv", Encoding.UTF8)
            : TypedResults.Json(new SpendReport(from, to, "UTC", rows, Total(rows)), SpendJson.Default.SpendReport);
    }

    private static IReadOnlyList<SpendView> Grouped(IEnumerable<SpendRow> rows, string[] by) =>
    [
        .. rows.Select(SpendView.Of)
            .GroupBy(r => (
                Day: by.Contains("day") ? r.Day : null, Provider: by.Contains("provider") ? r.Provider : null, Model: by.Contains("model") ? r.Model : null,
                Client: by.Contains("client") ? r.Client : null))
            .Select(g => g.Aggregate(SpendView.Nothing, (sum, r) => sum.And(r)) with { Day = g.Key.Day, Provider = g.Key.Provider, Model = g.Key.Model, Client = g.Key.Client })
            .OrderBy(r => r.Day).ThenBy(r => r.Provider, StringComparer.Ordinal).ThenBy(r => r.Model, StringComparer.Ordinal).ThenBy(r => r.Client, StringComparer.Ordinal),
    ];

    private static SpendView Total(IReadOnlyList<SpendView> rows) => rows.Aggregate(SpendView.Nothing, (sum, r) => sum.And(r));

    private static bool TryDay(string? text, DateOnly usual, out DateOnly day)
    {
        day = usual;
        return string.IsNullOrEmpty(text)
            || (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day) && day.Year is >= FirstYear and <= LastYear);
    }

    private static string Csv(IReadOnlyList<SpendView> rows, string[] by)
    {
        var text = new StringBuilder(string.Join(',', s_groups.Where(by.Contains))).Append(",generations,failed,cost,estimated,failed_cost,saved\n");
        foreach (var r in rows)
        {
            foreach (var group in s_groups.Where(by.Contains))
            {
                text.Append(Field(group switch
                {
                    "day" => r.Day!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                    "provider" => r.Provider!,
                    "model" => r.Model!,
                    _ => r.Client!,
                })).Append(',');
            }

            text.Append(CultureInfo.InvariantCulture, $"{r.Generations},{r.Failed},{r.Cost},{r.Estimated},{r.FailedCost},{r.Saved}\n");
        }

        return text.ToString().TrimStart(',');
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
/// <param name="Total">The sum of the rows.</param>
internal sealed record SpendReport(DateOnly From, DateOnly To, string Zone, IReadOnlyList<SpendView> Data, SpendView Total);

/// <summary>A sum of spending, USD. What it is not divided by is left out.</summary>
/// <param name="Generations">How many generations.</param>
/// <param name="Failed">How many of them failed.</param>
/// <param name="Cost">What they cost.</param>
/// <param name="Estimated">How much of that comes from price lists.</param>
/// <param name="FailedCost">How much of that was paid for what failed.</param>
/// <param name="Saved">What cached and shared results would have cost.</param>
internal sealed record SpendView(long Generations, long Failed, decimal Cost, decimal Estimated, decimal FailedCost, decimal Saved)
{
    /// <summary>No spending.</summary>
    public static SpendView Nothing { get; } = new(0, 0, 0, 0, 0, 0);

    /// <summary>The day, UTC.</summary>
    [JsonPropertyOrder(-4)]
    public DateOnly? Day { get; init; }

    /// <summary>The provider.</summary>
    [JsonPropertyOrder(-3)]
    public string? Provider { get; init; }

    /// <summary>The model.</summary>
    [JsonPropertyOrder(-2)]
    public string? Model { get; init; }

    /// <summary>The client.</summary>
    [JsonPropertyOrder(-1)]
    public string? Client { get; init; }

    /// <summary>A row of the store.</summary>
    public static SpendView Of(SpendRow row) => new(row.Generations, row.Failed, row.Cost, row.Estimated, row.FailedCost, row.Saved)
    {
        Day = row.Day,
        Provider = row.Provider,
        Model = row.Model,
        Client = row.Client,
    };

    /// <summary>This and another one.</summary>
    public SpendView And(SpendView other) => new(
        Generations + other.Generations, Failed + other.Failed, Cost + other.Cost, Estimated + other.Estimated, FailedCost + other.FailedCost, Saved + other.Saved);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SpendReport))]
internal sealed partial class SpendJson : JsonSerializerContext;
