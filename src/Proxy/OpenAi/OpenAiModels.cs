using System.Text.Json;
using Framegate.Proxy.Catalogue;
using Framegate.Proxy.Routing;

namespace Framegate.Proxy.OpenAi;

/// <summary><c>GET /v1/models</c>: the catalogue. When a provider began to serve a model nobody says, so <c>created</c> is 0.</summary>
internal sealed class OpenAiModels(ProviderTable providers, ModelCatalogue catalogue)
{
    /// <summary>All of them.</summary>
    public Task ListAsync(HttpContext context)
    {
        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        var models = providers.Names.SelectMany(p => catalogue.ModelsOf(p).Select(m => Show($"{p}/{m.Id}", p, m.Retired)));
        return JsonSerializer.SerializeAsync(
            context.Response.BodyWriter, new OpenAiModelPage("list", [.. models]), OpenAiJson.Default.OpenAiModelPage, context.RequestAborted);
    }

    /// <summary>One, under any name it can be asked for by.</summary>
    public Task GetAsync(string id, HttpContext context)
    {
        var name = id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
        if (ModelName.Read(name, providers, catalogue) is not { Known: { } known } model)
        {
            return OpenAiErrorWriter.WriteAsync(
                context, OpenAiErrors.Invalid("model", $"The model '{OpenAiFields.Shown(name)}' does not exist.", "model_not_found"), StatusCodes.Status404NotFound);
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(
            context.Response.BodyWriter, Show(name, model.Provider, known.Retired), OpenAiJson.Default.OpenAiModel, context.RequestAborted);
    }

    private static OpenAiModel Show(string id, string owner, DateOnly? retired) => new(id, "model", 0, owner == "auto" ? "framegate" : owner, retired);
}
