using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>A call that starts something, as a unified request.</summary>
/// <param name="Call">The call, for the names of its parameters.</param>
/// <param name="Request">The request, without an id.</param>
internal sealed record DialectRequest(DialectCall Call, GenerationRequest Request)
{
    /// <summary>What the catalogue knows about its model; null for an alias, and for what nobody knows.</summary>
    public ModelInfo? Known { get; init; }

    /// <summary>Which of several requests that one call was split into, from 0.</summary>
    public int Part { get; init; }

    /// <summary>How many requests the call was split into.</summary>
    public int Parts { get; init; } = 1;

    /// <summary>What a video job shows of its request; null for images.</summary>
    public VideoFacts? Video { get; init; }

    /// <summary>What a response shows of its request; null for any other call.</summary>
    public ResponseFacts? Response { get; init; }

    /// <summary>What is accepted without effect.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>How many results.</summary>
    public int N => Request.Parameters.N ?? 1;

    /// <summary>The request for one of its results; each is a picture of its own, so each is another request.</summary>
    public DialectRequest PartOf(int part) => this with
    {
        Part = part,
        Parts = N,
        Request = Request with
        {
            Parameters = Request.Parameters with { N = null },
            Metadata = JsonSerializer.SerializeToElement(new ImagePart(part, N), OpenAiJson.Default.ImagePart),
        },
    };
}
