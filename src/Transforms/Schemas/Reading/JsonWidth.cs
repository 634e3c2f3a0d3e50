using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>
/// Bounds how many names and values a body has, before a document is built of it: a parsed name takes many times its bytes. Text is bounded by the size of
/// the body alone, since a picture is one.
/// </summary>
public static class JsonWidth
{
    /// <summary>Names in one body, at all levels together.</summary>
    public const int MaxNames = 10_000;

    /// <summary>Values in one body, at all levels together.</summary>
    public const int MaxValues = 100_000;

    // The shortest name is "":0, and a body of fewer bytes has fewer names and values than the limits.
    private const int Narrow = MaxNames * 5;
    private const int LongestShown = 80;

    /// <summary>Checks a body. What is no JSON is for the parser to refuse.</summary>
    /// <param name="utf8">The body.</param>
    /// <returns>The member of the body that goes over a limit, and the limit; null when none does.</returns>
    public static (string Member, string Reason)? Check(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length < Narrow)
        {
            return null;
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = GenerationRequestReader.MaxDepth });
        ReadOnlySpan<byte> member = default;
        var (names, values) = (0, 0);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName)
                {
                    member = reader.CurrentDepth == 1 ? reader.ValueSpan : member;
                    if (++names > MaxNames)
                    {
                        return (Shown(member), string.Create(CultureInfo.InvariantCulture, $"The body must not have more than {MaxNames} names."));
                    }
                }
                else if (reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray) && ++values > MaxValues)
                {
                    return (Shown(member), string.Create(CultureInfo.InvariantCulture, $"The body must not have more than {MaxValues} values."));
                }
            }
        }
        catch (JsonException)
        {
            return null;
        }

        return null;
    }

    private static string Shown(ReadOnlySpan<byte> member) => Encoding.UTF8.GetString(member[..Math.Min(member.Length, LongestShown)]);
}
