using System.Text.Json;

namespace Framegate.Transforms.Native;

/// <summary>Finds the ids of what a job has made in the answer to a native call.</summary>
public static class NativeMadeIds
{
    private const int Most = 64;

    /// <summary>The ids in all members of a name; of an address the last part of its path, up to a colon.</summary>
    /// <param name="json">The answer, or the beginning of it.</param>
    /// <param name="member">The name of the members.</param>
    /// <returns>Each id once; at most 64.</returns>
    public static IReadOnlySet<string> Read(ReadOnlySpan<byte> json, string member)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json, isFinalBlock: false, default);
        try
        {
            while (ids.Count < Most && reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(member) && reader.Read()
                    && (reader.TokenType == JsonTokenType.String ? reader.GetString() : reader.TokenType == JsonTokenType.Number ? System.Text.Encoding.ASCII.GetString(reader.ValueSpan) : null) is { } value
                    && IdIn(value) is { Length: > 0 } id)
                {
                    ids.Add(id);
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What was found before is found.
        }

        return ids;
    }

    private static string IdIn(string value)
    {
        var path = value.Split('?', '#')[0];
        return path[(path.LastIndexOf('/') + 1)..].Split(':')[0];
    }
}
