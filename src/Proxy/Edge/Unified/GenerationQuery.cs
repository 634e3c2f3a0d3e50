using System.Globalization;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>Reads which generations a list is to show. What it does not know it refuses: a filter that does nothing looks like one that finds everything.</summary>
internal static class GenerationQuery
{
    private const int DefaultPage = 20;
    private const int LargestPage = 100;
    private const int LongestText = 200;
    private const int CountedUpTo = 10_000;
    private static readonly string[] s_names = ["status", "provider", "model", "code", "kind", "from", "to", "q", "limit", "cursor", "count"];
    private static readonly string[] s_kinds = [.. Enum.GetValues<MediaType>().Select(k => JsonSerializer.SerializeToElement(k, ContractJson.Default.MediaType).GetString()!)];
    private static readonly string[] s_codes = [.. Enum.GetValues<ErrorCode>().Select(c => JsonSerializer.SerializeToElement(c, ContractJson.Default.ErrorCode).GetString()!)];

    /// <summary>Reads it.</summary>
    /// <param name="query">The query.</param>
    /// <param name="search">Whose generations, and the filters; null when one is refused.</param>
    /// <param name="client">The client that asks; null for the operator, who may name one.</param>
    /// <returns>Null, or what is refused.</returns>
    public static IResult? Read(IQueryCollection query, string? client, out GenerationSearch? search)
    {
        search = null;
        var allowed = client is null ? [.. s_names, "client"] : s_names;
        foreach (var (name, values) in query)
        {
            // Google's clients send their key in the query.
            if (!allowed.Contains(name) && name != "key")
            {
                return Problems.BadQuery($"{Problems.Shown(name)}: There is no such filter. Allowed: {string.Join(", ", allowed)}.");
            }

            if (values.Count > 1)
            {
                return Problems.BadQuery($"{name}: must be given once.");
            }
        }

        var size = DefaultPage;
        if (Value(query, "status") is not (null or "processing" or "success" or "failed"))
        {
            return Problems.BadQuery("status: must be one of processing, success, failed.");
        }

        if (Value(query, "limit") is { } limit && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > LargestPage))
        {
            return Problems.BadQuery($"limit: must be a whole number from 1 to {LargestPage}.");
        }

        if (Value(query, "kind") is { } kind && !s_kinds.Contains(kind))
        {
            return Problems.BadQuery($"kind: must be one of {string.Join(", ", s_kinds)}.");
        }

        if (Value(query, "code") is { } code && !s_codes.Contains(code))
        {
            return Problems.BadQuery($"code: must be one of {string.Join(", ", s_codes)}.");
        }

        if (Value(query, "count") is not (null or "true" or "false"))
        {
            return Problems.BadQuery("count: must be one of true, false.");
        }

        if (Value(query, "q") is { Length: > LongestText })
        {
            return Problems.BadQuery($"q: must be at most {LongestText} characters.");
        }

        if (!TryTime(query, "from", out var from) || !TryTime(query, "to", out var to))
        {
            return Problems.BadQuery("from, to: must be instants like 2026-11-28T00:00:00Z.");
        }

        search = new GenerationSearch
        {
            Client = client ?? Value(query, "client"),
            Status = Value(query, "status"),
            Provider = Value(query, "provider"),
            Model = Value(query, "model"),
            Code = Value(query, "code"),
            Kind = Value(query, "kind"),
            Text = Value(query, "q"),
            From = from,
            To = to,
            Cursor = Value(query, "cursor"),
            Limit = size,
            CountUpTo = Value(query, "count") == "true" ? CountedUpTo : null,
        };
        return null;
    }

    /// <summary>400.</summary>
    public static IResult UnknownCursor() => Problems.BadQuery("cursor: must be the next_cursor of an earlier page.");

    private static string? Value(IQueryCollection query, string name) => query[name].ToString() is { Length: > 0 } value ? value : null;

    private static bool TryTime(IQueryCollection query, string name, out DateTimeOffset? time)
    {
        time = null;
        if (Value(query, name) is not { } text)
        {
            return true;
        }

        var read = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var value);
        time = value;
        return read;
    }
}
