using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.Moderation;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Proxy.Selection.Candidates;
using Framegate.Proxy.Selection.Health;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/quotes</c>: where a request would go and what it would cost. Nothing is sent and nothing is stored.</summary>
internal static class QuoteEndpoints
{
    /// <summary>Maps it.</summary>
    public static void MapQuotes(this IEndpointRouteBuilder routes) => routes.MapPost("/quotes", Quote);

    private static async Task Quote(
        HttpContext context, RequestRouter router, CandidatePicker picker, HealthRegistry health, InputReader inputs, PromptGate prompts, ClientKeys clients, IBudgetLedger budgets, SchemaVersions versions, ResponseWriter writer, TimeProvider time,
        CancellationToken aborted)
    {
        GenerationRequestReading reading;
        if (!MaxCostHeader.TryRead(context.Request.Headers[MaxCostHeader.Name], out var maxCost))
        {
            await RefuseAsync(context, writer, RequestErrors.Of(time.GetUtcNow(), MaxCostHeader.Name, "It must be an amount in USD, as in 0.25."), null);
            return;
        }

        try
        {
            var (body, held) = await RequestInputs.ReadAsync(context.Request, aborted);
            reading = versions.Read(body, held);
        }
        catch (BadHttpRequestException e)
        {
            await writer.WriteRefusalAsync(context, RequestErrors.Of(time.GetUtcNow(), "$", e.Message), e.StatusCode);
            return;
        }

        if (reading.Request is not { } request)
        {
            await RefuseAsync(context, writer, RequestErrors.Of(reading.Errors, time.GetUtcNow()), reading.RequestId);
            return;
        }

        if (await inputs.RefusalAsync(request.Parameters, clients.Required ? Client.Of(context) : null, aborted) is var (field, reason))
        {
            await RefuseAsync(context, writer, RequestErrors.Of(time.GetUtcNow(), field, reason), reading.RequestId);
            return;
        }

        var client = Client.Of(context);
        if (prompts.Refuses(request, client) is { } denied)
        {
            await RefuseAsync(context, writer, denied, reading.RequestId);
            return;
        }

        var terms = new SpendingTerms(client, clients.SettingsOf(client)) { MaxCost = maxCost, Budget = budgets.LeastOf(client) };
        using var read = new ReadInputs();
        var plan = await router.PlanAsync(request, terms, hold: false, read, aborted);
        if (plan.All.Count == 0)
        {
            await RefuseAsync(context, writer, plan.Refusal!, reading.RequestId);
            return;
        }

        context.Response.ContentType = "application/json; charset=utf-8";
        await JsonSerializer.SerializeAsync(context.Response.BodyWriter, View(plan, picker, health), HttpJson.Default.QuoteAnswer, aborted);
    }

    /// <summary>A plan as it is shown.</summary>
    public static QuoteAnswer View(RoutePlan plan, CandidatePicker picker, HealthRegistry health)
    {
        var able = plan.All.Where(p => p.Refusal is null);
        if (plan.Alias is { } alias)
        {
            able = able.OrderBy(p => !picker.IsReady(p.Candidate.Provider)).ThenBy(p => picker.RankOf(alias, p.Candidate));
        }

        return new QuoteAnswer(
            plan.Alias?.Name,
            plan.Alias?.Strategy.Name,
            [.. able.Concat(plan.All.Where(p => p.Refusal is not null)).Select((p, i) => View(p, i + 1, picker, health))]);
    }

    private static QuoteView View(PlannedCandidate planned, int place, CandidatePicker picker, HealthRegistry health) => new(
        planned.Candidate.Provider,
        planned.Candidate.Model,
        planned.Refusal is null ? "able" : "unable",
        planned.Refusal is null ? place : null,
        planned.Refusal is null && picker.IsReady(planned.Candidate.Provider),
        planned.MappedRequest?.EstimatedCost,
        planned.MappedRequest?.Warnings ?? [],
        planned.Refusal)
    {
        UsualMs = (long?)health.LatencyOf(planned.Candidate.Provider, planned.Candidate.Model).Milliseconds,
    };

    private static Task RefuseAsync(HttpContext context, ResponseWriter writer, GenerationError error, string? requestId) =>
        writer.WriteRefusalAsync(context, error, error.Code.ToHttpStatus(error.Provider is not null), requestId);
}
