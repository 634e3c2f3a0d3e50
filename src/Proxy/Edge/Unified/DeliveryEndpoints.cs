using System.Text.Json.Serialization;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>/generations/{id}/deliveries</c>: what became of a generation's callbacks, and once more, please.</summary>
internal static class DeliveryEndpoints
{
    /// <summary>Maps them.</summary>
    public static void MapDeliveries(this IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/generations/{id}/deliveries", ReadRoutes.Methods, List);
        routes.MapPost("/generations/{id}/redeliver", (string id, HttpContext context, GenerationService generations, ICallbackStore callbacks, OutboxSignal outbox, TimeProvider time) =>
            RedeliverAsync(id, null, context, generations, callbacks, outbox, time));
        routes.MapPost("/generations/{id}/deliveries/{delivery}/redeliver", RedeliverAsync);
    }

    private static async Task<IResult> List(string id, HttpContext context, GenerationService generations, ICallbackStore callbacks)
    {
        if (await generations.FindAsync(id, Client.Of(context), context.RequestAborted) is not var (state, _))
        {
            return GenerationEndpoints.Unknown(id);
        }

        return await AnswerAsync(state.Id, StatusCodes.Status200OK, callbacks, context.RequestAborted);
    }

    private static async Task<IResult> RedeliverAsync(
        string id, string? delivery, HttpContext context, GenerationService generations, ICallbackStore callbacks, OutboxSignal outbox, TimeProvider time)
    {
        if (await generations.FindAsync(id, Client.Of(context), context.RequestAborted) is not var (state, _))
        {
            return GenerationEndpoints.Unknown(id);
        }

        if (await callbacks.RedeliverAsync(state.Id, delivery, time.GetUtcNow(), context.RequestAborted) == 0)
        {
            return Problems.NotFound(delivery is null
                ? $"The generation '{Problems.Shown(id)}' has no deliveries."
                : $"The generation '{Problems.Shown(id)}' has no delivery '{Problems.Shown(delivery)}'.");
        }

        outbox.Set();
        return await AnswerAsync(state.Id, StatusCodes.Status202Accepted, callbacks, context.RequestAborted);
    }

    /// <summary>Answers with the deliveries of a generation.</summary>
    /// <param name="id">The id it is stored under.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="callbacks">The deliveries.</param>
    /// <param name="aborted">Gives up waiting.</param>
    public static async Task<IResult> AnswerAsync(string id, int status, ICallbackStore callbacks, CancellationToken aborted) => TypedResults.Json(
        new Listing<DeliveryView>([.. (await callbacks.ListAsync(id, aborted)).Select(ViewOf)]), DeliveryJson.Default.ListingDeliveryView, statusCode: status);

    private static DeliveryView ViewOf(CallbackRecord record) => new(
        record.Id,
        record.Url,
        record.Status,
        record.Due,
        [.. record.Tries.Select(t => new DeliveryTryView(t.At, t.Status, t.Error, t.TookMs))]);
}

/// <summary>A delivery.</summary>
/// <param name="Id">The <c>webhook-id</c> of all of its tries.</param>
/// <param name="Url">Where to.</param>
/// <param name="Status"><c>pending</c>, <c>delivered</c>, <c>gone</c> (410), or <c>given_up</c>.</param>
/// <param name="NextTryAt">When the next try is due; null when none is.</param>
/// <param name="Attempts">The latest tries, oldest first; at most 50.</param>
internal sealed record DeliveryView(string Id, string Url, CallbackStatus Status, DateTimeOffset? NextTryAt, IReadOnlyList<DeliveryTryView> Attempts);

/// <summary>One try.</summary>
/// <param name="At">When it began.</param>
/// <param name="Status">The HTTP status of the answer; null when there was none.</param>
/// <param name="Error">Why it failed; null when it did not.</param>
/// <param name="DurationMs">How long it took, milliseconds.</param>
internal sealed record DeliveryTryView(DateTimeOffset At, int? Status, string? Error, long DurationMs);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, Converters = [typeof(DeliveryStatusConverter)])]
[JsonSerializable(typeof(Listing<DeliveryView>))]
internal sealed partial class DeliveryJson : JsonSerializerContext;

/// <summary>Writes <see cref="CallbackStatus"/> as the API spells it.</summary>
internal sealed class DeliveryStatusConverter() : JsonStringEnumConverter<CallbackStatus>(System.Text.Json.JsonNamingPolicy.SnakeCaseLower);
