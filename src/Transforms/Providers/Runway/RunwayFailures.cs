using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Runway;

/// <summary>What goes wrong at Runway, in unified codes (docs.dev.runwayml.com, errors, task failures and moderation).</summary>
internal static class RunwayFailures
{
    private const string Name = "Runway";

    /// <summary>A task that Framegate started and the provider no longer knows.</summary>
    public static ProviderFailure TaskNotFound { get; } = new(ErrorCode.UnknownError, "Runway does not know the task.")
    {
        Acceptance = Acceptance.Yes,
    };

    public static ProviderFailure Read(NativeResponse response, NativeCall operation)
    {
        var answer = response.TryRead(RunwayJson.Default.RunwayErrorAnswer);
        var (text, issues) = (TextOf(answer), answer?.Issues ?? default);
        var code = CodeOf(response.Status, text, issues, operation);

        // An answer about the key may quote it.
        var message = code == ErrorCode.AuthenticationFailed && !response.IsSuccess
            ? $"Runway refused the key ({response.Status})."
            : ProviderText.Answered(Name, response.Status, Sentence(text, issues));
        return SubmitVerdict.Of(
            new ProviderFailure(code, message)
            {
                Retryable = code == ErrorCode.ProviderError && response.Header("x-should-retry") != "false",
                RetryAfter = response.RetryAfter,
                NativeCode = ProviderText.Code(issues.Items().FirstOrDefault().Member("code").Text()),
                NativeField = ProviderText.Field(issues.Items().FirstOrDefault().Member("path").Items().FirstOrDefault().Text()),
            },
            response.Status,
            operation);
    }

    /// <summary>A task that ended without a result. What it cost in the end is the truth about the bill; moderated content is charged.</summary>
    public static ProviderFailure OfTask(RunwayTask task)
    {
        var native = task.FailureCode.Text() is { Length: > 0 } named ? named : null;
        var (code, retryable) = ByFailureCode(native ?? "INTERNAL", task.Failure.Text());
        var reason = ProviderText.Clean(task.Failure.Text());
        return new ProviderFailure(code, reason is null ? "Runway could not finish the task." : ProviderText.Clean($"Runway: {reason}")!)
        {
            Acceptance = Acceptance.Yes,
            Billed = BilledBy(task, code == ErrorCode.ContentPolicyViolation ? Billed.Yes : Billed.Unknown),
            NativeCode = ProviderText.Code(native) ?? "FAILED",
            Retryable = retryable,
        };
    }

    public static ProviderFailure Cancelled(RunwayTask task) => new(ErrorCode.UnknownError, "The task was cancelled at Runway.")
    {
        Acceptance = Acceptance.Yes,
        Billed = BilledBy(task, Billed.Unknown),
        NativeCode = "CANCELLED",
    };

    public static ProviderFailure? ReadProbe(NativeResponse response)
    {
        if (!response.IsSuccess)
        {
            return Read(response, NativeCall.Probe);
        }

        return response.TryRead(RunwayJson.Default.RunwayOrganization)?.CreditBalance.AnyNumber() is <= 0
            ? ProviderFailure.NotAccepted(ErrorCode.InsufficientCredits, "The organisation at Runway has no credits left.")
            : null;
    }

    private static Billed BilledBy(RunwayTask task, Billed otherwise) => RunwayAnswers.CostOf(task.Cost) switch
    {
        null => otherwise,
        0 => Billed.No,
        _ => Billed.Yes,
    };

    // Runway adds codes below the documented ones, so a code stands for everything below it.
    private static (ErrorCode Code, bool Retryable) ByFailureCode(string code, string? text) =>
        Is(code, "SAFETY") || Is(code, "INPUT_PREPROCESSING.SAFETY") ? (ErrorCode.ContentPolicyViolation, false)
        : Is(code, "BILLING") || Is(code, "CREDITS") ? (ErrorCode.InsufficientCredits, false)
        : Is(code, "ASSET") ? (ErrorCode.InvalidRequest, false)
        : FailureWords.CodeIn(text) is { } named ? (named, false)
        : Is(code, "INTERNAL") || Is(code, "INPUT_PREPROCESSING.INTERNAL") || Is(code, "THIRD_PARTY") ? (ErrorCode.ProviderError, true)
        : (ErrorCode.UnknownError, false);

    private static bool Is(string code, string prefix) =>
        code.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && (code.Length == prefix.Length || code[prefix.Length] == '.');

    private static ErrorCode CodeOf(int status, string? text, JsonElement issues, NativeCall operation) => FailureWords.CodeIn(text, status) ?? status switch
    {
        400 when NamesModel(issues) => ErrorCode.InvalidModel,
        404 when operation == NativeCall.Submit => ErrorCode.InvalidRequest,
        _ => StatusCodes.CodeOf(status, operation),
    };

    private static string? TextOf(RunwayErrorAnswer? answer) =>
        answer?.Error.Text() ?? answer?.Error.Member("message").Text() ?? answer?.Message.Text() ?? answer?.Detail.Text();

    // The body is a union, distinguished by "model": a name that none of its branches has.
    private static bool NamesModel(JsonElement issues) => issues.Items().Any(issue =>
        issue.Member("path") is var path && path.Items().Count() == 1 && path.Items().First().Text() == "model"
        && issue.Member("code").Text() is "invalid_union" or "invalid_union_discriminator" or "invalid_value" or "invalid_enum_value" or "invalid_literal");

    private static string? Sentence(string? text, JsonElement issues)
    {
        var lines = issues.Items().Take(5).Select(Line).Where(l => l.Length > 0).ToArray();
        return lines.Length == 0 ? text : $"{text ?? "refused"}: {string.Join("; ", lines)}";
    }

    // Never the received value: that may be the prompt.
    private static string Line(JsonElement issue)
    {
        var path = string.Join('.', issue.Member("path").Items()
            .Select(p => p.Text() ?? p.AnyWhole()?.ToString(CultureInfo.InvariantCulture)).OfType<string>());
        var what = issue.Member("message").Text() ?? "";
        var allowed = issue.Member("values").Items().Take(10).Select(v => v.Text()).OfType<string>().ToArray();
        return (path.Length == 0 ? what : $"{path}: {what}") + (allowed.Length == 0 ? "" : $" ({string.Join(", ", allowed)})");
    }
}
