using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>One change of a generation in the <see cref="Journal"/>.</summary>
/// <param name="State">The state after it.</param>
/// <param name="Insert">What the generation was asked for with, when it is new; else null.</param>
internal sealed record JournalRecord(GenerationState State, StoredRequest? Insert)
{
    private const int FingerprintLength = 32;
    private const int Largest = 1024 * 1024;

    /// <summary>Appends it, and waits until it is on the disk.</summary>
    /// <returns>False when there is no room for it at the moment.</returns>
    /// <exception cref="IOException">The disk did not take it.</exception>
    public static Task<bool> AppendAsync(Journal journal, ReadOnlySpan<byte> json, StoredRequest? insert)
    {
        if (json.Length + (insert?.Body.Length ?? 0) > Largest)
        {
            return Task.FromResult(false);
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

            return journal.AppendAsync(frame);
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
        return new JournalRecord(
            StateJson.Read(payload.AsSpan(sizeof(int)..split)),
            split == payload.Length ? null : new StoredRequest(payload[(split + FingerprintLength)..], payload[split..(split + FingerprintLength)], null, IdIsGiven: false));
    }
}
