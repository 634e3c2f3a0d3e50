using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Framegate.Proxy.Cache.Keys;

/// <summary>
/// Writes JSON so that two values that mean the same have the same bytes: names in order, numbers in one form, strings by their length and
/// their characters. It is for hashing and is not read again.
/// </summary>
internal static class CanonicalJson
{
    /// <summary>Writes a value.</summary>
    public static void Write(IBufferWriter<byte> output, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                output.Write("{"u8);
                WriteMembers(output, value);
                output.Write("}"u8);
                break;
            case JsonValueKind.Array:
                output.Write("["u8);
                foreach (var item in value.EnumerateArray())
                {
                    Write(output, item);
                }

                output.Write("]"u8);
                break;
            case JsonValueKind.String:
                WriteText(output, value.GetString()!);
                break;
            case JsonValueKind.Number:
                output.Write("#"u8);
                CanonicalNumber.Write(output, JsonMarshal.GetRawUtf8Value(value));
                output.Write(";"u8);
                break;
            default:
                output.Write(value.ValueKind switch { JsonValueKind.True => "t"u8, JsonValueKind.False => "f"u8, _ => "n"u8 });
                break;
        }
    }

    /// <summary>Writes the members of an object in the order of their names.</summary>
    /// <param name="output">Takes them.</param>
    /// <param name="value">The object.</param>
    /// <param name="without">The name of one that is left out; null for none.</param>
    public static void WriteMembers(IBufferWriter<byte> output, JsonElement value, string? without = null)
    {
        // A name is made anew whenever it is asked for.
        var members = new List<(string Name, JsonElement Value)>(value.GetPropertyCount());
        foreach (var property in value.EnumerateObject())
        {
            if (without is null || !property.NameEquals(without))
            {
                members.Add((property.Name, property.Value));
            }
        }

        members.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        foreach (var (name, member) in members)
        {
            WriteText(output, name);
            Write(output, member);
        }
    }

    /// <summary>Writes a text, its length first, so that nothing in it can be taken for structure.</summary>
    public static void WriteText(IBufferWriter<byte> output, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var span = output.GetSpan(length + 16);
        span[0] = (byte)'"';
        _ = System.Buffers.Text.Utf8Formatter.TryFormat(length, span[1..], out var digits);
        span[1 + digits] = (byte)':';
        var written = Encoding.UTF8.GetBytes(text, span[(2 + digits)..]);
        output.Advance(2 + digits + written);
    }
}
