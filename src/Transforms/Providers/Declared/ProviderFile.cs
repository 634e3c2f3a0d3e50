using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>A provider as a data file. <c>config/provider.schema.json</c> and <c>docs/providers.md</c> describe the same.</summary>
/// <remarks>Setters, since generated readers would set an init-only member that is missing to null.</remarks>
internal sealed record ProviderFile
{
    /// <summary>For editors.</summary>
    [JsonPropertyName("$schema")]
    public string? Schema { get; set; }

    /// <summary>The provider's name: lower case letters, digits and hyphens.</summary>
    public required string Name { get; set; }

    /// <summary>Its name for people. Default: <see cref="Name"/>.</summary>
    public string? Title { get; set; }

    /// <summary>The provider of the same maker with whom it shares the key of native parameters. Default: <see cref="Name"/>.</summary>
    public string? Family { get; set; }

    /// <summary>Where the facts come from, for people.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Sources { get; set; } = [];

    /// <summary>The address of the API.</summary>
    public required string Address { get; set; }

    /// <summary>How the key travels.</summary>
    public required AuthPart Auth { get; set; }

    /// <summary>A call that costs nothing.</summary>
    public required ProbePart Probe { get; set; }

    /// <summary>Hosts, besides the address's own, whose job URLs are called with the key, as <c>queue.fal.run</c>.</summary>
    public IReadOnlyList<string> KeyHosts { get; set; } = [];

    /// <summary>The largest answer that is read, MiB. Default 4; at most 64.</summary>
    public int MaxAnswerMib { get; set; } = 4;

    /// <summary>How often to poll.</summary>
    public PacePart? Pace { get; set; }

    /// <summary>Tables that the filter <c>map</c> looks words up in; <c>*</c> stands for any other.</summary>
    public Dictionary<string, Dictionary<string, string>> Maps { get; set; } = [];

    /// <summary>The models.</summary>
    public IReadOnlyList<ModelPart> Models { get; set; } = [];

    /// <summary>Models that are not listed: the first pattern that fits an id says what it is.</summary>
    public IReadOnlyList<AnyModelPart> AnyModel { get; set; } = [];

    /// <summary>The ways to submit; the first whose conditions hold is taken.</summary>
    public required IReadOnlyList<OperationPart> Operations { get; set; }

    /// <summary>What the answer to a submit means, for operations that do not say it themselves.</summary>
    public ReadPart? Read { get; set; }

    /// <summary>How jobs are followed, for operations that do not say it themselves.</summary>
    public JobPart? Job { get; set; }

    /// <summary>What errors mean.</summary>
    public required ErrorsPart Errors { get; set; }

    /// <summary>What the native route serves.</summary>
    public NativePart Native { get; set; } = new();
}

/// <summary>How the key travels.</summary>
internal sealed record AuthPart
{
    /// <summary><c>header</c> (default), <c>query</c>, <c>jwt</c> (a signed token where the key has two halves), <c>hmac</c> (a signature of each call), or
    /// <c>google</c> (an OAuth token where the key is a service account's file).</summary>
    public string Scheme { get; set; } = "header";

    /// <summary>The header. Default <c>Authorization</c>.</summary>
    public string Header { get; set; } = "Authorization";

    /// <summary>Its value, with <c>{key}</c>. Default <c>Bearer {key}</c>.</summary>
    public string Value { get; set; } = "Bearer {key}";

    /// <summary>With <c>query</c>: the parameter that carries the key.</summary>
    public string? Parameter { get; set; }

    /// <summary>With <c>jwt</c>: how long a token is good, seconds. Default 1800; 600 to 86400.</summary>
    public int Lifetime { get; set; } = 1800;

    /// <summary>With <c>hmac</c>: what is signed, and where the signature goes.</summary>
    public HmacPart? Hmac { get; set; }

    /// <summary>Environment variables that may hold the key, the first that is set wins; <c>A+B</c> for two that hold its halves, access and secret.</summary>
    public required IReadOnlyList<string> Keys { get; set; }

    /// <summary>Headers that go along with every call.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];
}

/// <summary>A signature of each call by a secret key.</summary>
internal sealed record HmacPart
{
    /// <summary>What is signed, with <c>{method}</c>, <c>{path}</c>, <c>{query}</c>, <c>{host}</c>, <c>{timestamp}</c>, <c>{timestamp_ms}</c>, <c>{date}</c>, <c>{body}</c>,
    /// <c>{body_sha256}</c>, <c>{access}</c> and <c>{newline}</c>.</summary>
    public required string Message { get; set; }

    /// <summary><c>sha256</c> (default), <c>sha512</c> or <c>sha1</c>.</summary>
    public string Algorithm { get; set; } = "sha256";

    /// <summary><c>hex</c> (default) or <c>base64</c>.</summary>
    public string Encoding { get; set; } = "hex";

    /// <summary>Headers, with the same names and <c>{signature}</c>.</summary>
    public required Dictionary<string, string> Headers { get; set; }
}

/// <summary>A call that costs nothing and shows that key and account work.</summary>
internal sealed record ProbePart
{
    /// <summary>The method. Default GET.</summary>
    public string Method { get; set; } = "GET";

    /// <summary>The path.</summary>
    public required string Path { get; set; }

    /// <summary>Statuses besides 2xx that mean all is well.</summary>
    public IReadOnlyList<int> Well { get; set; } = [];
}

/// <summary>How often to poll, milliseconds.</summary>
internal sealed record PacePart(int First = 1000, int Longest = 5000, double Growth = 1.5);

/// <summary>A model.</summary>
internal sealed record ModelPart
{
    /// <summary>Its id at the provider.</summary>
    public required string Id { get; set; }

    /// <summary>Other names that requests may use.</summary>
    public IReadOnlyList<string> Aliases { get; set; } = [];

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c> or <c>text</c>.</summary>
    public required string Type { get; set; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Capabilities { get; set; } = [];

    /// <summary>The day it stops, or stopped.</summary>
    public DateOnly? Retired { get; set; }

    /// <summary>The model that its maker names in its place.</summary>
    public string? Successor { get; set; }

    /// <summary>Whether the provider fetches https inputs itself. Default true.</summary>
    public bool FetchesUrls { get; set; } = true;

    /// <summary>What it takes.</summary>
    public LimitsPart Limits { get; set; } = new();

    /// <summary>Allowed values of other parameters, by name.</summary>
    public Dictionary<string, IReadOnlyList<string>> Values { get; set; } = [];

    /// <summary>Parameters that the operation has a field for and this model does not take.</summary>
    public IReadOnlyList<string> Lacks { get; set; } = [];

    /// <summary>What this model refuses, over the mapped request.</summary>
    public IReadOnlyList<RefusePart> Refuse { get; set; } = [];

    /// <summary>What the provider takes for a parameter that is not given.</summary>
    public Dictionary<string, JsonElement> Defaults { get; set; } = [];

    /// <summary>Values of its own for templates and conditions, as <c>model.NAME</c>.</summary>
    public Dictionary<string, JsonElement> Vars { get; set; } = [];

    /// <summary>What it costs: the first rule whose conditions hold.</summary>
    public IReadOnlyList<PricePart> Price { get; set; } = [];
}

/// <summary>Something that a model refuses.</summary>
internal sealed record RefusePart
{
    /// <summary>Conditions that must all hold.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public required IReadOnlyList<string> When { get; set; }

    /// <summary>The parameter that is named.</summary>
    public required string Field { get; set; }

    /// <summary>Why, in a sentence without the field's name.</summary>
    public required string Message { get; set; }
}

/// <summary>Models that are not listed.</summary>
internal sealed record AnyModelPart
{
    /// <summary>A regular expression over the whole id.</summary>
    public required string Pattern { get; set; }

    /// <summary><c>image</c>, <c>video</c>, <c>audio</c> or <c>text</c>.</summary>
    public required string Type { get; set; }

    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Capabilities { get; set; } = [];

    /// <summary>Values of its own.</summary>
    public Dictionary<string, JsonElement> Vars { get; set; } = [];
}

/// <summary>What a model takes; what is left out is not limited.</summary>
internal sealed record LimitsPart
{
    public IReadOnlyList<string> Sizes { get; set; } = [];
    public bool SizeIsFixed { get; set; }
    public int? MaxWidth { get; set; }
    public int? MaxHeight { get; set; }
    public int? SideStep { get; set; }
    public int? MinSide { get; set; }
    public int? MinArea { get; set; }
    public int? MaxArea { get; set; }
    public IReadOnlyList<string> AspectRatios { get; set; } = [];
    public IReadOnlyList<string> Resolutions { get; set; } = [];
    public IReadOnlyList<double> Durations { get; set; } = [];
    public double? MinDuration { get; set; }
    public double? MaxDuration { get; set; }
    public int? MaxPromptLength { get; set; }
    public int? MaxResults { get; set; }
    public int? MaxInputImages { get; set; }
    public IReadOnlyList<string> InputTypes { get; set; } = [];
}

/// <summary>A price, USD. Amounts are added.</summary>
internal sealed record PricePart
{
    /// <summary>Conditions that must hold, over the mapped request.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> When { get; set; } = [];

    public decimal? PerRequest { get; set; }
    public decimal? PerResult { get; set; }
    public decimal? PerSecond { get; set; }
    public decimal? PerInput { get; set; }
    public decimal? PerMegapixel { get; set; }
    public decimal? PerThousandCharacters { get; set; }

    /// <summary>For a million tokens that go in: at most as many as the prompt has bytes.</summary>
    public decimal? PerMillionTokensIn { get; set; }

    /// <summary>For a million tokens that come out: the fact <c>tokens</c>, the most that the request allows.</summary>
    public decimal? PerMillionTokensOut { get; set; }

    /// <summary>The least that is charged.</summary>
    public decimal? AtLeast { get; set; }

    /// <summary>Dollars for one of these, as 0.01 where the amounts are credits. Default 1.</summary>
    public decimal Times { get; set; } = 1;

    /// <summary>True where this is the most that it can cost, since what is billed shows only afterwards.</summary>
    public bool Bound { get; set; }

    /// <summary>Where it was read, and when.</summary>
    public string? Source { get; set; }
}

/// <summary>A way to submit.</summary>
internal sealed record OperationPart
{
    /// <summary>Its name; kept with the job.</summary>
    public required string Name { get; set; }

    /// <summary>Conditions that must hold.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> When { get; set; } = [];

    /// <summary>What is sent.</summary>
    public required SubmitPart Submit { get; set; }

    /// <summary>What the answer means. Default: <see cref="ProviderFile.Read"/>.</summary>
    public ReadPart? Read { get; set; }

    /// <summary>How the job is followed. Default: <see cref="ProviderFile.Job"/>.</summary>
    public JobPart? Job { get; set; }
}

/// <summary>A submit.</summary>
internal sealed record SubmitPart
{
    public string Method { get; set; } = "POST";

    /// <summary>The path, a template.</summary>
    public required string Path { get; set; }

    /// <summary>Parameters of the query, templates; those without a value are left out.</summary>
    public Dictionary<string, string> Query { get; set; } = [];

    /// <summary>Headers, templates; those without a value are left out.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>The JSON body, a template.</summary>
    public JsonElement Body { get; set; }

    /// <summary><c>json</c> (default) or <c>multipart</c>.</summary>
    public string Encoding { get; set; } = "json";

    /// <summary>Where native parameters go in the body: a pointer of names. Default: its root.</summary>
    public string NativeAt { get; set; } = "";

    /// <summary>Parameters that have no field here and are left out with a warning.</summary>
    public Dictionary<string, string> Ignores { get; set; } = [];

    /// <summary>Parameters that must be given.</summary>
    public IReadOnlyList<string> Needs { get; set; } = [];

    /// <summary>Where the body holds what is paid for, by variable: results, seconds, resolution, ...; with <c>|map:NAME</c> where it says it in other words.</summary>
    public Dictionary<string, string> Facts { get; set; } = [];
}

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

    public string? Seed { get; set; }

    /// <summary>What the provider bills; the first that is there.</summary>
    public IReadOnlyList<CostPart> Cost { get; set; } = [];

    /// <summary>Tokens; they are added.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Tokens { get; set; } = [];

    /// <summary>The code of a success that holds no result. Default PROVIDER_ERROR.</summary>
    public string? NoResults { get; set; }
}

/// <summary>A status word with a sign beside it.</summary>
internal sealed record WordPart(string Word, FailedPart If, string Means);

/// <summary>A sign of failure in a 2xx answer.</summary>
internal sealed record FailedPart
{
    public required string At { get; set; }

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

    /// <summary>A list beside, whose flags tell which items are filtered, as <c>/has_nsfw_concepts</c>.</summary>
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

    /// <summary>What is added where it is there.</summary>
    public IReadOnlyList<CostPart> Plus { get; set; } = [];
}

/// <summary>How a job is followed.</summary>
internal sealed record JobPart
{
    public required StepPart Poll { get; set; }

    /// <summary>What is asked once a poll said <c>next</c>.</summary>
    public StepPart? Result { get; set; }

    public CancelPart? Cancel { get; set; }

    public FindPart? Find { get; set; }

    public ExternalIdPart? ExternalId { get; set; }

    public IdempotencyPart? Idempotency { get; set; }

    public WebhookPart? Webhook { get; set; }
}

/// <summary>A question about a job.</summary>
internal sealed record StepPart
{
    public string Method { get; set; } = "GET";

    /// <summary>The path; of several, the first whose variables all have a value.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public required IReadOnlyList<string> Path { get; set; }
    public required ReadPart Read { get; set; }

    /// <summary>True where an error answers for the job itself, and not for the question.</summary>
    public bool ErrorIsFinal { get; set; }
}

/// <summary>A cancel.</summary>
internal sealed record CancelPart
{
    public string Method { get; set; } = "DELETE";

    /// <summary>The path; of several, the first whose variables all have a value.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public required IReadOnlyList<string> Path { get; set; }

    /// <summary>True when a 2xx means that the job has ended; else that it may.</summary>
    public bool IsFinal { get; set; }
}

/// <summary>A list of recent jobs.</summary>
internal sealed record FindPart
{
    public required string Path { get; set; }
    public required string Items { get; set; }
    public required string Id { get; set; }

    /// <summary>When a job began.</summary>
    public required string Created { get; set; }

    /// <summary><c>iso</c> (default), <c>s</c> or <c>ms</c>.</summary>
    public string CreatedAs { get; set; } = "iso";

    /// <summary>Where an item names its model; an item of another is passed over.</summary>
    public string? Model { get; set; }

    /// <summary>Members of the sent body, and where an item repeats them. Together they must be the whole input: a job that only looks alike is somebody else's.</summary>
    public required Dictionary<string, string> Match { get; set; }

    public string? Next { get; set; }

    /// <summary>Seconds after which the list is complete; null where it may lack a job.</summary>
    public int? CompleteAfter { get; set; }
}

/// <summary>An id of ours that the provider keeps.</summary>
internal sealed record ExternalIdPart
{
    /// <summary>The place in the body, a pointer of names.</summary>
    public required string At { get; set; }

    public required string Path { get; set; }
    public required string Items { get; set; }
    public required string Id { get; set; }

    /// <summary>The part that must be there for an answer to count.</summary>
    public required string Ok { get; set; }

    public int? CompleteAfter { get; set; }
}

/// <summary>A key that makes repetitions one job.</summary>
internal sealed record IdempotencyPart(string Header, int KeptFor);

/// <summary>How the provider calls back.</summary>
internal sealed record WebhookPart
{
    /// <summary>The place of the address in the body, a pointer of names; or</summary>
    public string? At { get; set; }

    /// <summary>the parameter of the query.</summary>
    public string? Query { get; set; }

    /// <summary>Where a call names the job.</summary>
    public required string Job { get; set; }

    /// <summary>How calls are signed: <c>fal</c> or <c>standard</c> (Standard Webhooks); null where they are not.</summary>
    public string? Signature { get; set; }

    /// <summary>Where the key of the signature is told: an https URL of the provider's with <c>fal</c>, a path with <c>standard</c>.</summary>
    public string? Keys { get; set; }
}

/// <summary>What errors mean.</summary>
internal sealed record ErrorsPart
{
    /// <summary>Where the provider's code is, in any answer.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Code { get; set; } = [];

    /// <summary>Where its words are.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Text { get; set; } = [];

    /// <summary>Where a wait is, seconds.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> RetryAfter { get; set; } = [];

    /// <summary>A regular expression whose first group is a wait in seconds, in the words.</summary>
    public string? RetryAfterText { get; set; }

    /// <summary>A regular expression whose first group is the code, in the words.</summary>
    public string? CodeInText { get; set; }

    /// <summary>What an error answer bills.</summary>
    public IReadOnlyList<CostPart> Cost { get; set; } = [];

    /// <summary>The rules; the first that fits counts. Without one the HTTP status does.</summary>
    public IReadOnlyList<ErrorRulePart> Rules { get; set; } = [];
}

/// <summary>A rule about errors. All that it names must fit.</summary>
internal sealed record ErrorRulePart
{
    /// <summary>HTTP statuses, as <c>429</c> or <c>5xx</c>.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Http { get; set; } = [];

    /// <summary>The provider's codes; <c>*</c> stands for anything.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Native { get; set; } = [];

    /// <summary>A regular expression over the words.</summary>
    public string? Text { get; set; }

    /// <summary><c>submit</c>, <c>poll</c>, <c>cancel</c>, <c>find</c>, <c>probe</c>, or <c>job</c> for a job that failed.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> During { get; set; } = [];

    /// <summary>The unified code.</summary>
    public required string Code { get; set; }

    public bool Retryable { get; set; }

    /// <summary><c>yes</c>, <c>no</c> or <c>unknown</c>; default by status.</summary>
    public string? Accepted { get; set; }

    /// <summary><c>yes</c>, <c>no</c> or <c>unknown</c>; default by status.</summary>
    public string? Billed { get; set; }
}

/// <summary>What the native route serves.</summary>
internal sealed record NativePart
{
    public IReadOnlyList<NativeEndpointPart> Endpoints { get; set; } = [];

    /// <summary>Members of answers whose URLs come back through the gateway.</summary>
    public IReadOnlyList<string> Links { get; set; } = [];

    /// <summary>Headers that keep the provider from repeating a paid job.</summary>
    public Dictionary<string, string> SubmitHeaders { get; set; } = [];

    /// <summary>Headers of the vendor's clients that go on to the provider; an asterisk may end a name.</summary>
    public IReadOnlyList<string> RequestHeaders { get; set; } = [];

    /// <summary>Headers of the provider's answers that go on to the client.</summary>
    public IReadOnlyList<string> AnswerHeaders { get; set; } = [];

    /// <summary>The shape of errors, with <c>{message}</c> and <c>{status}</c>. Default: error.message and error.code.</summary>
    public JsonElement Error { get; set; }

    /// <summary>The header in which the vendor's client names the URL it wants.</summary>
    public string? TargetHeader { get; set; }
}

/// <summary>A native call.</summary>
internal sealed record NativeEndpointPart
{
    public required string Methods { get; set; }
    public required string Path { get; set; }

    /// <summary><c>submit</c>, <c>job</c>, <c>list</c> or <c>open</c> (default).</summary>
    public string Use { get; set; } = "open";

    public string? IdParameter { get; set; }
    public string? IdMember { get; set; }
    public bool IdIsOptional { get; set; }
    public string ListMember { get; set; } = "data";
}

/// <summary>Reads a text as a list of one.</summary>
internal sealed class OneOrManyConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!];
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("must be a text or a list of texts");
        }

        var list = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(reader.TokenType == JsonTokenType.String ? reader.GetString()! : throw new JsonException("must be a text or a list of texts"));
        }

        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value)
        {
            writer.WriteStringValue(text);
        }

        writer.WriteEndArray();
    }
}

/// <summary>Source-generated JSON of provider files.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true, MaxDepth = 40)]
[JsonSerializable(typeof(ProviderFile))]
internal sealed partial class ProviderFileJson : JsonSerializerContext;
