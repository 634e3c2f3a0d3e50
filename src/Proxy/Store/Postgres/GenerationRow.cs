using System.Text.Json;
using Framegate.Proxy.Common;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Rows;
using Framegate.Transforms.Schemas.Responses;
using Npgsql;

namespace Framegate.Proxy.Store.Postgres;

/// <summary>The row of a generation.</summary>
internal static class GenerationRow
{
    /// <summary>What <see cref="Read"/> reads.</summary>
    public const string Columns = "state, cancelled, hidden, attachment";

    /// <summary>What <see cref="ReadShown"/> reads, for whoever shows it.</summary>
    public const string ShownColumns = $"{Columns}, {PostgresQueue.PlaceOf}";

    /// <summary>Reads a state, and its place in a queue.</summary>
    public static GenerationState ReadShown(NpgsqlDataReader row)
    {
        var state = Read(row);
        return row.IsDBNull(4) || row.GetFieldValue<long?[]>(4) is not [{ } place, var estimate] ? state : state with { ReportedPlace = new WaitingPlace(state.Id, (int)place, estimate) };
    }

    /// <summary>Reads a state.</summary>
    public static GenerationState Read(NpgsqlDataReader row)
    {
        var state = StateJson.Read(row.GetFieldValue<byte[]>(0));
        var (cancelled, hidden, attachment) = (row.GetBoolean(1), row.GetBoolean(2), row.IsDBNull(3) ? null : row.GetFieldValue<byte[]>(3));
        return !cancelled && !hidden && attachment is null ? state : state with
        {
            CancelRequested = state.CancelRequested || (state.IsOpen && cancelled),
            Hidden = hidden,
            Attachment = attachment,
        };
    }

    /// <summary>What a state counts for in a sum, USD: what it cost, unless it failed and nothing of it was billed.</summary>
    public static decimal SpentOf(GenerationState state) => state.Status == GenerationStatus.Failed && !state.MayBePaid ? 0 : state.Cost ?? 0;

    /// <summary>The first change.</summary>
    public static Statement Insert(GenerationChange first, StoredRequest request, byte[] json, byte[]? sharedJob, TimeSpan grace)
    {
        var state = first.State;
        Value[] values =
            [
                state.Id, state.Client, state.CreatedAt.ToUnixTimeMilliseconds(), RowNames.Of(state.Status), state.IsOpen, state.Provider, request.Fingerprint, json,
                state.NeedsRequest ? request.Body : null, state.Revision, StateJson.Version, state.IsOpen ? first.Owner : "", request.ByContent, state.Attachment, state.Follows,
                state.Model, state.Alias, CodeOf(state), KindOf(state), state.Asked?.Prompt, SpentOf(state), state.CostEstimated, state.Saved ?? 0, Money.Rounded(state.Charge), request.IdempotencyKey,
                sharedJob, grace, .. Parts(first),
            ];
        return first.Held is { } held ? new($"SELECT insert_reserved_generation_1({Parameters(39)})", [.. values, held]) : new($"SELECT insert_generation_1({Parameters(38)})", values);
    }

    /// <summary>A later change.</summary>
    public static Statement Save(GenerationChange change, byte[] json)
    {
        var state = change.State;
        bool? joinable = state.Follows is not null || (state.CachePlan is null && state.IsOpen) ? null
            : state.CachePlan is not null && state is { Phase: not GenerationPhase.Unknown, CancelRequested: false } && (state.IsOpen || state.Phase == GenerationPhase.Succeeded);
        Value[] values =
        [
            state.Id, RowNames.Of(state.Status), state.IsOpen, state.Provider, state.Job?.NativeId, json, state.NeedsRequest, state.Revision, StateJson.Version, change.Owner,
            state.Model, CodeOf(state), SpentOf(state), state.CostEstimated, state.Saved ?? 0, Money.Rounded(state.Charge), state.Follows, state.ClientCancelled, joinable, change.StandsOn, .. Parts(change),
        ];
        return BillsOf(state) is { } bills ? new($"SELECT save_billed_generation_1({Parameters(32)})", [.. values, bills]) : new($"SELECT save_generation_2({Parameters(31)})", values);
    }

    /// <summary>What was billed before the generation went on to another provider, as the column has it; null for nothing.</summary>
    public static string? BillsOf(GenerationState state) => state.Bills is null ? null : JsonSerializer.Serialize(state.Bills, GenerationJson.Default.IReadOnlyListEarlierBill);

    private static string Parameters(int count) => string.Join(", ", Enumerable.Range(1, count).Select(i => $"${i}"));

    private static string? CodeOf(GenerationState state) => state.Error is { } error ? JsonSerializer.Serialize(error.Code, GenerationJson.Default.ErrorCode).Trim('"') : null;

    private static string? KindOf(GenerationState state) => state.Asked is { } asked ? JsonSerializer.Serialize(asked.MediaType, GenerationJson.Default.MediaType).Trim('"') : null;

    private static Value[] Parts(GenerationChange change)
    {
        var media = change.Media.Count == 0 ? null : change.Media;
        var callback = change.Callback;
        return
        [
            media?.Select(m => m.Id).ToArray(), media?.Select(m => m.ContentType).ToArray(), media?.Select(m => m.Bytes).ToArray(), media?.Select(m => m.Sha256).ToArray(),
            media?.Select(m => m.CreatedAt.ToUnixTimeMilliseconds()).ToArray(), media?.Select(m => m.ExpiresAt?.ToUnixTimeMilliseconds()).ToArray(),
            callback?.Id, callback?.Url, callback?.Receiver, callback?.Attempts, callback?.Due.ToUnixTimeMilliseconds(),
        ];
    }
}
