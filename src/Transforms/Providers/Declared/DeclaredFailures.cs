using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>What a provider's errors mean: the file's rules, else the words that all providers share, else the HTTP status.</summary>
/// <param name="Title">The provider's name, for people.</param>
/// <param name="Code">Where the provider's code is.</param>
/// <param name="Text">Where its words are.</param>
/// <param name="Field">Where the name of the refused field is.</param>
/// <param name="RetryAfter">Where a wait is, seconds.</param>
/// <param name="RetryAfterText">Finds a wait in the words.</param>
/// <param name="CodeInText">Finds the code in the words.</param>
/// <param name="Rules">The rules.</param>
/// <param name="Cost">What an error answer bills.</param>
/// <param name="BilledIf">Signs that an answer was billed, whatever error it names.</param>
/// <param name="RetryableHeader">The header that states whether trying again helps.</param>
internal sealed record DeclaredFailures(
    string Title, IReadOnlyList<Pointer> Code, IReadOnlyList<Pointer> Text, IReadOnlyList<Pointer> Field, IReadOnlyList<Pointer> RetryAfter, LinearPattern? RetryAfterText, LinearPattern? CodeInText, IReadOnlyList<ErrorRule> Rules,
    IReadOnlyList<DeclaredCost> Cost, IReadOnlyList<Sign> BilledIf, string? RetryableHeader)
{
    private const int MostWords = 2000;

    /// <summary>An answer that is not 2xx, or a 2xx that names a failure.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="call">What was asked.</param>
    /// <param name="model">The model, where it is known: the prices of what is counted are its own.</param>
    public ProviderFailure Of(NativeResponse response, NativeCall call, DeclaredModel? model = null)
    {
        var body = JsonReading.Parse(response.Json.Span);
        var (code, words) = CodeAndWords(body, response);
        var (shared, rule) = (FailureWords.CodeIn(words, response.Status), RuleFor(response.Status, code, words, Phase(call)));

        // A rule about a status alone does not know what the words know: money, keys and rates hide behind odd statuses.
        rule = (rule is { IsBroad: true } && shared is not null && shared != rule.Code) || HidesMoney(rule, shared) ? null : rule;
        var failure = new ProviderFailure(
            rule?.Code ?? shared ?? (response.IsSuccess ? ErrorCode.ProviderError : StatusCodes.CodeOf(response.Status, call)),
            ProviderText.Answered(Title, response.Status, words ?? code))
        {
            Retryable = RetryableBy(response) ?? rule?.Retryable ?? response.Status is 503 or 529,
            RetryAfter = Wait(body, words) ?? response.RetryAfter,
            NativeCode = ProviderText.Code(code),
            NativeField = ProviderText.Field(First(Field, body)),
        };
        failure = SubmitVerdict.Of(failure, response.Status, call);
        return call == NativeCall.Submit ? Charged(Decided(failure, rule), body, CostOf(body, response, model)) : Decided(failure, rule);
    }

    /// <summary>A job that has failed, by its answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="code">The provider's code; null to look where errors have it.</param>
    /// <param name="words">Its words; null to look where errors have them.</param>
    /// <param name="response">The answer as it came.</param>
    /// <param name="fixedCode">The code that the file gives; null to look for it.</param>
    /// <param name="reported">What the job reports as its cost, USD; null where it reports none. A rule that knows that such a failure is free goes before it.</param>
    /// <param name="model">The model, where it is known.</param>
    public ProviderFailure OfJob(JsonElement answer, string? code, string? words, NativeResponse response, ErrorCode? fixedCode = null, decimal? reported = null, DeclaredModel? model = null)
    {
        var (otherCode, otherWords) = CodeAndWords(answer, null);
        (code, words) = (code ?? otherCode, words ?? otherWords);
        var (shared, rule) = (FailureWords.CodeIn(words), RuleFor(response.Status, code, words, "job"));
        var read = rule is { IsBroad: false } && !HidesMoney(rule, shared) ? rule.Code : shared ?? rule?.Code ?? ErrorCode.ProviderError;
        var failure = new ProviderFailure(
            fixedCode ?? read,
            ProviderText.Clean($"{Title}: {words ?? code}") is { } text && (words ?? code) is not null ? text : $"{Title} could not do it.")
        {
            Acceptance = Acceptance.Yes,
            Billed = rule?.Billed ?? Framegate.Plugins.Contract.Billed.Unknown,
            Retryable = fixedCode is null || fixedCode == rule?.Code ? RetryableBy(response) ?? (rule is not null && rule.Code == read && rule.Retryable) : false,
            RetryAfter = Wait(answer, words) ?? response.RetryAfter,
            NativeCode = ProviderText.Code(code),
        };

        // A bill of nothing is a word about the bill, whatever the file knows of such failures.
        var bill = CostOf(answer, response, model) ?? (rule?.Billed == Framegate.Plugins.Contract.Billed.No ? null : reported);
        return bill == 0 && !IsBilled(answer) ? failure with { Billed = Framegate.Plugins.Contract.Billed.No } : Charged(failure, answer, bill);
    }

    /// <summary>
    /// A failure inside a 2xx answer to a poll that is about the call: the rate, the key, the account, the provider's own trouble. Such an answer decides nothing about the job, which
    /// may be running and is paid for.
    /// </summary>
    /// <returns>Null when it is about the job.</returns>
    public ProviderFailure? OfCall(NativeResponse response)
    {
        var (code, words) = CodeAndWords(JsonReading.Parse(response.Json.Span), response);
        var rule = RuleFor(response.Status, code, words, Phase(NativeCall.Poll));
        if (rule is null && IsForJob(response, code, words))
        {
            return null;
        }

        var failure = Of(response, NativeCall.Poll);
        return failure.Code is ErrorCode.RateLimitExceeded or ErrorCode.AuthenticationFailed or ErrorCode.InsufficientCredits
            || (rule is not null && failure.Code is ErrorCode.Timeout or ErrorCode.ProviderError or ErrorCode.NetworkError) ? failure : null;
    }

    /// <summary>Whether the file has a rule that knows this failure as the end of a job, and none without <c>during</c>, or for polls, that knows it as the answer to a question.</summary>
    public bool IsOfJob(JsonElement answer, NativeResponse response)
    {
        var (code, words) = CodeAndWords(answer, response);
        return RuleFor(response.Status, code, words, Phase(NativeCall.Poll)) is null && IsForJob(response, code, words);
    }

    private bool IsForJob(NativeResponse response, string? code, string? words) =>
        RuleFor(response.Status, code, words, "job") is { IsBroad: false } rule && rule.During.Contains("job", StringComparer.Ordinal);

    /// <summary>A job whose results were all left out, by the code that the answer gives for them, else by that of the file.</summary>
    public ProviderFailure OfRefused(JsonElement answer, NativeResponse response, ErrorCode otherwise, decimal? reported = null, DeclaredModel? model = null)
    {
        var (code, words) = CodeAndWords(answer, null);
        var isNamed = code is not null && RuleFor(response.Status, code, words, "job") is { IsBroad: false };
        var failure = OfJob(answer, null, null, response, isNamed ? null : otherwise, reported, model);

        // What the rules of failed jobs know is not about pictures that were made and held back; a bill of nothing is.
        var isFree = isNamed || (CostOf(answer, response, model) ?? reported) == 0;
        return isFree && failure.Billed == Framegate.Plugins.Contract.Billed.No ? failure : failure with { Billed = Framegate.Plugins.Contract.Billed.Yes };
    }

    /// <summary>A code for whatever went wrong, beside words about an empty account: these are what the operator needs.</summary>
    private static bool HidesMoney(ErrorRule? rule, ErrorCode? shared) => rule?.Code == ErrorCode.ProviderError && shared == ErrorCode.InsufficientCredits;

    /// <summary>The words of an answer.</summary>
    public string? WordsIn(JsonElement answer) => CodeAndWords(answer, null).Words;

    /// <summary>Whether an answer has a code of the provider's own.</summary>
    public bool IsCoded(JsonElement answer) => CodeAndWords(answer, null).Code is not null;

    private (string? Code, string? Words) CodeAndWords(JsonElement body, NativeResponse? response)
    {
        var words = First(Text, body) ?? (body.ValueKind is JsonValueKind.Object or JsonValueKind.Array || response is null ? FailureWords.In(body) : Plain(response));
        var code = First(Code, body);
        if (CodeInText is not null && words is not null && CodeInText.Match(words) is { Success: true, Groups: [_, var group, ..] })
        {
            code = group.Value;
        }

        // Where a code stands in every answer, this one means that there is none.
        return (code == "0" ? null : code, words);
    }

    private static string? Plain(NativeResponse response)
    {
        var bytes = response.Body.Span;
        var text = System.Text.Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, MostWords)]).Trim();
        return text.Length == 0 || text.StartsWith('<') ? null : text;
    }

    /// <summary>Whether a header allows trying again.</summary>
    private bool? RetryableBy(NativeResponse response) => RetryableHeader is null ? null : response.Header(RetryableHeader)?.Trim().ToLowerInvariant() switch
    {
        "true" or "1" => true,
        "false" or "0" => false,
        _ => null,
    };

    private ErrorRule? RuleFor(int status, string? code, string? words, string phase)
    {
        var read = words is { Length: > MostWords } ? words[..MostWords] : words;
        foreach (var rule in Rules)
        {
            if (rule.Fits(status, code, read, phase))
            {
                return rule;
            }
        }

        return null;
    }

    private static ProviderFailure Decided(ProviderFailure failure, ErrorRule? rule) => rule is null ? failure : failure with
    {
        Acceptance = rule.Accepted ?? failure.Acceptance,
        Billed = rule.Billed ?? (rule.Accepted == Acceptance.No ? Framegate.Plugins.Contract.Billed.No : failure.Billed),
        Code = rule.Accepted == Acceptance.No ? rule.Code : failure.Code,
    };

    /// <summary>What an answer about a failure reports as billed, USD.</summary>
    /// <returns>Null when it reports nothing.</returns>
    public decimal? CostOf(JsonElement answer, NativeResponse response, DeclaredModel? model) => DeclaredCost.Of(Cost, answer, response, model);

    private bool IsBilled(JsonElement answer) => BilledIf.Any(s => s.Shows(answer));

    private ProviderFailure Charged(ProviderFailure failure, JsonElement answer, decimal? bill) =>
        bill is > 0 || IsBilled(answer)
            ? failure with { Billed = Framegate.Plugins.Contract.Billed.Yes, Acceptance = Acceptance.Yes, Cost = bill is > 0 ? bill : null }
            : failure;

    private TimeSpan? Wait(JsonElement body, string? words)
    {
        var seconds = RetryAfter.Select(p => Values.Number(Values.Of(p.First(body)))).FirstOrDefault(n => n is not null)
            ?? (RetryAfterText is not null && words is not null && RetryAfterText.Match(words) is { Success: true, Groups: [_, var group, ..] }
                && double.TryParse(group.Value, CultureInfo.InvariantCulture, out var wait) ? wait : null);
        return seconds is >= 0 and < 86_400 ? TimeSpan.FromSeconds(seconds.Value) : null;
    }

    private static string? First(IReadOnlyList<Pointer> pointers, JsonElement body)
    {
        foreach (var pointer in pointers)
        {
            foreach (var value in pointer.All(body))
            {
                if (Values.Text(value) is { Length: > 0 } text)
                {
                    return text;
                }
            }
        }

        return null;
    }

    private static string Phase(NativeCall call) => call switch
    {
        NativeCall.Submit => "submit",
        NativeCall.Cancel => "cancel",
        NativeCall.Find => "find",
        NativeCall.Probe => "probe",
        _ => "poll",
    };
}

/// <summary>A rule about errors.</summary>
internal sealed record ErrorRule(
    IReadOnlyList<string> Http, IReadOnlyList<string> Native, LinearPattern? Text, IReadOnlyList<string> During, ErrorCode Code, bool Retryable, Acceptance? Accepted, Billed? Billed)
{
    /// <summary>True when it looks at neither the provider's code nor its words.</summary>
    public bool IsBroad => Native.Count == 0 && Text is null;

    /// <summary>Whether all that it names fits.</summary>
    public bool Fits(int status, string? code, string? words, string phase) =>
        (During.Count == 0 || During.Contains(phase, StringComparer.Ordinal))
        && (Http.Count == 0 || Http.Any(h => Matches(h, status)))
        && (Native.Count == 0 || (code is not null && Native.Any(n => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(n, code))))
        && (Text is null || (words is not null && Text.IsMatch(words)));

    private static bool Matches(string pattern, int status)
    {
        var text = status.ToString(CultureInfo.InvariantCulture);
        return pattern.Length == text.Length && pattern.Zip(text).All(p => p.First is 'x' || p.First == p.Second);
    }
}

/// <summary>What an answer bills.</summary>
internal sealed record DeclaredCost(Pointer? At, string? Header, decimal Times, string? TimesModel, Pointer? By, Sign? If, IReadOnlyList<Sign> Unless, bool IsOptional, IReadOnlyList<DeclaredCost> Plus)
{
    /// <summary>The first of several that an answer holds, USD.</summary>
    /// <returns>Null when it holds none.</returns>
    public static decimal? Of(IReadOnlyList<DeclaredCost> costs, JsonElement answer, NativeResponse response, DeclaredModel? model)
    {
        foreach (var cost in costs)
        {
            if (cost.AmountIn(answer, response, model) is { } amount)
            {
                return amount;
            }
        }

        return null;
    }

    private decimal? AmountIn(JsonElement answer, NativeResponse response, DeclaredModel? model)
    {
        if ((If is not null && !If.Shows(answer)) || Unless.Any(s => s.Shows(answer)) || !(Units(answer, response) * Rate(answer, model) is { } cost and >= 0 and < 1_000_000))
        {
            return null;
        }

        foreach (var part in Plus)
        {
            // What is known of a bill that lacks a part is not the bill.
            if (part.IsOptional && part.IsLeftOut(answer, response))
            {
                continue;
            }

            if (part.AmountIn(answer, response, model) is not { } more)
            {
                return null;
            }

            cost += more;
        }

        return decimal.Round(cost, 9);
    }

    private decimal? Units(JsonElement answer, NativeResponse response)
    {
        if (Header is not null)
        {
            return decimal.TryParse(response.Header(Header), NumberStyles.Float, CultureInfo.InvariantCulture, out var amount) && amount >= 0 ? amount : null;
        }

        decimal? units = null;
        foreach (var value in At?.AllOrGaps(answer) ?? [])
        {
            if (value.Amount() is not { } amount)
            {
                return null;
            }

            units = (units ?? 0) + amount;
        }

        return units;
    }

    private bool IsLeftOut(JsonElement answer, NativeResponse response) =>
        Header is not null ? response.Header(Header) is null : At!.AllOrGaps(answer).All(v => v.ValueKind == JsonValueKind.Null);

    private decimal? Rate(JsonElement answer, DeclaredModel? model)
    {
        if (TimesModel is null)
        {
            return Times;
        }

        var rate = model?.Vars.GetValueOrDefault(TimesModel) ?? default;
        if (rate.ValueKind == JsonValueKind.Object)
        {
            var word = By is null ? null : Values.Text(By.First(answer));
            rate = word is not null && rate.TryGetProperty(word, out var own) ? own : rate.Member("*");
        }

        return rate.Amount() * Times;
    }
}

/// <summary>A sign in an answer.</summary>
internal sealed record Sign(Pointer At, string? Header, IReadOnlyList<string> Is, IReadOnlyList<string> Not, ErrorCode? Code, Billed? Billed, bool DespiteResults)
{
    /// <summary>Whether an answer shows it: a value is one of <see cref="Is"/>, or none of <see cref="Not"/>, or there at all where both are empty.</summary>
    public bool Shows(JsonElement answer) => Header is null && ShowsIn(answer);

    /// <summary>The same, where it may be about a header.</summary>
    public bool Shows(JsonElement answer, NativeResponse response) =>
        Header is null ? ShowsIn(answer) : response.Header(Header)?.Trim() is { Length: > 0 } text
            && (Is.Count > 0 ? Is.Contains(text, StringComparer.OrdinalIgnoreCase) : !Not.Contains(text, StringComparer.OrdinalIgnoreCase));

    private bool ShowsIn(JsonElement answer)
    {
        foreach (var value in At.All(answer))
        {
            var text = Values.Text(value);
            if (Is.Count > 0 ? text is not null && Is.Contains(text, StringComparer.OrdinalIgnoreCase)
                : Not.Count > 0 ? text is not null && !Not.Contains(text, StringComparer.OrdinalIgnoreCase)
                : !IsNothing(value) && text != "")
            {
                return true;
            }
        }

        return false;
    }

    // An empty error is none, in whatever form.
    private static bool IsNothing(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => true,
        JsonValueKind.Object => value.EnumerateObject().All(m => IsNothing(m.Value) || m.Value.Text() == ""),
        JsonValueKind.Array => value.GetArrayLength() == 0,
        _ => false,
    };
}
