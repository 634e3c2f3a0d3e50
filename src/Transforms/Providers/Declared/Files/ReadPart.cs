using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>What an answer means.</summary>
internal sealed record ReadPart
{
    /// <summary>Where the job's id is.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Job { get; set; } = [];

    /// <summary>Where the status word is.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Status { get; set; } = [];

    /// <summary>What the words mean: running, succeeded, failed, cancelled, expired, missing, next.</summary>
    public Dictionary<string, string> Words { get; set; } = [];

    /// <summary>Words that mean something else where the answer shows a sign beside them.</summary>
    public IReadOnlyList<WordPart> WordsIf { get; set; } = [];

    /// <summary>What an answer without a status word means, in the same words; null for an unreadable one.</summary>
    public string? WithoutStatus { get; set; }

    /// <summary>HTTP statuses that mean running, whatever the body.</summary>
    public IReadOnlyList<int> RunningHttp { get; set; } = [];

    /// <summary>A regular expression over the words of an error answer that mean running.</summary>
    public string? RunningText { get; set; }

    /// <summary>A regular expression over the words of an error answer that mean that the job is not known. Of 404 and 410 the usual words are known.</summary>
    public string? MissingText { get; set; }

    /// <summary>Where jobs are listed; an answer in which that list is there and empty does not know the job.</summary>
    public string? MissingIfEmpty { get; set; }

    /// <summary>Where the address to poll at is.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> PollUrl { get; set; } = [];

    /// <summary>What is kept with the job, as <c>job.NAME</c>.</summary>
    public Dictionary<string, string> Keep { get; set; } = [];

    /// <summary>Where the progress is, 0 to <see cref="ProgressOf"/>.</summary>
    public string? Progress { get; set; }

    public double ProgressOf { get; set; } = 1;

    /// <summary>What makes a 2xx answer a failure, before its status counts.</summary>
    public IReadOnlyList<FailedPart> FailedIf { get; set; } = [];

    /// <summary>The results; the first place that holds any.</summary>
    public IReadOnlyList<ResultPart> Results { get; set; } = [];

    /// <summary>Where text results are; they are joined.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Text { get; set; } = [];

    /// <summary>Signs of a text that ends where the limit of tokens was reached.</summary>
    public IReadOnlyList<FailedPart> CutIf { get; set; } = [];

    public string? Seed { get; set; }

    /// <summary>What the provider bills; the first that is there.</summary>
    public IReadOnlyList<CostPart> Cost { get; set; } = [];

    /// <summary>Tokens; they are added.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Tokens { get; set; } = [];

    /// <summary>Those of the input, which are among them; they are added.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> InputTokens { get; set; } = [];

    /// <summary>The code of a success that holds no result. Default PROVIDER_ERROR.</summary>
    public string? NoResults { get; set; }
}

/// <summary>A status word with a sign beside it.</summary>
internal sealed record WordPart(string Word, FailedPart If, string Means);

/// <summary>A sign of failure in a 2xx answer.</summary>
internal sealed record FailedPart
{
    /// <summary>The place of the value; or</summary>
    public string? At { get; set; }

    /// <summary>the header that holds it: in <c>failed_if</c> alone, and with a <c>code</c>.</summary>
    public string? Header { get; set; }

    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Is { get; set; } = [];

    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Not { get; set; } = [];

    /// <summary>The code; null to look it up among the errors.</summary>
    public string? Code { get; set; }

    public string? Billed { get; set; }

    /// <summary>False when a result beside it makes the answer a success.</summary>
    public bool DespiteResults { get; set; } = true;
}

/// <summary>Where results are.</summary>
internal sealed record ResultPart
{
    /// <summary>The items; <c>*</c> for the whole body as bytes.</summary>
    public required string At { get; set; }

    /// <summary>The address inside an item. Default: the item itself.</summary>
    public string? Url { get; set; }

    /// <summary>Base64 inside an item; <c>""</c> for the item itself.</summary>
    public string? Base64 { get; set; }

    /// <summary>The media type inside an item, or a fixed one without a slash in front.</summary>
    public string? ContentType { get; set; }

    /// <summary>Items to leave out: filtered ones, thoughts.</summary>
    public IReadOnlyList<FailedPart> SkipIf { get; set; } = [];

    /// <summary>A list beside, whose flags mark which items are filtered, as <c>/has_nsfw_concepts</c>.</summary>
    public string? Flags { get; set; }

    /// <summary>The code when all were left out. Default CONTENT_POLICY_VIOLATION.</summary>
    public string? AllSkipped { get; set; }

    /// <summary>True where only texts that are addresses count.</summary>
    public bool OnlyAddresses { get; set; }

    /// <summary>Another media type than the model's: image, video, audio.</summary>
    public string? Type { get; set; }
}

/// <summary>What the provider bills.</summary>
internal sealed record CostPart
{
    public string? At { get; set; }

    public string? Header { get; set; }

    /// <summary>Dollars for one.</summary>
    public decimal Times { get; set; } = 1;

    /// <summary>A variable of the model that holds the dollars for one, or a table of them.</summary>
    public string? TimesModel { get; set; }

    /// <summary>Where the answer holds the word that the table is by.</summary>
    public string? By { get; set; }

    /// <summary>Only where this value of the answer has one of these words.</summary>
    public FailedPart? If { get; set; }

    /// <summary>Signs that this is not the whole bill, as a charge in something else than money: then it states nothing.</summary>
    public IReadOnlyList<FailedPart> Unless { get; set; } = [];

    /// <summary>For a part of a sum: true where the provider leaves it out when it is nothing. Without any other part, a bill states nothing.</summary>
    public bool Optional { get; set; }

    /// <summary>What is added.</summary>
    public IReadOnlyList<CostPart> Plus { get; set; } = [];
}
