using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Store.Postgres;
using Framegate.Proxy.Store.Rows;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Moving;

/// <summary>A generation as the data folder has it.</summary>
/// <param name="Number">The number of its row.</param>
/// <param name="State">Its state.</param>
/// <param name="Json">The state as it is stored, with what this build does not know.</param>
/// <param name="Request">What it was asked for with.</param>
/// <param name="NativeId">Its job at the provider; null for none.</param>
/// <param name="IsCancelled">Whether its end is wished for.</param>
/// <param name="IsHidden">Whether its client has deleted it.</param>
internal sealed record OldGeneration(long Number, GenerationState State, byte[] Json, StoredRequest Request, string? NativeId, bool IsCancelled, bool IsHidden)
{
    /// <summary>Reads the columns of a move.</summary>
    /// <exception cref="IOException">A later build has written it.</exception>
    public static OldGeneration Read(SqliteDataReader row)
    {
        var json = row.GetFieldValue<byte[]>(1);
        var state = StateJson.Read(json);
        if (row.GetInt32(9) > StateJson.Version)
        {
            throw new IOException($"A later build of Framegate has written the generation {state.Id}; move the folder with that one.");
        }

        return new(
            row.GetInt64(0), state with { Attachment = row.IsDBNull(8) ? null : row.GetFieldValue<byte[]>(8) }, json,
            new StoredRequest(row.IsDBNull(2) ? [] : row.GetFieldValue<byte[]>(2), row.GetFieldValue<byte[]>(3), IdempotencyKey: null, IdIsGiven: false) { ByContent = row.GetBoolean(4) },
            row.IsDBNull(5) ? null : row.GetString(5), row.GetBoolean(6), row.GetBoolean(7));
    }

    /// <summary>Puts it in, as one that nobody drives.</summary>
    public Statement Insert() => GenerationRow.Insert(new GenerationChange(State, ""), Request, Json, sharedJob: null, TimeSpan.Zero);

    /// <summary>What an insert leaves open.</summary>
    public Statement Complete() => new(
        """
        UPDATE generations SET cancelled = $2, hidden = $3, bills = $6::text::jsonb,
          native_id = CASE WHEN NOT EXISTS (SELECT 1 FROM generations AS o WHERE o.provider = $5 AND o.native_id = $4 AND o.id <> $1) THEN $4 END
        WHERE id = $1
        """,
        State.Id, IsCancelled, IsHidden, NativeId, State.Provider, GenerationRow.BillsOf(State));
}
