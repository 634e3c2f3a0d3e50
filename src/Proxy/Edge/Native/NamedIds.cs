using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Finds the jobs that the body of a native call names: in JSON and in forms, wherever a provider may look for them.</summary>
/// <param name="members">The members that name one, as <see cref="Framegate.Plugins.NativeEndpoint.IdMember"/> has them.</param>
internal sealed class NamedIds(string members)
{
    private const int LongestValue = ShortJson.LongestText;
    private const int LongestBoundary = 128;
    private const int MostSections = 1024;
    private static readonly JsonReaderOptions s_lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 128 };
    private static readonly string s_type = IdMember.Plain("type");
    private readonly IdMember[] _members = IdMember.Read(members);
    private readonly HashSet<string> _found = new(StringComparer.Ordinal);

    /// <summary>Finds them.</summary>
    /// <param name="body">The body.</param>
    /// <param name="contentType">Its declared media type.</param>
    /// <returns>Null when the body is nothing that can be read here, so that what it names is unknown.</returns>
    public async ValueTask<IReadOnlySet<string>?> ReadAsync(ReadOnlySequence<byte> body, string? contentType)
    {
        if (body.IsEmpty)
        {
            return _found;
        }

        try
        {
            var isForm = true;
            if (BoundaryOf(contentType) is { } boundary)
            {
                await ReadFormAsync(PipeReader.Create(body).AsStream(), boundary, default);
            }
            else if (IsOf("application/x-www-form-urlencoded", contentType))
            {
                foreach (var (name, values) in QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)))
                {
                    Field(name, values.OfType<string>());
                }
            }
            else
            {
                isForm = false;
            }

            // A provider may go by what the body looks like.
            if (!isForm || LooksLikeJson(body))
            {
                ReadJson(body);
            }

            return _found;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    /// <summary>Finds them in a body that is too large for memory, where it is a multipart form or JSON. What is long in it are files and texts, and neither is an id.</summary>
    /// <param name="body">The body, at its beginning, which can be read again.</param>
    /// <param name="contentType">Its declared media type.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    /// <returns>Null when the body is nothing that can be read here, so that what it names is unknown.</returns>
    public async ValueTask<IReadOnlySet<string>?> ReadLargeAsync(Stream body, string? contentType, CancellationToken cancellationToken)
    {
        try
        {
            if (BoundaryOf(contentType) is { } boundary)
            {
                var head = new byte[LongestValue];
                var read = await body.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken);
                if (LooksLikeJson(new ReadOnlySequence<byte>(head, 0, read)))
                {
                    return null;
                }

                body.Position = 0;
                await ReadFormAsync(body, boundary, cancellationToken);
                return _found;
            }

            if (IsOf("application/x-www-form-urlencoded", contentType) || await ShortJson.ReadAsync(body, cancellationToken) is not { } json)
            {
                return null;
            }

            ReadJson(new ReadOnlySequence<byte>(json));
            return _found;
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }

    private static bool IsUnreadable(Exception e) => e is JsonException or InvalidOperationException or InvalidDataException or IOException or ArgumentException;

    private static bool IsOf(string type, string? contentType) => MediaTypeHeaderValue.TryParse(contentType, out var parsed) && parsed.MediaType.Equals(type, StringComparison.OrdinalIgnoreCase);

    /// <summary>What separates the parts of a form; null where a body is none.</summary>
    public static string? BoundaryOf(string? contentType) => IsOf("multipart/form-data", contentType)
        ? HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(contentType).Boundary).ToString()
        : null;

    private static bool LooksLikeJson(ReadOnlySequence<byte> body)
    {
        foreach (var piece in body)
        {
            foreach (var next in piece.Span)
            {
                // Blanks, and the bytes of a mark of UTF-8.
                if (next is not (0x20 or 0x09 or 0x0A or 0x0B or 0x0C or 0x0D or 0xEF or 0xBB or 0xBF))
                {
                    return next is (byte)'{' or (byte)'[';
                }
            }
        }

        return false;
    }

    private async Task ReadFormAsync(Stream body, string boundary, CancellationToken cancellationToken)
    {
        if (boundary.Length > LongestBoundary)
        {
            throw new InvalidDataException("The boundary of the form is too long.");
        }

        var reader = new MultipartReader(boundary, body, LongestValue);
        var text = ArrayPool<char>.Shared.Rent(LongestValue);
        try
        {
            for (var sections = 0; await reader.ReadNextSectionAsync(cancellationToken) is { } section; sections++)
            {
                if (sections == MostSections)
                {
                    throw new InvalidDataException("The form has too many parts.");
                }

                // One without a name that can be read here may have one for the provider.
                var disposition = section.GetContentDispositionHeader() ?? throw new InvalidDataException("A part of the form has no name.");
                if (!disposition.IsFileDisposition())
                {
                    using var value = new StreamReader(section.Body);
                    var length = await value.ReadBlockAsync(text.AsMemory(0, LongestValue), cancellationToken);
                    Field(HeaderUtilities.RemoveQuotes(disposition.Name).ToString(), [new string(text, 0, length)]);
                }
            }
        }
        finally
        {
            ArrayPool<char>.Shared.Return(text);
        }
    }

    /// <summary>A field of a form: <c>video.id</c>, <c>video[id]</c>, or JSON as the value of <c>video</c>.</summary>
    private void Field(string name, IEnumerable<string> values)
    {
        string[] path = [.. name.Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries).Where(p => !int.TryParse(p, out _)).Select(IdMember.Plain)];
        foreach (var member in _members.Where(m => (path.Length <= m.Depth || m.IsAt(path.Length)) && path.Index().All(p => m.IsNext(p.Index, p.Item))))
        {
            foreach (var value in values)
            {
                if (member.IsAt(path.Length))
                {
                    _found.UnionWith(member.IdsIn(value));
                }
                else
                {
                    ReadJson(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(value)), [(member, path.Length)]);
                }
            }
        }
    }

    private void ReadJson(ReadOnlySequence<byte> json) => ReadJson(json, [.. _members.Select(m => (m, 0))]);

    private void ReadJson(ReadOnlySequence<byte> json, List<(IdMember Member, int Depth)> wanted)
    {
        var reader = new Utf8JsonReader(json, s_lenient);
        reader.Read();
        Value(ref reader, wanted);
        while (reader.Read())
        {
        }
    }

    private void Value(ref Utf8JsonReader reader, List<(IdMember Member, int Depth)> wanted)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray:
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    Value(ref reader, wanted);
                }

                break;
            case JsonTokenType.StartObject:
                Members(ref reader, wanted);
                break;
            case JsonTokenType.String or JsonTokenType.Number:
                foreach (var (member, depth) in wanted)
                {
                    if (member.IsAt(depth))
                    {
                        _found.UnionWith(member.IdsIn(
                            reader.TokenType == JsonTokenType.String ? reader.GetString()! : Encoding.UTF8.GetString(reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan)));
                    }
                }

                break;
            default:
                break;
        }
    }

    private void Members(ref Utf8JsonReader reader, List<(IdMember Member, int Depth)> wanted)
    {
        if (wanted.Exists(w => w.Member.AsksForType(w.Depth)))
        {
            var types = TypesOf(reader);
            wanted = wanted.FindAll(w => w.Member.Takes(w.Depth, types));
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = IdMember.Plain(reader.GetString()!);
            var below = wanted.FindAll(w => w.Member.IsNext(w.Depth, name)).ConvertAll(w => (w.Member, w.Depth + 1));
            reader.Read();
            if (below.Count == 0)
            {
                reader.Skip();
            }
            else
            {
                Value(ref reader, below);
            }
        }
    }

    /// <summary>What an object gives as its type; several where it does so more than once.</summary>
    /// <param name="reader">A copy of the reader, at the beginning of the object.</param>
    private static List<string> TypesOf(Utf8JsonReader reader)
    {
        var types = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isType = IdMember.Plain(reader.GetString()!) == s_type;
            reader.Read();
            if (isType && reader.TokenType == JsonTokenType.String)
            {
                types.Add(reader.GetString()!);
            }

            reader.Skip();
        }

        return types;
    }
}
