using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Veo;

/// <summary>Google's error object, <c>{ code, message, status, details[] }</c>, as far as it can be read.</summary>
internal readonly partial record struct VeoError(long? Number, string? Message, string? Status, JsonElement Details)
{
    private const int MaxMessage = 4000;

    /// <summary>How long an exhausted daily quota is left alone; when it is filled up again is not documented.</summary>
    private static readonly TimeSpan s_exhausted = TimeSpan.FromHours(1);

    /// <summary>The error of an HTTP answer: an object with <c>error</c>, sometimes in a list of one.</summary>
    public static VeoError Of(NativeResponse response)
    {
        var body = JsonReading.Parse(response.Json.Span);
        var first = body.ValueKind == JsonValueKind.Array ? body.Items().FirstOrDefault() : body;
        return first.Member("error") is { ValueKind: JsonValueKind.Object or JsonValueKind.String } error ? Of(error)
            : Of(first.Member("detail").Text() is null ? first.Member("message") : first.Member("detail"));
    }

    public static VeoError Of(JsonElement error)
    {
        var message = error.Member("message").Text() ?? error.Text();
        return new(
            error.Member("code").AnyWhole(),
            message is { Length: > MaxMessage } ? message[..MaxMessage] : message,
            error.Member("status").Text(),
            error.Member("details"));
    }

    /// <summary>The machine-readable reason, as in <c>API_KEY_INVALID</c>.</summary>
    public string? Reason => Details.Items().Select(d => d.Member("reason").Text()).FirstOrDefault(r => r is not null);

    /// <summary>The quota that was used up; null when it is not named.</summary>
    public string? Quota => Violations.Select(v => v.Member("quotaId").Text()).FirstOrDefault(q => q is not null);

    /// <summary>True for a quota of a day, or one of nothing at all.</summary>
    public bool IsUsedUp => Violations.Any(v =>
        v.Member("quotaId").Text()?.Contains("PerDay", StringComparison.OrdinalIgnoreCase) == true
        || v.Member("quotaValue").Text() == "0" || v.Member("quotaValue").AnyWhole() == 0);

    /// <summary>What Google asks to wait: <c>RetryInfo</c>, else the sentence "Please retry in 36.9s."; an hour for a quota that is used up.</summary>
    public TimeSpan? RetryAfter
    {
        get
        {
            if (IsUsedUp)
            {
                return s_exhausted;
            }

            var delay = Details.Items().Select(d => d.Member("retryDelay").Text()).FirstOrDefault(d => d is not null);
            var match = delay is null ? RetryIn().Match(Message ?? "") : Delay().Match(delay);
            return match.Success && double.TryParse(match.Groups[1].Value, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0 and < 86_400
                ? TimeSpan.FromSeconds(seconds)
                : null;
        }
    }

    public bool Holds(string text) => Message?.Contains(text, StringComparison.OrdinalIgnoreCase) == true;

    private IEnumerable<JsonElement> Violations => Details.Items().SelectMany(d => d.Member("violations").Items());

    [GeneratedRegex(@"^(\d{1,6}(?:\.\d{1,9})?)s$", RegexOptions.CultureInvariant)]
    private static partial Regex Delay();

    [GeneratedRegex(@"retry in (\d{1,6}(?:\.\d{1,9})?)s", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex RetryIn();
}
