using System.Text.Json;

namespace Framegate.Plugins.Kit;

/// <summary>
/// The head of reading a provider's answers about jobs, the same for all of them: an unknown job first, then an error, then the body, then its
/// status word. What a success or a failure holds is for the adapter to read.
/// </summary>
/// <param name="provider">The provider's name, for people.</param>
/// <param name="notFound">What to report of a job that the provider does not know.</param>
/// <param name="readError">What an answer that is not 2xx means.</param>
/// <param name="words">What the provider's status words mean, whatever their case. Any other word counts as running, since providers add phases.</param>
/// <param name="idPart">The part of an id by which two are compared; null for the whole of it.</param>
public sealed class JobReader(
    string provider,
    ProviderFailure notFound,
    Func<NativeResponse, NativeCall, ProviderFailure> readError,
    IReadOnlyDictionary<string, JobPhase>? words = null,
    Func<string, string>? idPart = null)
{
    private const int MaxErrorDepth = 4;
    private static readonly string[] s_errorMembers = ["error", "errors", "detail", "message", "msg", "status", "code", "title", "type", "reason", "description"];

    /// <summary>Reads the answer to a poll.</summary>
    /// <typeparam name="T">What the body is read as.</typeparam>
    /// <param name="response">The answer, whatever its status.</param>
    /// <param name="job">The job that was asked for.</param>
    /// <param name="parse">Reads the body of a 2xx answer; it may throw <see cref="JsonException"/>.</param>
    /// <param name="id">The member in which the provider repeats the job's id; it may be missing.</param>
    /// <param name="read">What the body means.</param>
    /// <returns>Not found for 404 and 410 in the provider's own words; unreadable for any other error and for an answer about another job; else what
    /// <paramref name="read"/> returns, with the provider's own words where that is nothing and the body names an error.</returns>
    public JobOutcome ReadPoll<T>(NativeResponse response, JobHandle job, Func<NativeResponse, T> parse, Func<T, JsonElement> id, Func<T, JobOutcome> read)
    {
        if (IsNotFound(response))
        {
            return new JobOutcome.NotFound(notFound);
        }

        if (!response.IsSuccess)
        {
            return new JobOutcome.Unreadable(readError(response, NativeCall.Poll));
        }

        var answer = parse(response);
        if (IsOfAnother(id(answer), job) is { } unreadable)
        {
            return unreadable;
        }

        return read(answer) is var outcome && outcome is JobOutcome.Unreadable && response.NamesAnError
            ? new JobOutcome.Unreadable(readError(response, NativeCall.Poll))
            : outcome;
    }

    /// <summary>An answer belongs to the job that was asked for.</summary>
    /// <param name="id">The member in which the provider repeats the job's id; it may be missing.</param>
    /// <param name="job">The job that was asked for.</param>
    /// <returns>Null unless the answer is about another job.</returns>
    public JobOutcome? IsOfAnother(JsonElement id, JobHandle job) => id.IdText() is { } other && PartOf(other) != PartOf(job.NativeId)
        ? new JobOutcome.Unreadable(ProviderFailure.Unclear($"{provider} answered about another job."))
        : null;

    /// <summary>Whether the provider itself reports the job as unknown. A page of whatever stands before it is not that.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>True for 404 and 410 with JSON whose words are about a job. A route that is missing for a while proves nothing about one.</returns>
    public static bool IsNotFound(NativeResponse response) =>
        response.Status is 404 or 410 && FailureWords.LackJob(ErrorWords(JsonReading.Parse(response.Json.Span), MaxErrorDepth));

    /// <summary>Reads a status word.</summary>
    /// <param name="word">The word; null when the answer has none.</param>
    /// <param name="running">The outcome while the job runs.</param>
    /// <param name="succeeded">Reads the result.</param>
    /// <param name="failed">Reads the failure.</param>
    /// <returns>The outcome; unreadable without a word.</returns>
    public JobOutcome ReadStatus(string? word, Func<JobOutcome> running, Func<JobOutcome> succeeded, Func<string, ProviderFailure> failed) =>
        word is null ? new JobOutcome.Unreadable(ProviderFailure.Unclear($"{provider} answered without a status."))
        : Known(word) is var known && words?.GetValueOrDefault(known) is var phase && phase == JobPhase.Succeeded ? succeeded()
        : phase == JobPhase.Failed ? new JobOutcome.Failed(failed(known))
        : phase == JobPhase.NotFound ? new JobOutcome.NotFound(notFound)
        : running();

    /// <summary>The id of an accepted job, fit to be a part of a path.</summary>
    /// <param name="id">The member that holds it.</param>
    /// <returns>The id.</returns>
    /// <exception cref="JsonException">There is none, so it is unknown whether there is a job.</exception>
    public string IdOf(JsonElement id) => id.IdText() is { } text and not ("." or "..")
        ? text
        : throw new JsonException($"{provider} took a request without naming the job.");

    /// <summary>A body that must be a JSON object.</summary>
    /// <param name="response">The answer.</param>
    /// <returns>The object.</returns>
    /// <exception cref="JsonException">The body is anything else.</exception>
    public JsonElement ObjectOf(NativeResponse response) =>
        JsonElement.Parse(response.Json.Span).Alone() is { ValueKind: JsonValueKind.Object } body
            ? body
            : throw new JsonException($"{provider} answered with something that is no object.");

    /// <summary>The provider's own spelling of a word.</summary>
    private string Known(string word) => words?.Keys.FirstOrDefault(k => k.AsSpan().Equals(word.AsSpan().Trim(), StringComparison.OrdinalIgnoreCase)) ?? word;

    /// <summary>The words of an error answer, wherever providers put them.</summary>
    private static string ErrorWords(JsonElement json, int depth) => json.ValueKind switch
    {
        JsonValueKind.String => json.Text() ?? "",
        JsonValueKind.Array when depth > 0 => string.Join(". ", json.EnumerateArray().Take(4).Select(item => ErrorWords(item, depth - 1))),
        JsonValueKind.Object when depth > 0 => string.Join(". ", s_errorMembers.Select(name => ErrorWords(json.Member(name), depth - 1)).Where(text => text.Length > 0)),
        _ => "",
    };

    private string PartOf(string id) => idPart is null ? id : idPart(id);
}
