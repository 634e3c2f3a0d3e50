using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Finds responses, and what earlier ones hold, by their ids.</summary>
internal sealed class ResponseItems(GenerationService generations, ModelCatalogue catalogue)
{
    /// <summary>The most items of earlier responses in one input.</summary>
    private const int Most = 32;

    private static readonly string[] s_prefixes = ["img_", "text_", "gen_", "hit_"];

    /// <summary>The generation of a response.</summary>
    /// <param name="own">What its id and those of its items end with.</param>
    /// <param name="client">Whose it must be.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task<(ResponseFacts Facts, GenerationState State, Generation? Running)?> FindAsync(string own, string client, CancellationToken cancellationToken)
    {
        foreach (var prefix in s_prefixes)
        {
            if (await generations.FindAsync(prefix + own, client, cancellationToken) is var (state, running) && !state.Hidden && FactsOf(state) is { } facts)
            {
                return (facts, state, running);
            }
        }

        return null;
    }

    /// <summary>What the items that an input names by their ids hold; of those that are not there nothing.</summary>
    public async Task<IReadOnlyDictionary<string, GenerationResult>> FindAsync(OpenAiBody body, string client, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, GenerationResult>(StringComparer.Ordinal);
        if (body.Of("input") is not [{ Json: { ValueKind: JsonValueKind.Array } input }])
        {
            return found;
        }

        foreach (var id in input.EnumerateArray().Select(ResponseReader.ReferenceOf).OfType<string>().Distinct(StringComparer.Ordinal).Take(Most))
        {
            if (await FindAsync(id[(id.IndexOf('_') + 1)..], client, cancellationToken) is var (_, state, _) && state.Result is { } result)
            {
                found[id] = result;
            }
        }

        return found;
    }

    /// <summary>What a generation shows as a response, whatever call it was made by.</summary>
    /// <returns>Null for a clip or a sound.</returns>
    private ResponseFacts? FactsOf(GenerationState state)
    {
        if (ResponseFacts.Unpack(state.Attachment) is { } facts)
        {
            return facts;
        }

        var type = state.Result switch
        {
            { Media: [{ Type: var made }, ..] } => made,
            { Text: not null } => MediaType.Text,
            _ => catalogue.Find(state.Provider, state.Model)?.MediaType,
        };
        return type is MediaType.Image or MediaType.Text
            ? new ResponseFacts($"{state.Provider}/{state.Model}", type == MediaType.Image, "auto", "opaque", InBackground: false, Store: true, null)
            : null;
    }
}
