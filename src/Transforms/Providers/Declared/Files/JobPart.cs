using System.Text.Json;
using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Declared.Files;

/// <summary>How a job is followed.</summary>
internal sealed record JobPart
{
    public required StepPart Poll { get; set; }

    /// <summary>What is asked once a poll has answered <c>next</c>.</summary>
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

    /// <summary>Headers of this question alone, templates; those without a value are left out.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>The body of a question that is a POST: an object, or a list with one.</summary>
    public JsonElement Body { get; set; }

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

    /// <summary>Headers of this call alone, templates; those without a value are left out.</summary>
    public Dictionary<string, string> Headers { get; set; } = [];

    /// <summary>The body of a cancel that is a POST or PUT: an object, or a list with one.</summary>
    public JsonElement Body { get; set; }

    /// <summary>True when a 2xx means that the job has ended and bills nothing. False, the default, when it may go on, or may have been over and paid before.</summary>
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

    /// <summary>Where the key of the signature is published: an https URL of the provider's with <c>fal</c>, a path with <c>standard</c>.</summary>
    public string? Keys { get; set; }
}
