using System.Buffers.Binary;
using System.IO.Hashing;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Store.Rows;
using Microsoft.Data.Sqlite;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>
/// The journal that earlier builds kept beside the database: two files of frames, each the file's number, length and checksum of a payload, and the
/// payload, on a multiple of 16 bytes. What they hold is taken over once, and the files go.
/// </summary>
internal static class OldJournal
{
    private const int FrameHeader = 16;
    private const int Alignment = 16;
    private const int FingerprintLength = 32;

    private const string Upsert = """
        INSERT INTO generations (id, client, created, status, open, provider, native_id, fingerprint, state, request, revision)
        SELECT $1, $2, $3, $4, $5, $6, $7, coalesce($8, x''), $9, $10, $11 WHERE $8 IS NOT NULL OR EXISTS (SELECT 1 FROM generations WHERE id = $1)
        ON CONFLICT (id) DO UPDATE SET status = $4, open = $5, provider = $6, native_id = $7, state = $9,
          request = CASE WHEN $12 THEN coalesce(request, $10) ELSE NULL END, revision = $11
        WHERE revision < $11
        """;

    private static readonly string[] s_names = ["journal-0", "journal-1"];

    /// <summary>Takes the records over, as a part of the transaction that is open.</summary>
    /// <param name="connection">The database.</param>
    /// <param name="folder">The data folder.</param>
    /// <param name="before">What is older has been forgotten, and stays so.</param>
    /// <returns>The files, which may go once the transaction is on the disk.</returns>
    public static IReadOnlyList<string> TakeOver(SqliteConnection connection, string folder, DateTimeOffset before)
    {
        string[] files = [.. s_names.Select(name => Path.Combine(folder, name)).Where(File.Exists)];

        // The newest of each: of two with the same number, the first one's caller was answered that it could not be written.
        var newest = new Dictionary<string, (GenerationState State, byte[] Json)>(StringComparer.Ordinal);
        var requests = new Dictionary<string, (byte[] Fingerprint, byte[] Body)>(StringComparer.Ordinal);
        foreach (var payload in files.Select(File.ReadAllBytes).Where(f => f.Length >= sizeof(long)).OrderBy(f => BinaryPrimitives.ReadInt64LittleEndian(f)).SelectMany(Payloads))
        {
            var split = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(payload);
            var json = payload[sizeof(int)..split];
            var state = StateJson.Read(json);
            if (split < payload.Length)
            {
                requests[state.Id] = (payload[split..(split + FingerprintLength)], payload[(split + FingerprintLength)..]);
            }

            if (!newest.TryGetValue(state.Id, out var known) || state.Revision >= known.State.Revision)
            {
                newest[state.Id] = (state, json);
            }
        }

        foreach (var (id, (state, json)) in newest.Where(n => n.Value.State.CreatedAt >= before))
        {
            var request = requests.GetValueOrDefault(id);
            using var upsert = connection.Command(
                Upsert, id, state.Client, state.CreatedAt.ToUnixTimeMilliseconds(), RowNames.Of(state.Status), state.IsOpen ? 1 : 0, state.Provider,
                state.Job?.NativeId, request.Fingerprint, json, state.NeedsRequest ? request.Body : null, state.Revision, state.NeedsRequest ? 1 : 0);
            upsert.ExecuteNonQuery();
        }

        return files;
    }

    private static IEnumerable<byte[]> Payloads(byte[] file)
    {
        for (var offset = Alignment; offset + FrameHeader <= file.Length;)
        {
            if (PayloadAt(file, offset) is { } payload)
            {
                yield return payload;
                offset += (FrameHeader + payload.Length + Alignment - 1) / Alignment * Alignment;
            }
            else
            {
                offset += Alignment;
            }
        }
    }

    private static byte[]? PayloadAt(byte[] file, int offset)
    {
        var frame = file.AsSpan(offset);
        var length = BinaryPrimitives.ReadInt32LittleEndian(frame[8..]);
        if (!frame[..sizeof(long)].SequenceEqual(file.AsSpan(0, sizeof(long))) || length <= 0 || length > frame.Length - FrameHeader)
        {
            return null;
        }

        var payload = frame.Slice(FrameHeader, length);
        return Crc32.HashToUInt32(payload) == BinaryPrimitives.ReadUInt32LittleEndian(frame[12..]) ? payload.ToArray() : null;
    }
}
