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

    private static List<ErrorCode>? ReadRetryOn(FieldReader retry)
    {
        if (!retry.TryGet("retry_on", out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            retry.Add("retry_on", $"It must be an array of codes, not {JsonText.KindOf(value)}.", ContractNames.ErrorCodes);
            return null;
        }

        var codes = new List<ErrorCode>();
        var index = 0;
        foreach (var item in value.EnumerateArray())
        {
            var name = $"retry_on[{index++}]";
            if (item.ValueKind != JsonValueKind.String || !JsonText.TryRead(item, out var text) || ContractNames.ToErrorCode(text) is not { } code)
            {
                retry.Add(name, "It is none of the codes.", ContractNames.ErrorCodes);
            }
            else if (codes.Contains(code))
            {
                retry.Add(name, "The code is there more than once.");
            }
            else
            {
                codes.Add(code);
            }
        }

        return codes;
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
