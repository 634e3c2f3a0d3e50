using System.Globalization;
using System.Text.Json;
using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>Finds the lines of the file that errors are about.</summary>
internal static class ConfigurationLines
{
    /// <summary>Sections that files of providers add to.</summary>
    private static readonly HashSet<string> s_ofProviders = new([$"{ProxyParser.Section}:Clusters", $"{ProxyParser.Section}:Routes"], StringComparer.OrdinalIgnoreCase);

    /// <summary>Names the line of each error whose path, or a part of it from the front, is in the text.</summary>
    public static IReadOnlyList<ConfigurationError> Locate(IReadOnlyList<ConfigurationError> errors, ReadOnlySpan<byte> text)
    {
        if (errors.Count == 0 || text.IsEmpty)
        {
            return errors;
        }

        var lines = LinesOf(text);
        return [.. errors.Select(e => e.IsElsewhere ? e : e with { Line = LineOf(e.Path, lines) })];
    }

    private static int? LineOf(string whole, Dictionary<string, int> lines)
    {
        for (var path = whole; path.Length > 0;)
        {
            if (path.Length < whole.Length && s_ofProviders.Contains(path))
            {
                // A provider's own file has brought it.
                return null;
            }

            if (lines.TryGetValue(path, out var line))
            {
                return line;
            }

            path = path[..Math.Max(path.LastIndexOf(':'), 0)];
        }

        return null;
    }

    /// <summary>Every key and element with its line, as the framework names them.</summary>
    private static Dictionary<string, int> LinesOf(ReadOnlySpan<byte> text)
    {
        var bytes = text.StartsWith("\uFEFF"u8) ? text[3..] : text;
        var reader = new Utf8JsonReader(bytes, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var lines = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        var around = new Stack<(string Path, int Next)>();
        var (line, counted, name) = (1, 0, (string?)null);
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
            {
                around.Pop();
                continue;
            }

            var start = (int)reader.TokenStartIndex;
            line += bytes[counted..start].Count((byte)'\n');
            counted = start;
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                name = Below(around.Peek().Path, reader.GetString()!);
                lines.TryAdd(name, line);
                continue;
            }

            if (name is null && around.TryPop(out var list))
            {
                name = Below(list.Path, list.Next.ToString(CultureInfo.InvariantCulture));
                lines.TryAdd(name, line);
                around.Push(list with { Next = list.Next + 1 });
            }

            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                around.Push((name ?? "", 0));
            }

            name = null;
        }

        return lines;
    }

    private static string Below(string path, string name) => path.Length == 0 ? name : $"{path}:{name}";
}
