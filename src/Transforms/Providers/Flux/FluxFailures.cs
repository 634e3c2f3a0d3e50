using System.Globalization;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Flux;

/// <summary>What goes wrong at Flux, in unified codes (docs.bfl.ai, errors).</summary>
internal static class FluxFailures
{
    private const string Name = "Flux";

    /// <summary>Unknown or expired id, wrong region, or asked too early. Whether the task was paid for cannot be known.</summary>
    public static ProviderFailure TaskNotFound { get; } = new(ErrorCode.ProviderError, "Flux does not know the task.")
    {
        Acceptance = Acceptance.Yes,
        NativeCode = "Task not found",
    };

    public static ProviderFailure Read(NativeResponse response, NativeCall operation)
    {
        var answer = response.TryRead(FluxJson.Default.FluxErrorAnswer);
        var text = answer is null ? null : TextOf(answer);

        // A list is about fields of the request, whatever their names are.
        var code = CodeOf(response.Status, answer?.Detail.ValueKind == JsonValueKind.Array ? null : text, operation);

        // An answer about the key may quote it.
        var message = code == ErrorCode.AuthenticationFailed && !response.IsSuccess
            ? $"Flux refused the key ({response.Status})."
            : ProviderText.Answered(Name, response.Status, text);
        return SubmitVerdict.Of(
            new ProviderFailure(code, message)
            {
                Retryable = code == ErrorCode.ProviderError,
                RetryAfter = response.RetryAfter ?? WaitOf(answer),
                NativeCode = answer is null ? null : NativeCodeOf(answer),
                NativeField = ProviderText.Field(answer?.Detail.Items().FirstOrDefault().Member("loc").Items().Skip(1).FirstOrDefault().Text()),
            },
            response.Status,
            operation);
    }

    /// <summary>A task that ended without a result.</summary>
    public static ProviderFailure Ended(string status, FluxPollAnswer answer)
    {
        var reason = ReasonOf(answer);
        return status is "Error" or "Failed"
            ? new(FailureWords.CodeIn(reason) ?? ErrorCode.ProviderError, Sentence("Flux could not finish the task", reason))
            {
                Acceptance = Acceptance.Yes,
                NativeCode = status,
                Retryable = FailureWords.CodeIn(reason) is null,
            }
            : new(ErrorCode.ContentPolicyViolation, Sentence($"Flux: {status}", reason)) { Acceptance = Acceptance.Yes, NativeCode = status };
    }

    public static ProviderFailure? ReadProbe(NativeResponse response)
    {
        if (!response.IsSuccess)
        {
            return Read(response, NativeCall.Probe);
        }

        return response.TryRead(FluxJson.Default.FluxCreditsAnswer)?.Credits.AnyNumber() is <= 0
            ? ProviderFailure.NotAccepted(ErrorCode.InsufficientCredits, "The account at Flux has no credits left.")
            : null;
    }

    private static ErrorCode CodeOf(int status, string? text, NativeCall operation) => FailureWords.CodeIn(text, status) ?? status switch
    {
        404 or 410 when operation != NativeCall.Submit => ErrorCode.ProviderError,
        422 when text?.Contains("api key", StringComparison.OrdinalIgnoreCase) == true => ErrorCode.AuthenticationFailed,
        _ => StatusCodes.CodeOf(status, operation),
    };

    private static string? TextOf(FluxErrorAnswer answer)
    {
        if (answer.Detail.ValueKind == JsonValueKind.Array)
        {
            return string.Join("; ", answer.Detail.Items().Take(5).Select(Line).Where(line => line.Length > 0));
        }

        return answer.Detail.Text() ?? WordsOf(answer.Detail) ?? answer.Message.Text() ?? answer.Error.Text() ?? WordsOf(answer.Error);
    }

    private static string? WordsOf(JsonElement error) => error.Member("message").Text() ?? error.Member("msg").Text();

    private static TimeSpan? WaitOf(FluxErrorAnswer? answer) =>
        answer?.RetryAfter.AnyNumber() is { } seconds and >= 0 and < 86_400 ? TimeSpan.FromSeconds(seconds) : null;

    // Never "input": that is the prompt.
    private static string Line(JsonElement item)
    {
        var where = item.Member("loc").Items()
            .Select(part => part.Text() ?? (part.AnyWhole() is { } index ? index.ToString(CultureInfo.InvariantCulture) : null))
            .Where(part => part is not null and not "body");
        var (path, what) = (string.Join('.', where), item.Member("msg").Text() ?? "");
        return path.Length == 0 ? what : $"{path}: {what}";
    }

    private static string? NativeCodeOf(FluxErrorAnswer answer) =>
        ProviderText.Code(
        answer.Detail.Items().FirstOrDefault().Member("type").Text() ?? answer.Error.Text() ?? answer.Error.Member("code").Text());

    // FLUX.1 and 2 send { "Moderation Reasons": ["..."] }, FLUX 3 a plain text.
    private static string? ReasonOf(FluxPollAnswer answer)
    {
        var details = answer.Details;
        var listed = string.Join(", ", details.Member("Moderation Reasons").Items().Select(r => r.Text()).OfType<string>());
        return listed.Length > 0
            ? listed
            : details.Text() ?? WordsOf(details) ?? details.Member("error").Text() ?? answer.Message.Text() ?? answer.Error.Text() ?? WordsOf(answer.Error);
    }

    private static string Sentence(string start, string? reason) =>
        ProviderText.Clean(reason) is { } clean ? ProviderText.Clean($"{start}: {clean}")! : $"{start}.";
}
