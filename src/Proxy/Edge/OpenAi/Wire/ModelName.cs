using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Where the dialect's one <c>model</c> leads: <c>provider/model</c>, a bare name, or an alias.</summary>
/// <param name="Provider">The provider; <c>auto</c> leaves it to the router, which knows the aliases.</param>
/// <param name="Model">The model or the alias.</param>
/// <param name="Known">What the catalogue knows; null for an alias, and for what nobody knows.</param>
internal sealed record ModelName(string Provider, string Model, ModelInfo? Known)
{
    /// <summary>Reads a name.</summary>
    public static ModelName Read(string name, ProviderTable providers, ModelCatalogue catalogue, AliasTable aliases)
    {
        // An alias first: it may be named like anything.
        if (aliases.Find(name) is { IsConfigured: true })
        {
            return new ModelName(GenerationRequest.AnyProvider, name, null);
        }

        var slash = name.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && providers.Find(name[..slash]) is not null)
        {
            return new ModelName(name[..slash], name[(slash + 1)..], catalogue.Find(name[..slash], name[(slash + 1)..]));
        }

        foreach (var provider in providers.Names)
        {
            if (catalogue.Find(provider, name) is { } known)
            {
                return new ModelName(GenerationRequest.AnyProvider, name, known);
            }
        }

        return new ModelName(GenerationRequest.AnyProvider, name, null);
    }
}
