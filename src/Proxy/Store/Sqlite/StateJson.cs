using System.Buffers;
using System.Text.Json;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Store.Sqlite;

/// <summary>A generation's state as it is stored. Each thread has one writer.</summary>
internal static class StateJson
{
    private const int Usual = 4096;
    private const int LargestKept = 1024 * 1024;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    /// <summary>Writes it into the thread's own buffer.</summary>
    /// <returns>The bytes; they last until the thread does the same again.</returns>
    public static ReadOnlySpan<byte> Write(GenerationState state)
    {
        var buffer = t_buffer is { Capacity: <= LargestKept } kept ? kept : t_buffer = new ArrayBufferWriter<byte>(Usual);
        buffer.ResetWrittenCount();
        var writer = t_writer ??= new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        writer.Reset(buffer);
        JsonSerializer.Serialize(writer, state, GenerationJson.Default.GenerationState);
        writer.Flush();
        return buffer.WrittenSpan;
    }

    /// <summary>Reads it back.</summary>
    /// <exception cref="JsonException">It was written by a later version.</exception>
    public static GenerationState Read(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, GenerationJson.Default.GenerationState) ?? throw new JsonException("A stored generation is empty.");
}
