using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Framegate.Proxy.Generations;

namespace Framegate.Proxy.Storage;

/// <summary>One change of a generation in the <see cref="Journal"/>.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Json">The same, serialised.</param>
/// <param name="Insert">What the generation was asked for with, when it is new; else null.</param>
internal sealed record JournalRecord(GenerationState State, byte[] Json, StoredRequest? Insert)
{
    private const int FingerprintLength = 32;
    private const int Largest = 1024 * 1024;

    /// <summary>Appends it.</summary>
    /// <returns>The file it is in; null when there is no room for it at the moment.</returns>
    public static JournalFile? Append(Journal journal, byte[] json, StoredRequest? insert)
    {
        if (json.Length + (insert?.Body.Length ?? 0) > Largest)
        {
            return null;
        }

        var length = JournalFile.FrameHeader + sizeof(int) + json.Length + (insert is null ? 0 : FingerprintLength + insert.Body.Length);
        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var frame = rented.AsSpan(0, length);
            var payload = frame[JournalFile.FrameHeader..];
            BinaryPrimitives.WriteInt32LittleEndian(payload, json.Length);
            json.CopyTo(payload[sizeof(int)..]);
            if (insert is not null)
            {
                var tail = payload[(sizeof(int) + json.Length)..];
                insert.Fingerprint.CopyTo(tail);
                insert.Body.CopyTo(tail[FingerprintLength..]);
            }

            return journal.Append(frame);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>Reads it back.</summary>
    /// <exception cref="JsonException">It was written by a later version.</exception>
    public static JournalRecord Read(byte[] payload)
    {
        var split = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(payload);
        var json = payload[sizeof(int)..split];
        var state = JsonSerializer.Deserialize(json, GenerationJson.Default.GenerationState) ?? throw new JsonException("A generation in the journal is empty.");
        return new JournalRecord(
            state,
            json,
            split == payload.Length ? null : new StoredRequest(payload[(split + FingerprintLength)..], payload[split..(split + FingerprintLength)], null, IdIsGiven: false));
    }
}
