using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary>Credits and finetunes. The account is never empty and knows one finetune; any other id can be used in a submit as well.</summary>
internal sealed class FluxAccount(StandInSite site)
{
    private const double Credits = 1873.5;
    private const string Finetune = "sandbox/brand-style-v1";

    private static readonly IReadOnlyList<Field> DeleteFields = [Fields.Text("finetune_id").Always()];

    public static Task CreditsAsync(HttpContext context) =>
        Answer.JsonAsync(context, StatusCodes.Status200OK, new FluxCredits(Credits), FluxJson.Default.FluxCredits);

    public static Task FinetunesAsync(HttpContext context) =>
        Answer.JsonAsync(context, StatusCodes.Status200OK, new FluxFinetunes([Finetune]), FluxJson.Default.FluxFinetunes);

    public static Task FinetuneDetailsAsync(HttpContext context)
    {
        var id = context.Request.Query["finetune_id"].ToString();
        return id.Length == 0
            ? FastApiAnswer.FaultsAsync(context, [new("missing", ["query", "finetune_id"], "Field required")])
            : Answer.JsonAsync(context, StatusCodes.Status200OK,
                new FluxFinetuneDetails(new JsonObject { ["finetune_id"] = id }), FluxJson.Default.FluxFinetuneDetails);
    }

    public async Task DeleteFinetuneAsync(HttpContext context)
    {
        var (document, faults) = await BodyCheck.ReadAsync(context);
        using var disposing = document;
        if (document is not null)
        {
            faults = BodyCheck.Check(document.RootElement, DeleteFields, strict: false);
        }

        if (document is null || faults.Count > 0)
        {
            await FastApiAnswer.FaultsAsync(context, faults);
            return;
        }

        var id = document.RootElement.GetProperty("finetune_id").GetString()!;
        await Answer.JsonAsync(context, StatusCodes.Status200OK,
            new FluxFinetuneDeleted("success", "Finetune deleted", id, site.Services.Time.GetUtcNow()), FluxJson.Default.FluxFinetuneDeleted);
    }
}
