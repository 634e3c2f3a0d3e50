using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>
/// The id of one attempt, for providers that take an idempotency key or an id of ours. It is derived from what is stored, so that the same attempt has the same id after a
/// restart. The time of the generation is in it: an id that a caller chooses may come again after years, or at another gateway with the same account.
/// </summary>
internal static class SubmitId
{
    /// <summary>The id of an attempt.</summary>
    /// <param name="state">The generation.</param>
    /// <param name="attempt">The attempt's number, from 1.</param>
    /// <returns>A UUID of version 8.</returns>
    public static string Of(GenerationState state, int attempt)
    {
        var id = Encoding.UTF8.GetBytes(state.Id);
        var input = new byte[id.Length + 12];
        id.CopyTo(input, 0);
        BinaryPrimitives.WriteInt64BigEndian(input.AsSpan(id.Length), state.CreatedAt.UtcTicks);
        BinaryPrimitives.WriteInt32BigEndian(input.AsSpan(id.Length + 8), attempt);
        var hash = SHA256.HashData(input).AsSpan(0, 16);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash, bigEndian: true).ToString();
    }

    /// <summary>A submit with an id wherever its mapping asks for one.</summary>
    /// <param name="submit">The mapped submit.</param>
    /// <param name="id">A UUID.</param>
    public static NativeRequest Fill(NativeRequest submit, string id) => PlacedId.Fill(submit, id);

    /// <summary>A submit with the id in it, where the provider takes one.</summary>
    public static NativeRequest Put(ProviderAdapter adapter, NativeRequest submit, GenerationState state, int attempt)
    {
        submit = submit.TakesAttemptId ? Fill(submit, Of(state, attempt)) : submit;
        if (adapter.Reconciliation is not ({ ExternalId: not null } or { IdempotencyKey: not null }))
        {
            return submit;
        }

        var id = Of(state, attempt);
        var marked = adapter.Reconciliation.ExternalId?.Put(submit, id) ?? submit;
        return adapter.Reconciliation.IdempotencyKey?.Put(marked, id) ?? marked;
    }
}
