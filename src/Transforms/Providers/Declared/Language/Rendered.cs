using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>A rendered body: what is in it, native parameters laid into it, and its bytes.</summary>
internal static class Rendered
{
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The value at a path of names.</summary>
    public static object? At(Fields body, IReadOnlyList<string> names)
    {
        object? value = body;
        foreach (var name in names)
        {
            value = value switch
            {
                Fields fields => fields.GetValueOrDefault(name),
                JsonElement json => Values.Of(json.Member(name)),
                _ => null,
            };
        }

        return value;
    }

    /// <summary>The object at a path of names, made where it is missing.</summary>
    /// <returns>Null when something else is in its place.</returns>
    public static Fields? ObjectAt(Fields body, IReadOnlyList<string> names)
    {
        var fields = body;
        foreach (var name in names)
        {
            if (!fields.TryGetValue(name, out var inner))
            {
                fields[name] = inner = new Fields();
            }

            if (inner is not Fields next)
            {
                return null;
            }

            fields = next;
        }

        return fields;
    }

    /// <summary>Lays native parameters into a body. Objects are joined; nothing that is there is overwritten, but for a default.</summary>
    /// <param name="fields">The object they go into.</param>
    /// <param name="native">They.</param>
    /// <param name="path">Their path in the request, for a refusal.</param>
    /// <param name="used">Names that the templates have dealt with.</param>
    /// <param name="place">The template of the object.</param>
    /// <param name="scope">The variables of the request.</param>
    /// <param name="filled">Takes the variables in whose places native parameters stand now.</param>
    /// <param name="issues">Takes refusals.</param>
    public static void Merge(Fields fields, JsonElement native, string path, IReadOnlySet<string> used, Template? place, Scope scope, ISet<string> filled, MappingIssues issues)
    {
        foreach (var member in native.EnumerateObject())
        {
            if (member.Name() is not { } name)
            {
                issues.Refuse(path, "holds a name that is not text.");
            }
            else if (used.Contains(name))
            {
                continue;
            }
            else if (!fields.TryGetValue(name, out var there) || (there is not Fields && place?.Member(name)?.IsDefault(scope) == true))
            {
                fields[name] = member.Value.ValueKind == JsonValueKind.Object ? Copy(member.Value) : member.Value;
                Fill(member.Value, place?.Member(name), filled);
            }
            else if (there is Fields inner && member.Value.ValueKind == JsonValueKind.Object)
            {
                Merge(inner, member.Value, $"{path}.{name}", new HashSet<string>(), place?.Member(name), scope, filled, issues);
            }
            else
            {
                issues.Refuse($"{path}.{name}", "is set by the rest of the request already.");
            }
        }
    }

    /// <summary>The variables that would have stood where a native value stands.</summary>
    private static void Fill(JsonElement value, Template? place, ISet<string> filled)
    {
        if (place is { MakesObjects: true } && value.ValueKind == JsonValueKind.Object)
        {
            foreach (var member in value.EnumerateObject())
            {
                // A picture may be named in a way that the file does not know, as by an id; it is one all the same.
                var own = place.Member(member.Name() ?? "");
                Fill(member.Value, own, filled);
                filled.UnionWith(own is null ? place.Names.Where(Scope.IsMedia) : []);
            }
        }
        else if (place is not null)
        {
            filled.UnionWith(place.Names);
        }
    }

    /// <summary>A body as JSON.</summary>
    /// <param name="body">The body.</param>
    /// <param name="isList">True where it is the one item of a list.</param>
    public static NativeBody ToJson(Fields body, bool isList = false)
    {
        var buffer = new ArrayBufferWriter<byte>((int)Math.Min(512 + Size(body), 256 * 1024 * 1024));
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            Write(writer, isList ? new List<object?> { body } : body);
        }

        return new NativeBody(buffer.WrittenMemory, "application/json");
    }

    /// <summary>A body as a form: media inputs are files, a list of one name is that name again.</summary>
    public static NativeBody ToForm(Fields body)
    {
        var form = new MultipartForm();
        foreach (var (name, value) in body)
        {
            Add(form, name, value, 0);
        }

        return form.ToBody();
    }

    /// <summary>A JSON body with a value at a path of names, in place of what stands there.</summary>
    public static NativeRequest With(NativeRequest request, IReadOnlyList<string> names, string value)
    {
        if (request.Body is not { ContentType: "application/json" } body || System.Text.Json.Nodes.JsonNode.Parse(body.Bytes.Span) is not { } root
            || (root is System.Text.Json.Nodes.JsonArray list ? list[0] : root) is not System.Text.Json.Nodes.JsonObject at)
        {
            return request;
        }

        foreach (var name in names.SkipLast(1))
        {
            if (at[name] is not System.Text.Json.Nodes.JsonObject inner)
            {
                at[name] = inner = [];
            }

            at = inner;
        }

        at[names[^1]] = System.Text.Json.Nodes.JsonValue.Create(value);
        var buffer = new ArrayBufferWriter<byte>(body.Bytes.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            root.WriteTo(writer);
        }

        return request with { Body = body with { Bytes = buffer.WrittenMemory } };
    }

    private static void Add(MultipartForm form, string name, object? value, int index)
    {
        switch (value)
        {
            case List<object?> items:
                for (var i = 0; i < items.Count; i++)
                {
                    Add(form, name, items[i], i);
                }

                break;
            case Base64 { Input: var input }:
                // A form takes bytes as they are.
                Add(form, name, input, index);
                break;
            case MediaInput { IsInline: true } input:
                form.AddFile(name, $"{name.Trim('[', ']')}{index}.{input.ContentType!.Split('/')[^1]}", input.ContentType!, input);
                break;
            case JsonElement json:
                form.Add(name, json);
                break;
            case Fields fields:
                foreach (var (member, inner) in fields)
                {
                    Add(form, $"{name}[{member}]", inner, 0);
                }

                break;
            default:
                if (Values.Text(value is MediaInput other ? other.ToUri() : value) is { } text)
                {
                    form.Add(name, text);
                }

                break;
        }
    }

    private static Fields Copy(JsonElement json)
    {
        var fields = new Fields();
        foreach (var member in json.EnumerateObject())
        {
            if (member.Name() is { } name)
            {
                fields[name] = member.Value.ValueKind == JsonValueKind.Object ? Copy(member.Value) : member.Value;
            }
        }

        return fields;
    }

    private static long Size(object? value) => value switch
    {
        Fields fields => fields.Sum(f => f.Key.Length + 8 + Size(f.Value)),
        List<object?> list => list.Sum(Size),
        Base64 { Input: var input } => Size(input),
        MediaInput input => input.Held is null ? input.Length * 4 / 3 : HeldInput.PlaceholderLength,
        string text => text.Length,
        _ => 16,
    };

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case Fields fields:
                writer.WriteStartObject();
                foreach (var (name, member) in fields)
                {
                    writer.WritePropertyName(name);
                    Write(writer, member);
                }

                writer.WriteEndObject();
                break;
            case List<object?> list:
                writer.WriteStartArray();
                list.ForEach(item => Write(writer, item));
                writer.WriteEndArray();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case long whole:
                writer.WriteNumberValue(whole);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case Base64 bytes:
                bytes.Input.WriteBase64(writer);
                break;
            case MediaInput input:
                writer.WriteStringValue(input.ToUri());
                break;
            case JsonElement json:
                json.WriteTo(writer);
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }
}
