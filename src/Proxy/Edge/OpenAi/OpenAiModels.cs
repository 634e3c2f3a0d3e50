using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Catalogue;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>GET /v1/models</c>: the aliases and the catalogue. When a provider began to serve a model is not published, so <c>created</c> is 0.</summary>
internal sealed class OpenAiModels(ProviderTable providers, ModelCatalogue catalogue, AliasTable aliases, ClientKeys clients)
{
    /// <summary>All of them.</summary>
    public Task ListAsync(HttpContext context)
    {
        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        var settings = clients.SettingsOf(Client.Of(context));
        var names = aliases.Configured.Where(a => MayUse(settings, a)).Select(a => Show(a.Name, GenerationRequest.AnyProvider, null));
        var models = providers.Names.SelectMany(p => catalogue.ModelsOf(p).Where(m => settings.MayUse(null, p, m.Id)).Select(m => Show($"{p}/{m.Id}", p, m.Retired)));
        return JsonSerializer.SerializeAsync(
            context.Response.BodyWriter, new OpenAiModelPage("list", [.. names, .. models]), OpenAiJson.Default.OpenAiModelPage, context.RequestAborted);
    }

    /// <summary>One, under any name it can be asked for by.</summary>
    public Task GetAsync(string id, HttpContext context)
    {
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        var model = ModelName.Read(name, providers, catalogue, aliases);
        if (!MayUse(clients.SettingsOf(Client.Of(context)), name, model))
        {
            return OpenAiErrorWriter.WriteAsync(
                context, OpenAiErrors.Invalid("model", $"The model '{OpenAiFields.Shown(name)}' does not exist.", "model_not_found"), StatusCodes.Status404NotFound);
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(
            context.Response.BodyWriter, Show(name, model.Provider, model.Known?.Retired), OpenAiJson.Default.OpenAiModel, context.RequestAborted);
    }

    /// <summary>Whether there is such a model for a client: what its list leaves out is none.</summary>
    private bool MayUse(ClientSettings settings, string name, ModelName model) => aliases.Find(name) is { } alias ? MayUse(settings, alias)
        : model.Provider != GenerationRequest.AnyProvider ? model.Known is { } known && settings.MayUse(null, model.Provider, known.Id)
        : providers.Names.Any(p => catalogue.Find(p, name) is { } bare && settings.MayUse(null, p, bare.Id));

    private static bool MayUse(ClientSettings settings, AliasRoute alias) => alias.Candidates.Any(c => settings.MayUse(alias.Name, c.Provider, c.Model));

    private static OpenAiModel Show(string id, string owner, DateOnly? retired) => new(id, "model", 0, owner == GenerationRequest.AnyProvider ? "framegate" : owner, retired);
}
