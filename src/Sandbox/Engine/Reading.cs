using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Engine;

/// <summary>Reads an object strictly and keeps the first fault. A JSON null counts as absent; a number or a flag in quotes is a fault.</summary>
internal sealed class Reading
{
    private readonly JsonElement _value;
    private readonly string _path;
    private readonly Notes _notes;

    public Reading(JsonElement value)
        : this(value, "", new())
    {
    }

    private Reading(JsonElement value, string path, Notes notes)
    {
        _value = value;
        _path = path;
        _notes = notes;
    }

    /// <summary>The first fault of the whole body; null while there is none.</summary>
    public Wrong? Wrong => _notes.First;

    /// <summary>The object as it came.</summary>
    public JsonElement Value => _value;

    public bool Has(string name) => _value.Member(name) is not null;

    /// <summary>Notes a fault unless there is one already.</summary>
    public void Fail(string name, string message, WrongKind kind = WrongKind.Value) => _notes.First ??= new(kind, At(name), message);

    /// <summary>Refuses every field that is not listed.</summary>
    public void Only(params ReadOnlySpan<string> names)
    {
        foreach (var property in _value.EnumerateObject())
        {
            if (!names.Contains(property.Name))
            {
                Fail(property.Name, "is not a field of this call", WrongKind.Unknown);
            }
        }
    }

    /// <summary>A text that must be there, with 1 to <paramref name="longest"/> characters.</summary>
    public string Text(string name, int longest = int.MaxValue) => Need(name, MaybeText(name, longest) is { Length: > 0 } text ? text : null) ?? "";

    public string? MaybeText(string name, int longest = int.MaxValue)
    {
        if (_value.Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            Fail(name, "must be a string", WrongKind.Type);
            return null;
        }

        var text = value.GetString()!;
        if (text.Length > longest)
        {
            Fail(name, $"must have at most {longest} characters");
        }

        return text;
    }

    public string OneOf(string name, params ReadOnlySpan<string> values) => Need(name, MaybeOneOf(name, values)) ?? values[0];

    public string? MaybeOneOf(string name, params ReadOnlySpan<string> values)
    {
        var text = MaybeText(name);
        if (text is not null && !values.Contains(text))
        {
            Fail(name, $"must be one of the following: {string.Join(", ", values.ToArray().Select(v => $"\"{v}\""))}");
        }

        return text;
    }

    /// <summary>The model: must be there, and be one of those given.</summary>
    public string Model(string name, params ReadOnlySpan<string> known)
    {
        var model = Text(name);
        if (model.Length > 0 && !known.Contains(model))
        {
            Fail(name, model, WrongKind.Model);
        }

        return model;
    }

    public long? MaybeWhole(string name, long min = long.MinValue, long max = long.MaxValue)
    {
        if (_value.Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
        {
            Fail(name, "must be an integer", WrongKind.Type);
            return null;
        }

        if (number < min || number > max)
        {
            Fail(name, $"must be between {min} and {max}");
        }

        return number;
    }

    public double? MaybeNumber(string name, double min, double max)
    {
        if (_value.Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Number)
        {
            Fail(name, "must be a number", WrongKind.Type);
            return null;
        }

        var number = value.GetDouble();
        if (number < min || number > max)
        {
            Fail(name, string.Create(CultureInfo.InvariantCulture, $"must be between {min} and {max}"));
        }

        return number;
    }

    public bool? MaybeFlag(string name)
    {
        if (_value.Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            Fail(name, "must be a boolean", WrongKind.Type);
        }

        return value.ValueKind == JsonValueKind.True;
    }

    /// <summary>An inner object; an empty one when it is absent.</summary>
    public Reading Object(string name) => MaybeObject(name) ?? new(JsonElement.Parse("{}"), At(name), _notes);

    public Reading? MaybeObject(string name)
    {
        if (_value.Member(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Object)
        {
            return new(value, At(name), _notes);
        }

        Fail(name, "must be an object", WrongKind.Type);
        return null;
    }

    /// <summary>The objects of an array; none when it is absent.</summary>
    public IReadOnlyList<Reading> List(string name, int most = int.MaxValue)
    {
        var items = Items(name, most);
        var list = new List<Reading>(items.Count);
        for (var i = 0; i < items.Count; i++)
        {
            if (items[i].ValueKind == JsonValueKind.Object)
            {
                list.Add(new(items[i], $"{At(name)}[{i}]", _notes));
            }
            else
            {
                Fail($"{name}[{i}]", "must be an object", WrongKind.Type);
            }
        }

        return list;
    }

    /// <summary>The texts of an array; none when it is absent.</summary>
    public IReadOnlyList<string> Texts(string name, int most = int.MaxValue)
    {
        var texts = new List<string>();
        foreach (var item in Items(name, most))
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                texts.Add(item.GetString()!);
            }
            else
            {
                Fail(name, "must hold strings", WrongKind.Type);
            }
        }

        return texts;
    }

    /// <summary>A picture or clip that must be there; a web address, or what else is allowed.</summary>
    public void Link(string name, Inline inline = Inline.DataUri) => Check(name, Text(name), inline);

    public bool MaybeLink(string name, Inline inline = Inline.DataUri)
    {
        if (MaybeText(name) is not { } text)
        {
            return false;
        }

        Check(name, text, inline);
        return true;
    }

    /// <summary>Each text of an array as in <see cref="Link"/>.</summary>
    public int Links(string name, int most, Inline inline = Inline.DataUri)
    {
        var texts = Texts(name, most);
        for (var i = 0; i < texts.Count; i++)
        {
            Check($"{name}[{i}]", texts[i], inline);
        }

        return texts.Count;
    }

    /// <summary>A copy of a member for later answers; long texts are cut, as nobody repeats a picture.</summary>
    public JsonNode? Copy(string name) => _value.Member(name) is { } value ? BodyCopy.Of(value) : null;

    /// <summary>A copy of the whole object for later answers.</summary>
    public JsonObject Copy() => (JsonObject)BodyCopy.Of(_value)!;

    private void Check(string name, string text, Inline inline)
    {
        if (MediaText.Fault(text, inline) is var (kind, message))
        {
            Fail(name, message, kind);
        }
    }

    private List<JsonElement> Items(string name, int most)
    {
        if (_value.Member(name) is not { } value)
        {
            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            Fail(name, "must be an array", WrongKind.Type);
            return [];
        }

        if (value.GetArrayLength() > most)
        {
            Fail(name, $"must have at most {most} entries");
        }

        return [.. value.EnumerateArray()];
    }

    private T? Need<T>(string name, T? value)
        where T : class
    {
        if (value is null)
        {
            Fail(name, "is required", WrongKind.Missing);
        }

        return value;
    }

    private string At(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private sealed class Notes
    {
        public Wrong? First;
    }
}
