using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Kit;

/// <summary>The fields of a native JSON body, in the order they were set.</summary>
/// <remarks>Values are written at the end, so that media bytes go into the body as base64 without a string in between.</remarks>
public sealed class NativeFields
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OrderedDictionary<string, Action<Utf8JsonWriter>> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _plain = new(StringComparer.Ordinal);
    private long _sizeHint = 1024;

    /// <summary>How many fields were set.</summary>
    public int Count => _fields.Count;

    /// <summary>Whether a field was set.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>True when it was, to whatever value.</returns>
    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>The text that a field holds; null when it holds none.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>The text.</returns>
    public string? TextOf(string name) => _plain.GetValueOrDefault(name) switch
    {
        string text => text,
        JsonElement value => value.Text(),
        _ => null,
    };

    /// <summary>The number that a field holds; null when it holds none.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>The number.</returns>
    public double? NumberOf(string name) => _plain.GetValueOrDefault(name) switch
    {
        long whole => whole,
        double number => number,
        JsonElement value => value.Number(),
        _ => null,
    };

    /// <summary>True or false; null when the field holds neither.</summary>
    /// <param name="name">The field's name.</param>
    /// <returns>The flag.</returns>
    public bool? FlagOf(string name) => _plain.GetValueOrDefault(name) switch
    {
        bool flag => flag,
        JsonElement { ValueKind: JsonValueKind.True } => true,
        JsonElement { ValueKind: JsonValueKind.False } => false,
        _ => null,
    };

    /// <summary>Sets a field; one of that name is replaced.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">A text.</param>
    public void Set(string name, string value)
    {
        _sizeHint += value.Length;
        _plain[name] = value;
        _fields[name] = writer => writer.WriteStringValue(value);
    }

    /// <summary>Sets a field; one of that name is replaced.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">A whole number.</param>
    public void Set(string name, long value)
    {
        _plain[name] = value;
        _fields[name] = writer => writer.WriteNumberValue(value);
    }

    /// <summary>Sets a field; one of that name is replaced.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">A number.</param>
    public void Set(string name, double value)
    {
        _plain[name] = value;
        _fields[name] = writer => writer.WriteNumberValue(value);
    }

    /// <summary>Sets a field; one of that name is replaced.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">True or false.</param>
    public void Set(string name, bool value)
    {
        _plain[name] = value;
        _fields[name] = writer => writer.WriteBooleanValue(value);
    }

    /// <summary>Sets a field to bytes, written as base64.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="bytes">The bytes; they are encoded when the body is made.</param>
    public void SetBase64(string name, ReadOnlyMemory<byte> bytes)
    {
        _sizeHint += bytes.Length * 4L / 3;
        _fields[name] = writer => writer.WriteBase64StringValue(bytes.Span);
    }

    /// <summary>Sets a field to the bytes of an input, written as base64.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="input">The input; it is encoded when the body is made, or when that is sent.</param>
    public void SetBase64(string name, MediaInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        _sizeHint += input.Held is null ? input.Length * 4 / 3 : HeldInput.PlaceholderLength;
        _fields[name] = input.WriteBase64;
    }

    /// <summary>Passes a value through as the caller wrote it.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">Any JSON.</param>
    public void Set(string name, JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value).ToArray();
        _sizeHint += raw.Length;
        _plain[name] = value;
        _fields[name] = writer => writer.WriteRawValue(raw, skipInputValidation: true);
    }

    /// <summary>Sets a field to whatever a callback writes.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="write">Writes one value when the body is made.</param>
    public void Set(string name, Action<Utf8JsonWriter> write) => _fields[name] = write;

    /// <summary>Another object inside this one.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="fields">The inner object; it may still grow.</param>
    public void Set(string name, NativeFields fields) => Set(name, fields.WriteTo);

    /// <summary>A list of one object.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="fields">The object; it may still grow.</param>
    public void SetSingle(string name, NativeFields fields) => Set(name, writer =>
    {
        writer.WriteStartArray();
        fields.WriteTo(writer);
        writer.WriteEndArray();
    });

    /// <summary>The body.</summary>
    /// <returns>One JSON object, UTF-8.</returns>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(_sizeHint, 256 * 1024 * 1024));
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Writes the fields as one object.</summary>
    /// <param name="writer">Takes the object.</param>
    public void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, write) in _fields)
        {
            writer.WritePropertyName(name);
            write(writer);
        }

        writer.WriteEndObject();
    }
}
