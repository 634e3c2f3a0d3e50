using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Framegate.Transforms.Providers;

/// <summary>The fields of a native JSON body, in the order they were set.</summary>
/// <remarks>Values are written at the end, so that media bytes go into the body as base64 without a string in between.</remarks>
internal sealed class NativeFields
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly OrderedDictionary<string, Action<Utf8JsonWriter>> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<string, object> _plain = new(StringComparer.Ordinal);
    private long _sizeHint = 1024;

    public int Count => _fields.Count;

    public bool Has(string name) => _fields.ContainsKey(name);

    /// <summary>The text that a field holds; null when it holds none.</summary>
    public string? TextOf(string name) => _plain.GetValueOrDefault(name) switch
    {
        string text => text,
        JsonElement value => value.Text(),
        _ => null,
    };

    /// <summary>The number that a field holds; null when it holds none.</summary>
    public double? NumberOf(string name) => _plain.GetValueOrDefault(name) switch
    {
        long whole => whole,
        double number => number,
        JsonElement value => value.Number(),
        _ => null,
    };

    /// <summary>True or false; null when the field holds neither.</summary>
    public bool? FlagOf(string name) => _plain.GetValueOrDefault(name) switch
    {
        bool flag => flag,
        JsonElement { ValueKind: JsonValueKind.True } => true,
        JsonElement { ValueKind: JsonValueKind.False } => false,
        _ => null,
    };

    public void Set(string name, string value)
    {
        _sizeHint += value.Length;
        _plain[name] = value;
        _fields[name] = writer => writer.WriteStringValue(value);
    }

    public void Set(string name, long value)
    {
        _plain[name] = value;
        _fields[name] = writer => writer.WriteNumberValue(value);
    }

    public void Set(string name, double value)
    {
        _plain[name] = value;
        _fields[name] = writer => writer.WriteNumberValue(value);
    }

    public void Set(string name, bool value)
    {
        _plain[name] = value;
        _fields[name] = writer => writer.WriteBooleanValue(value);
    }

    public void SetBase64(string name, ReadOnlyMemory<byte> bytes)
    {
        _sizeHint += bytes.Length * 4L / 3;
        _fields[name] = writer => writer.WriteBase64StringValue(bytes.Span);
    }

    /// <summary>Passes a value through as the caller wrote it.</summary>
    public void Set(string name, JsonElement value)
    {
        var raw = JsonMarshal.GetRawUtf8Value(value).ToArray();
        _sizeHint += raw.Length;
        _plain[name] = value;
        _fields[name] = writer => writer.WriteRawValue(raw, skipInputValidation: true);
    }

    public void Set(string name, Action<Utf8JsonWriter> write) => _fields[name] = write;

    /// <summary>Another object inside this one.</summary>
    public void Set(string name, NativeFields fields) => Set(name, fields.WriteTo);

    /// <summary>A list of one object.</summary>
    public void SetSingle(string name, NativeFields fields) => Set(name, writer =>
    {
        writer.WriteStartArray();
        fields.WriteTo(writer);
        writer.WriteEndArray();
    });

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
