using System.Buffers;
using System.Net.Http.Headers;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>What an answer about a job means, read as a file specifies.</summary>
internal sealed record DeclaredReading
{
    /// <summary>The media type that says nothing.</summary>
    private const string Nothing = "application/octet-stream";

    private static readonly SearchValues<byte> s_text = SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(b => (byte)b), (byte)'\t', (byte)'\r', (byte)'\n', 0xef, 0xbb, 0xbf]);

    /// <summary>Where the job's id is.</summary>
    public required IReadOnlyList<Pointer> Job { get; init; }

    /// <summary>Whether a job that an answer names can be asked for.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>Where the status word is.</summary>
    public required IReadOnlyList<Pointer> Status { get; init; }

    /// <summary>What the words mean.</summary>
    public required IReadOnlyDictionary<string, Phase> Words { get; init; }

    /// <summary>Words that mean something else where the answer shows a sign beside them.</summary>
    public required IReadOnlyList<(string Word, Sign If, Phase Means)> WordsIf { get; init; }

    /// <summary>What an answer without a status word means; null for an unreadable one.</summary>
    public Phase? WithoutStatus { get; init; }

    /// <summary>HTTP statuses that mean running, whatever the body.</summary>
    public required IReadOnlyList<int> RunningHttp { get; init; }

    /// <summary>Words of an error answer that mean running.</summary>
    public LinearPattern? RunningText { get; init; }

    /// <summary>Words of an error answer that mean that the job is not known.</summary>
    public LinearPattern? MissingText { get; init; }

    /// <summary>A list that is empty where the job is not known; null where another answer means that.</summary>
    public Pointer? MissingIfEmpty { get; init; }

    /// <summary>Where the address to poll at is.</summary>
    public required IReadOnlyList<Pointer> PollUrl { get; init; }

    /// <summary>What is kept with the job.</summary>
    public required IReadOnlyList<(string Name, Pointer At)> Keep { get; init; }

    /// <summary>Where the progress is, and what stands for all of it.</summary>
    public (Pointer At, double Of)? Progress { get; init; }

    /// <summary>Signs of failure in a 2xx answer.</summary>
    public required IReadOnlyList<Sign> FailedIf { get; init; }

    /// <summary>The results; the first place that holds any.</summary>
    public required IReadOnlyList<DeclaredResults> Results { get; init; }

    /// <summary>Where text results are.</summary>
    public required IReadOnlyList<Pointer> Text { get; init; }

    /// <summary>Signs of a text that the limit of tokens has cut.</summary>
    public required IReadOnlyList<Sign> CutIf { get; init; }

    /// <summary>Where the seed is.</summary>
    public Pointer? Seed { get; init; }

    /// <summary>What the provider bills.</summary>
    public required IReadOnlyList<DeclaredCost> Cost { get; init; }

    /// <summary>Where tokens are counted.</summary>
    public required IReadOnlyList<Pointer> Tokens { get; init; }

    /// <summary>Where those of the input are counted.</summary>
    public required IReadOnlyList<Pointer> InputTokens { get; init; }

    /// <summary>The code of a success without a result.</summary>
    public required ErrorCode NoResults { get; init; }

    /// <summary>Reads a 2xx answer.</summary>
    /// <param name="response">The answer.</param>
    /// <param name="job">The job that was asked for; null for a submit.</param>
    /// <param name="name">The operation's name, kept with a new job.</param>
    /// <param name="model">The model.</param>
    /// <param name="failures">What errors mean.</param>
    /// <returns>The outcome; <see cref="JobOutcome.Unreadable"/> when it decides nothing.</returns>
    public JobOutcome Read(NativeResponse response, JobHandle? job, string name, DeclaredModel model, DeclaredFailures failures)
    {
        if (Results is [{ IsWholeBody: true }])
        {
            return RunningHttp.Contains(response.Status) && job is not null ? new JobOutcome.Running(job)
                : FailedIf.FirstOrDefault(s => s.Shows(default, response)) is { } filtered ? Filtered(filtered, response, model, failures)
                : Whole(response, model);
        }

        var answer = JsonReading.Parse(response.Json.Span);
        if (RunningHttp.Contains(response.Status) && job is not null && answer.ValueKind != JsonValueKind.Object)
        {
            return new JobOutcome.Running(job);
        }

        if (answer.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            return Unclear($"{failures.Title} answered with something that is no JSON object.");
        }

        // 1. It must be about the job that was asked for.
        if (job is not null && IdIn(answer) is { } other && other != job.NativeId)
        {
            return Unclear($"{failures.Title} answered about another job.");
        }

        // 2. A failure inside the answer goes before its status.
        var sign = FailedIf.FirstOrDefault(s => s.Shows(answer, response));
        if (sign is not null && (sign.DespiteResults || Media(answer, model, out _, out _).Count == 0))
        {
            if (job is not null && sign.Code is null && !IsOver(answer, sign))
            {
                // A code that is known goes before words: "unknown error, request 7" knows no job either.
                if (failures.OfCall(response) is { } ofCall)
                {
                    return new JobOutcome.Unreadable(ofCall);
                }

                if (failures.WordsIn(answer) is { } words && (MissingText?.IsMatch(words) == true || FailureWords.LackJob(words)))
                {
                    return new JobOutcome.NotFound(DeclaredJob.NotFound(failures.Title));
                }
            }

            var reported = Price(answer, response, model);
            var failure = job is null && sign.Code is null && Word(answer) is not { } word
                ? failures.Of(response, NativeCall.Submit, model)
                : failures.OfJob(answer, null, null, response, sign.Code, reported, model);

            // A job that is not reported as failed can be asked for: trouble of the provider's own does not unmake it, a refusal does.
            if (job is null && sign.Code is null && IsFollowed
                && Word(answer) is { } begins && Words.GetValueOrDefault(begins, Phase.Unknown) is not (Phase.Failed or Phase.Cancelled or Phase.Expired or Phase.Missing)
                && failure.Code is ErrorCode.ProviderError or ErrorCode.UnknownError or ErrorCode.Timeout
                && Handle(answer, null, name, model) is { } begun)
            {
                return new JobOutcome.Running(begun, ProgressIn(answer)) { Cost = reported };
            }

            // A question without an answer decides nothing about its job: too many questions, a server that is down.
            if (job is null || sign.Code is not null || IsOver(answer, sign) || failure.Code == ErrorCode.ContentPolicyViolation || failures.IsOfJob(answer, response))
            {
                var isFree = reported == 0 && failure.Billed == Billed.No;
                return new JobOutcome.Failed(sign.Billed is { } billed && !isFree ? failure with { Billed = billed } : failure);
            }

            if (Word(answer) is null)
            {
                return new JobOutcome.Unreadable(failures.Of(response, NativeCall.Poll));
            }
        }

        if (job is not null && MissingIfEmpty?.First(answer) is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() == 0)
        {
            return new JobOutcome.NotFound(DeclaredJob.NotFound(failures.Title));
        }

        // 3. The status word.
        var phase = Word(answer) is { } status
            ? WordsIf.FirstOrDefault(w => w.Word.Equals(status, StringComparison.OrdinalIgnoreCase) && w.If.Shows(answer)) is { Word: not null } special ? special.Means
                : Words.TryGetValue(status, out var meant) ? meant : Phase.Unknown
            : RunningHttp.Contains(response.Status) ? Phase.Running : WithoutStatus;
        switch (phase)
        {
            case Phase.Running:
                return Handle(answer, job, name, model) is { } running ? new JobOutcome.Running(running, ProgressIn(answer)) { Cost = Price(answer, response, model) } : Unclear("It names no job.");
            case Phase.Next:
                return Handle(answer, job, name, model) is { } next
                    ? new JobOutcome.Running(next with { State = new Dictionary<string, string>(next.State, StringComparer.Ordinal) { [DeclaredJob.Step] = "result" } }) { PollAfter = TimeSpan.Zero }
                    : Unclear("It names no job.");
            case Phase.Succeeded:
                return Succeeded(answer, response, job, model, failures, sign is { DespiteResults: false } ? failures.WordsIn(answer) : null);
            case Phase.Failed:
                return new JobOutcome.Failed(failures.OfJob(answer, null, null, response, null, Price(answer, response, model), model));
            case Phase.Cancelled:
                return new JobOutcome.Failed(failures.OfJob(answer, null, null, response, ErrorCode.UnknownError, Price(answer, response, model), model));
            case Phase.Expired:
                return new JobOutcome.Failed(failures.OfJob(answer, null, null, response, ErrorCode.Timeout, Price(answer, response, model), model));
            case Phase.Missing:
                return new JobOutcome.NotFound(DeclaredJob.NotFound(failures.Title));
            case null or Phase.Unknown when job is null && IsFollowed && !response.NamesAnError && Handle(answer, null, name, model) is { } named:
                // An id that arrived is an id: what the word means, or the end of the answer held, the first poll knows.
                return new JobOutcome.Running(named);
            default:
                return response.NamesAnError && job is not null
                    ? new JobOutcome.Unreadable(failures.Of(response, NativeCall.Poll))
                    : Unclear(Word(answer) is { } unknown ? $"{failures.Title} answered with an unknown status, {ProviderText.Code(unknown)}." : $"{failures.Title} answered without a status.");
        }
    }

    /// <summary>Whether the job is reported to have ended as the sign means. A code that every answer has is the call's own: beside the word of a success it is no failed job, which would be unbilled.</summary>
    private bool IsOver(JsonElement answer, Sign sign) => Word(answer) is { } status && Words.TryGetValue(status, out var meant) && meant != Phase.Running
        && !(meant is Phase.Succeeded or Phase.Next && sign.Not.Count > 0);

    private JobOutcome Succeeded(JsonElement answer, NativeResponse response, JobHandle? job, DeclaredModel model, DeclaredFailures failures, string? beside)
    {
        var media = Media(answer, model, out var left, out var code);
        if (response.IsCut && media.Count > 0 && Results.Any(r => r.MayBeTakenBack(answer, FailedIf.Any(f => f.DespiteResults))))
        {
            return Unclear($"{failures.Title}'s answer broke off before it stated whether the result counts.");
        }

        var isCut = model.Info.MediaType == MediaType.Text && CutIf.Any(s => s.Shows(answer));

        // A model that thinks before it speaks may reach the limit before its first word; that is a text too, and paid for.
        var text = model.Info.MediaType == MediaType.Text ? TextIn(answer) ?? (isCut ? "" : null) : null;
        if (media.Count > 0 || text is not null)
        {
            return new JobOutcome.Succeeded(media)
            {
                Text = text,
                TextIsCut = isCut,
                LeftOut = left,
                Seed = Seed is null ? null : Seed.First(answer).AnyWhole(),
                Cost = Price(answer, response, model),
                TokensUsed = Sum(Tokens, answer),
                InputTokens = Sum(InputTokens, answer),
                Warnings =
                [
                    .. left > 0 ? [$"{left} of {left + media.Count} results were left out by {failures.Title}."] : Array.Empty<string>(),

                    // An error beside results does not take them away.
                    .. beside is null ? [] : new[] { ProviderText.Clean($"{failures.Title}: {beside}") }.OfType<string>(),
                ],
            };
        }

        if (left > 0)
        {
            return new JobOutcome.Failed(failures.OfRefused(answer, response, code, Price(answer, response, model), model));
        }

        if (job is null && response.NamesAnError)
        {
            // An answer at once that gives a reason for having nothing is an error.
            return Unclear($"{failures.Title} answered with an error.");
        }

        // A job that is done and shows nothing may show it at the next look; an answer that is the result cannot.
        if (job is not null && NoResults == ErrorCode.ProviderError)
        {
            return Unclear($"{failures.Title} reports the job as done and names no result.");
        }

        var bill = Price(answer, response, model);
        return new JobOutcome.Failed(new ProviderFailure(NoResults, $"{failures.Title} answered without a result.")
        {
            Acceptance = Acceptance.Yes,
            Billed = bill == 0 ? Billed.No : Billed.Yes,
            Cost = bill > 0 ? bill : null,
        });
    }

    private JobOutcome.Failed Filtered(Sign sign, NativeResponse response, DeclaredModel model, DeclaredFailures failures)
    {
        var failure = failures.OfJob(default, null, null, response, sign.Code, DeclaredCost.Of(Cost, default, response, model), model);
        return new JobOutcome.Failed(sign.Billed is { } billed ? failure with { Billed = billed } : failure);
    }

    private JobOutcome Whole(NativeResponse response, DeclaredModel model)
    {
        if (IsText(response.Body.Span))
        {
            return Unclear("The answer is no media.");
        }

        // A header that is no media type would break the address that it goes into; the bytes say what they are.
        // One that says nothing, as raw sound often has, leaves the word to the file.
        var type = MediaTypeHeaderValue.TryParse(response.Header("Content-Type"), out var told) ? told.MediaType : null;
        type = type is null || type.Equals(Nothing, StringComparison.OrdinalIgnoreCase) ? Results[0].FixedType ?? type : type;
        var url = $"data:{type ?? Nothing};base64,{Convert.ToBase64String(response.Body.Span)}";
        return new JobOutcome.Succeeded([new MediaSource(model.Info.MediaType, url) { ContentType = type }]) { Cost = DeclaredCost.Of(Cost, default, response, model) };
    }

    private static bool IsText(ReadOnlySpan<byte> body)
    {
        const int Looked = 256;
        return !body[..Math.Min(body.Length, Looked)].ContainsAnyExcept(s_text);
    }

    private List<MediaSource> Media(JsonElement answer, DeclaredModel model, out int left, out ErrorCode code)
    {
        (left, code) = (0, ErrorCode.ContentPolicyViolation);
        foreach (var place in Results)
        {
            var found = place.Read(answer, model.Info.MediaType, out var skipped);
            if (found.Count > 0 || skipped > 0)
            {
                (left, code) = (skipped, place.AllSkipped);
                return found;
            }
        }

        return [];
    }

    private JobHandle? Handle(JsonElement answer, JobHandle? job, string name, DeclaredModel model)
    {
        if (job is null && IdIn(answer) is null)
        {
            return null;
        }

        var handle = job ?? new JobHandle(IdIn(answer)!, model.Info.Id) { State = new Dictionary<string, string>(StringComparer.Ordinal) { [DeclaredJob.Operation] = name } };
        if (job is null && First(PollUrl, answer) is { } url && Uri.TryCreate(url, UriKind.Absolute, out var absolute) && absolute.Scheme is "https" or "http")
        {
            handle = handle with { PollUrl = url };
        }

        Dictionary<string, string>? state = null;
        foreach (var (kept, at) in Keep)
        {
            if (at.First(answer) is var value && value.IdText() is { } text && text is not ("." or ".."))
            {
                state ??= new Dictionary<string, string>(handle.State, StringComparer.Ordinal);
                state[kept] = text;
            }
        }

        return state is null ? handle : handle with { State = state };
    }

    private string? IdIn(JsonElement answer)
    {
        foreach (var pointer in Job)
        {
            if (pointer.First(answer).IdText() is { } id and not ("." or ".."))
            {
                return id;
            }
        }

        return null;
    }

    private string? Word(JsonElement answer) => First(Status, answer)?.Trim();

    private double? ProgressIn(JsonElement answer) =>
        Progress is var (at, of) && at.First(answer).AnyNumber() is { } number ? Math.Clamp(number / of, 0, 1) : null;

    private decimal? Price(JsonElement answer, NativeResponse response, DeclaredModel model) => DeclaredCost.Of(Cost, answer, response, model);

    private string? TextIn(JsonElement answer)
    {
        foreach (var pointer in Text)
        {
            var texts = pointer.All(answer).Select(v => v.Text()).OfType<string>().ToList();
            if (texts.Count > 0)
            {
                return string.Concat(texts);
            }
        }

        return null;
    }

    private static long? Sum(IReadOnlyList<Pointer> counts, JsonElement answer)
    {
        long? sum = null;
        foreach (var pointer in counts)
        {
            foreach (var value in pointer.All(answer))
            {
                if (value.AnyWhole() is >= 0 and < 1L << 40 and var tokens)
                {
                    sum = (sum ?? 0) + tokens;
                }
            }
        }

        return sum;
    }

    private static string? First(IReadOnlyList<Pointer> pointers, JsonElement answer)
    {
        foreach (var pointer in pointers)
        {
            if (Values.Text(pointer.First(answer)) is { Length: > 0 } text)
            {
                return text;
            }
        }

        return null;
    }

    private static JobOutcome.Unreadable Unclear(string message) => new(ProviderFailure.Unclear(message));
}
