using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>What errors mean.</summary>
internal sealed record ErrorsPart
{
    /// <summary>Where the provider's code is, in any answer.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Code { get; set; } = [];

    /// <summary>Where its words are.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Text { get; set; } = [];

    /// <summary>Where the name of the refused field of the request is.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> Field { get; set; } = [];

    /// <summary>Where a wait is, seconds.</summary>
    [JsonConverter(typeof(OneOrManyConverter))]
    public IReadOnlyList<string> RetryAfter { get; set; } = [];

    /// <summary>A regular expression whose first group is a wait in seconds, in the words.</summary>
    public string? RetryAfterText { get; set; }

    /// <summary>The header of an answer that holds <c>true</c> where trying again helps and <c>false</c> where it does not.</summary>
    public string? RetryableHeader { get; set; }

    /// <summary>A regular expression whose first group is the code, in the words.</summary>
    public string? CodeInText { get; set; }

    /// <summary>What an error answer bills.</summary>
    public IReadOnlyList<CostPart> Cost { get; set; } = [];

    /// <summary>Signs that an answer was billed, whatever error it names: tokens that were counted. A sign counts where its value is there and is not one of <c>not</c>.</summary>
    public IReadOnlyList<FailedPart> BilledIf { get; set; } = [];

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
