using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Finds the jobs that the body of a native call names: in JSON and in forms, wherever a provider may look for them.</summary>
/// <param name="members">The members that name one, separated by commas, each with dots between the names of nested ones. What an array holds counts like the member itself.</param>
internal sealed class NamedIds(string members)
{
    private const int LongestValue = 64 * 1024;
    private static readonly JsonReaderOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 128 };
    private readonly string[][] _members = [.. members.Split(',').Select(m => m.Split('.'))];
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>Finds them.</summary>
    /// <param name="body">The body.</param>
    /// <param name="contentType">What it says it is.</param>
    /// <returns>Null when the body is nothing that can be read here, so that nobody can tell what it names.</returns>
    public async ValueTask<IReadOnlySet<string>?> ReadAsync(ReadOnlySequence<byte> body, string? contentType)
    {
        if (body.IsEmpty)
        {
            return _found;
        }

        var type = MediaTypeHeaderValue.TryParse(contentType, out var parsed) ? parsed : null;
        try
        {
            if (type?.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase) == true)
            {
                await ReadFormAsync(body, HeaderUtilities.RemoveQuotes(type.Boundary).ToString());
            }
            else if (type?.MediaType.Equals("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true)
            {
                foreach (var (name, values) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)))
                {
                    Field(name, values.OfType<string>());
                }
            }
            else
            {
                var reader = new Utf8JsonReader(body, s_lenient);
                ReadJson(ref reader, _members);
            }

            return _found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or InvalidDataException or IOException)
        {
            return null;
        }
    }

    private async Task ReadFormAsync(ReadOnlySequence<byte> body, string boundary)
    {
        var reader = new MultipartReader(boundary, PipeReader.Create(body).AsStream());
        while (await reader.ReadNextSectionAsync() is { } section)
        {
            if (section.GetContentDispositionHeader() is { } disposition && !disposition.IsFileDisposition())
            {
                using var value = new StreamReader(section.Body);
                var text = new char[LongestValue];
                Field(HeaderUtilities.RemoveQuotes(disposition.Name).ToString(), [new string(text, 0, await value.ReadBlockAsync(text))]);
            }
        }
    }

    /// <summary>A field of a form: <c>video.id</c>, <c>video[id]</c>, or JSON as the value of <c>video</c>.</summary>
    private void Field(string name, IEnumerable<string> values)
    {
        var path = name.Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.', StringSplitOptions.RemoveEmptyEntries);
        path = [.. path.Where(p => !int.TryParse(p, out _))];
        foreach (var member in _members.Where(m => m.AsSpan().StartsWith(path)))
        {
            foreach (var value in values)
            {
                if (member.Length == path.Length)
                {
                    Add(value);
                }
                else
                {
                    var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(value), s_lenient);
                    ReadJson(ref reader, [member[path.Length..]]);
                }
            }
        }
    }

    private void ReadJson(ref Utf8JsonReader reader, string[][] wanted)
    {
        reader.Read();
        Value(ref reader, wanted);
        while (reader.Read())
        {
        }
    }

    private void Value(ref Utf8JsonReader reader, string[][] wanted)
    {
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                Value(ref reader, wanted);
            }
        }
        else if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                List<string[]>? below = null;
                foreach (var member in wanted)
                {
                    if (member.Length > 0 && reader.ValueTextEquals(member[0]))
                    {
                        (below ??= []).Add(member[1..]);
                    }
                }

                reader.Read();
                if (below is null)
                {
                    reader.Skip();
                }
                else
                {
                    Value(ref reader, [.. below]);
                }
            }
        }
        else if (reader.TokenType == JsonTokenType.String && wanted.Any(w => w.Length == 0))
        {
            Add(reader.GetString()!);
        }
    }

    /// <summary>Of an address or a path the last part counts, without what is to be done with it.</summary>
    private void Add(string text)
    {
        var name = text.Contains('/', StringComparison.Ordinal) ? text.Split('?', '#')[0] is var path ? path[(path.LastIndexOf('/') + 1)..].Split(':')[0] : "" : text;
        if (name.Length > 0)
        {
            _found.Add(name);
        }
    }
}
