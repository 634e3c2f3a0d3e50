using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Framegate.Transforms.Native;

/// <summary>Replaces URLs in a native JSON answer, so that they come back through the gateway. Every other byte stays as it was.</summary>
public static class LinkRewriter
{
    private const int LongestName = 128;
    private const int SmallAnswer = 16 * 1024;

    /// <summary>Replaces the string values of some properties, wherever they stand.</summary>
    /// <param name="json">The answer.</param>
    /// <param name="properties">The names of the properties that hold URLs.</param>
    /// <param name="replace">The new URL; null to leave one as it is.</param>
    /// <returns>The new answer; null when nothing changes, or when the answer is not JSON.</returns>
    public static byte[]? Rewrite(ReadOnlySpan<byte> json, IReadOnlyList<string> properties, Func<string, string?> replace)
    {
        ArgumentNullException.ThrowIfNull(properties);
        ArgumentNullException.ThrowIfNull(replace);
        if (!MayHold(json, properties))
        {
            return null;
        }

        ArrayBufferWriter<byte>? output = null;
        var copied = 0;
        var wanted = false;
        var reader = new Utf8JsonReader(json);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    wanted = IsOneOf(ref reader, properties);
                    continue;
                }

                if (wanted && reader.TokenType == JsonTokenType.String && replace(reader.GetString()!) is { } url)
                {
                    output ??= new ArrayBufferWriter<byte>(json.Length + 256);
                    output.Write(json[copied..(int)reader.TokenStartIndex]);
                    output.Write("\""u8);
                    output.Write(Encoding.UTF8.GetBytes(JsonEncodedText.Encode(url).ToString()));
                    output.Write("\""u8);
                    copied = (int)reader.BytesConsumed;
                }

                wanted = false;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        if (output is null)
        {
            return null;
        }

        output.Write(json[copied..]);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Whether any of the names stands in the answer. A large one, with its clip inside, is not read token by token for nothing.</summary>
    private static bool MayHold(ReadOnlySpan<byte> json, IReadOnlyList<string> properties)
    {
        Span<byte> name = stackalloc byte[LongestName];
        foreach (var property in properties)
        {
            var length = Encoding.UTF8.GetBytes(property, name);
            if (json.IndexOf(name[..length]) >= 0)
            {
                return true;
            }
        }

        // A name may be written with escapes.
        return properties.Count > 0 && json.Length <= SmallAnswer && json.Contains((byte)'\\');
    }

    private static bool IsOneOf(ref Utf8JsonReader reader, IReadOnlyList<string> properties)
    {
        foreach (var name in properties)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }
}
