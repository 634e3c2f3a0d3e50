using System.Text.Json;

namespace Framegate.Plugins;

/// <summary>The common shapes of error bodies.</summary>
public static class NativeErrors
{
    /// <summary><c>{"error":{"message":...,"code":...}}</c>.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="message">For people.</param>
    /// <returns>JSON, UTF-8.</returns>
    public static ReadOnlyMemory<byte> Nested(int status, string message) => Write(writer =>
    {
        writer.WriteStartObject("error");
        writer.WriteString("message", message);
        writer.WriteNumber("code", status);
        writer.WriteEndObject();
    });

    /// <summary>One text under one name, as in <c>{"detail":...}</c>.</summary>
    /// <param name="name">The name.</param>
    /// <param name="message">For people.</param>
    /// <returns>JSON, UTF-8.</returns>
    public static ReadOnlyMemory<byte> Flat(string name, string message) => Write(writer => writer.WriteString(name, message));

    /// <summary>The members that a callback writes, in an object.</summary>
    /// <param name="members">Writes the members.</param>
    /// <returns>JSON, UTF-8.</returns>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
