using System.Text.Json;

namespace Framegate.Transforms.Native;

/// <summary>Finds the id of a job in the answer to a native submit.</summary>
public static class NativeJobId
{
    /// <summary>The job that the first event of a stream names, at its top or one level below.</summary>
    /// <param name="events">The beginning of the stream.</param>
    /// <returns>Null when it names none.</returns>
    public static string? ReadEvent(ReadOnlySpan<byte> events)
    {
        foreach (var range in events.Split((byte)'\n'))
        {
            var line = events[range];
            if (!line.StartsWith("data:"u8))
            {
                continue;
            }

            try
            {
                using var document = JsonDocument.Parse(line[5..].ToArray());
                return document.RootElement.ValueKind != JsonValueKind.Object ? null
                    : Read(line[5..]) ?? document.RootElement.EnumerateObject().Select(p => p.Value.ValueKind == JsonValueKind.Object ? Read(System.Text.Encoding.UTF8.GetBytes(p.Value.GetRawText())) : null)
                        .FirstOrDefault(id => id is not null);
            }
            catch (JsonException)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The value of <c>id</c>, <c>request_id</c> or <c>name</c> at the top of the answer; of a path, as Google's operations have, its last part.</summary>
    /// <param name="json">The answer.</param>
    /// <returns>Null when there is none, or when the answer is not a JSON object.</returns>
    public static string? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return null;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var wanted = reader.ValueTextEquals("id"u8) || reader.ValueTextEquals("request_id"u8) || reader.ValueTextEquals("name"u8);
                reader.Read();
                if (wanted && reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } id)
                {
                    return id[(id.LastIndexOf('/') + 1)..];
                }

                reader.Skip();
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }
}
