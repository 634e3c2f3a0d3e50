using System.Text.Json.Serialization;

namespace Framegate.Transforms.Providers.Declared.Files;

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

    /// <summary>How answers are streamed.</summary>
    public EventsPart? Events { get; set; }

    /// <summary>How often to poll.</summary>
    public PacePart? Pace { get; set; }

    /// <summary>Tables that the filter <c>map</c> looks words up in; <c>*</c> stands for any other.</summary>
    public Dictionary<string, Dictionary<string, string>> Maps { get; set; } = [];

    /// <summary>The models.</summary>
    public IReadOnlyList<ModelPart> Models { get; set; } = [];

    /// <summary>Models that are not listed: the first pattern that fits an id decides what it is.</summary>
    public IReadOnlyList<AnyModelPart> AnyModel { get; set; } = [];

    /// <summary>The ways to submit; the first whose conditions hold is taken.</summary>
    public required IReadOnlyList<OperationPart> Operations { get; set; }

    /// <summary>What the answer to a submit means, for operations without one of their own.</summary>
    public ReadPart? Read { get; set; }

    /// <summary>How jobs are followed, for operations without one of their own.</summary>
    public JobPart? Job { get; set; }

    /// <summary>What errors mean.</summary>
    public required ErrorsPart Errors { get; set; }

    /// <summary>What the native route serves.</summary>
    public NativePart Native { get; set; } = new();
}
