using System.Text.Json;
using System.Text.RegularExpressions;
using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>
/// What a provider's words about a failure mean, wherever they stand: in the answer to a submit or a poll, in a failed job, or inside a 200. An adapter asks
/// its provider's own codes first. The words are about money, keys and rates, which all providers word alike.
/// </summary>
public static partial class FailureWords
{
    // Words that matter come first; an answer may be megabytes of something else.
    private const int MaxRead = 2000;
    private const int MaxDepth = 4;
    private const int MaxItems = 4;
    private static readonly string[] s_members = ["message", "msg", "detail", "error", "errors", "description", "error_message", "reason", "title"];

    /// <summary>The code that the words stand for.</summary>
    /// <param name="text">The provider's own words; null when it gave none.</param>
    /// <returns>INSUFFICIENT_CREDITS, RATE_LIMIT_EXCEEDED, AUTHENTICATION_FAILED or CONTENT_POLICY_VIOLATION; null when the words name none of these.</returns>
    public static ErrorCode? CodeIn(string? text) =>
        LackMoney(text) ? ErrorCode.InsufficientCredits
        : Rate().IsMatch(Start(text)) ? ErrorCode.RateLimitExceeded
        : Key().IsMatch(Start(text)) ? ErrorCode.AuthenticationFailed
        : Content().IsMatch(Start(text)) ? ErrorCode.ContentPolicyViolation
        : null;

    /// <summary>The code that the words of an HTTP answer stand for, where they go before its status.</summary>
    /// <param name="text">The provider's own words; null when it gave none.</param>
    /// <param name="status">The HTTP status. A 2xx names no error, so that all words count; else those about money do.</param>
    /// <returns>Null when the status decides.</returns>
    public static ErrorCode? CodeIn(string? text, int status) =>
        status is >= 200 and <= 299 ? CodeIn(text) : LackMoney(text) ? ErrorCode.InsufficientCredits : null;

    /// <summary>Whether the words mean that the account has no money left, or may not spend any.</summary>
    /// <param name="text">The provider's own words; null when it gave none.</param>
    /// <returns>True for an empty account, disabled billing, and a spending limit that is reached.</returns>
    public static bool LackMoney(string? text) => Money().IsMatch(Start(text));

    /// <summary>Whether the words mean that a job is not known. Words about a model, a route or an address are about none.</summary>
    /// <param name="text">The provider's own words; null when it gave none.</param>
    /// <returns>True for "Task not found", "No such job", <c>video_not_found</c> and the like.</returns>
    public static bool LackJob(string? text)
    {
        // In a code the words hang together.
        var words = Start(text).ToString().Replace('_', ' ').Replace('-', ' ');
        return Job().IsMatch(words) && !NoJob().IsMatch(words);
    }

    /// <summary>The words of an error answer in any of the usual shapes, for one that is not in the provider's own: a gateway before it has a shape of its own.</summary>
    /// <param name="answer">The answer; undefined when it is no JSON.</param>
    /// <returns>The first text that is found; null when there is none.</returns>
    public static string? In(JsonElement answer) => In(answer, MaxDepth);

    private static string? In(JsonElement answer, int depth) => answer.ValueKind switch
    {
        JsonValueKind.String => answer.Text() is { Length: > 0 } text ? text : null,
        JsonValueKind.Array when depth > 0 => answer.EnumerateArray().Take(MaxItems).Select(item => In(item, depth - 1)).FirstOrDefault(text => text is not null),
        JsonValueKind.Object when depth > 0 => s_members.Select(name => In(answer.Member(name), depth - 1)).FirstOrDefault(text => text is not null),
        _ => null,
    };

    private static ReadOnlySpan<char> Start(string? text) => text.AsSpan(0, Math.Min(text?.Length ?? 0, MaxRead));

    [GeneratedRegex(
        @"(?:insufficient|not enough|enough|out of|no|no remaining|zero|low|negative|exhausted|depleted)[ _\-]+(?:account[ _])?(?:credits?|funds|balance)\b"
        + @"|(?:credits?|funds|balance)\b[^.]{0,40}\b(?:insufficient|exhausted|depleted|used up|ran out|run out|too low|negative)"
        + @"|\binsufficient_quota\b|\bbilling\b[^.]{0,40}\b(?:disabled|not enabled|not active|inactive|suspended|enabled|required|limit|overdue|past due)"
        + @"|\benable billing\b|\bpayment required\b|\btop[ _]up\b|\bunpaid\b|\bspend(?:ing)? (?:limit|cap)\b|\bprepayment\b"
        + @"|\b(?:account|bill|invoice|payment)s?\b[^.]{0,20}\boverdue\b|\bin arrears\b|\brecharge\b|\bpayment method\b[^.]{0,20}\b(?:declined|failed|expired|invalid|missing)\b"
        + "|余额不足|欠费",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Money();

    [GeneratedRegex(
        @"\b(?:task|job|video|request|operation|prediction|generation|history item|resource|entity|transaction|id)\b[^.]{0,120}\b(?:not (?:be )?(?:found|exist)|doesn't exist|unknown|expired|deleted|no longer)\b"
        + @"|\b(?:(?:could|can) ?not find|can't find|no such|unknown|invalid|non ?existent)\b[^.]{0,40}\b(?:task|job|video|request|operation|prediction|generation|id)\b"
        + @"|\b(?:Task|Job|Video|Request|Operation|Prediction|Generation|Resource)(?:Id)?Not(?:Found|Exist)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Job();

    [GeneratedRegex(@"\b(?:model|route|url|path|endpoint|page|method|host|upstream|bucket|blob)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex NoJob();

    [GeneratedRegex(
        @"\brate[ _\-]?limit|\btoo many (?:requests|active|concurrent|calls)|\bquota (?:was |is |has been )?exceeded|\bexceeded (?:your|the) (?:current )?(?:quota|rate)",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Rate();

    [GeneratedRegex(
        @"\bapi[ _\-]?key\b|\bunauthori[sz]ed\b|\bnot (?:authenticated|authori[sz]ed)\b|\b(?:invalid|expired|revoked) (?:credentials?|access token|token)\b"
        + @"|\b(?:account|user|organi[sz]ation|project)\b[^.]{0,20}\b(?:not allowed|disabled|suspended|locked|blocked|deactivated|banned|restricted)\b"
        + @"|\bnot allowed to (?:use|access)\b|\bpermission denied\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Key();

    [GeneratedRegex(
        @"\bmoderat(?:ed|ion)\b|\bcontent[ _](?:policy|filter)|\bsafety (?:system|filter|policy|check)|\bnsfw\b|\busage (?:policies|guidelines)\b|\bresponsible ai\b",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Content();
}
