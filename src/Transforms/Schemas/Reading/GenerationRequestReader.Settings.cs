using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Schemas.Reading;

/// <content>Time, retries and the callback.</content>
public static partial class GenerationRequestReader
{
    private const int MaxTimeoutSeconds = 3600;

    private static DateTimeOffset? ReadTimestamp(FieldReader fields)
    {
        if (!fields.TryGetText("timestamp", out var text))
        {
            return null;
        }

        fields.TryGet("timestamp", out var value);
        if (!value.TryGetDateTimeOffset(out var timestamp))
        {
            fields.Add("timestamp", "It must be an ISO 8601 date, as in 2026-11-03T10:00:00Z.");
            return null;
        }

        // Without an offset the parser takes the zone of this machine; a caller elsewhere cannot have meant that.
        return HasOffset(text) ? timestamp : new DateTimeOffset(timestamp.DateTime, TimeSpan.Zero);
    }

    private static bool HasOffset(string text)
    {
        var time = text.IndexOf('T', StringComparison.Ordinal);
        return time >= 0 && text.AsSpan(time).ContainsAny('Z', '+', '-');
    }

    private static TimeSpan? ReadTimeout(FieldReader fields)
    {
        if (fields.Number("timeout", 1, MaxTimeoutSeconds) is null)
        {
            return null;
        }

        // Through decimal, so that what is written later is what was read.
        fields.TryGet("timeout", out var value);
        return value.TryGetDecimal(out var seconds) ? TimeSpan.FromTicks((long)decimal.Round(seconds * TimeSpan.TicksPerSecond)) : null;
    }

    private static RetryConfig? ReadRetry(FieldReader fields)
    {
        if (!fields.TryGetObject("retry_config", out var json) || FieldReader.NamesOf(json, "retry_config", fields.Errors) is not { } names)
        {
            return null;
        }

        foreach (var name in names)
        {
            if (!ContractNames.RetryFieldSet.Contains(name))
            {
                fields.Errors.Add(
                    FieldErrorList.PathOf("retry_config", name), "It is no field of retry_config.", ContractNames.RetryFields);
            }
        }

        var retry = new FieldReader(json, names, "retry_config", fields.Errors);
        var baseDelay = retry.Int("base_delay_ms", 0, 60_000);
        var maxDelay = retry.Int("max_delay_ms", 0, 300_000);
        if (maxDelay < baseDelay)
        {
            retry.Add("max_delay_ms", $"It must be at least base_delay_ms, {baseDelay}.");
        }

        return new RetryConfig(
            retry.Int("max_attempts", 1, 10),
            baseDelay is { } b ? TimeSpan.FromMilliseconds(b) : null,
            maxDelay is { } m ? TimeSpan.FromMilliseconds(m) : null,
            retry.Flag("jitter"),
            ReadRetryOn(retry))
        {
            MaxCost = retry.Number("max_cost", 0, 1_000_000) is not null && retry.TryGet("max_cost", out var cost) && cost.TryGetDecimal(out var most) ? most : null,
        };
    }

    private static List<ErrorCode>? ReadRetryOn(FieldReader retry) =>
        ReadNames(retry, "retry_on", "codes", ContractNames.ErrorCodes, ContractNames.ToErrorCode);

    private static CallbackEvents? ReadCallbackEvents(FieldReader fields)
    {
        var events = ReadNames(fields, "callback_events", "events", ContractNames.CallbackEventNames, ContractNames.ToCallbackEvent);
        if (events is { Count: 0 } && !fields.Errors.Has("callback_events[0]"))
        {
            fields.Add("callback_events", "It must name one event at least.", ContractNames.CallbackEventNames);
        }

        return events?.Aggregate(CallbackEvents.None, (all, one) => all | one);
    }

    /// <summary>Reads an array of names, each of them once at most.</summary>
    private static List<T>? ReadNames<T>(FieldReader fields, string field, string kind, IReadOnlyList<string> allowed, Func<string, T?> find)
        where T : struct
    {
        if (!fields.TryGet(field, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            fields.Add(field, $"It must be an array of {kind}, not {JsonText.KindOf(value)}.", allowed);
            return null;
        }

        var found = new List<T>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var name = $"{field}[{index++}]";
            if (item.ValueKind != JsonValueKind.String || !JsonText.TryRead(item, out var text) || find(text) is not { } one)
            {
                fields.Add(name, $"It is none of the {kind}.", allowed);
            }
            else if (found.Contains(one))
            {
                fields.Add(name, "It is there more than once.");
            }
            else
            {
                found.Add(one);
            }
        }

        return found;
    }

    private static Uri? ReadCallbackUrl(FieldReader fields)
    {
        if (!fields.TryGetText("callback_url", out var text))
        {
            return null;
        }

        if (PublicUrl.TryParseHttp(text, out var url))
        {
            return url;
        }

        fields.Add("callback_url", $"It must be an absolute http or https URL without user info, at most {PublicUrl.MaxLength} characters.");
        return null;
    }
}
