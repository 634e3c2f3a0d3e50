using System.Text;

namespace Framegate.Transforms.Native;

/// <summary>
/// Replaces links in a native JSON answer, piece by piece as it arrives, so that they come back through the gateway. Every other byte stays
/// as it was.
/// </summary>
/// <remarks>
/// Nothing is parsed. A quote in JSON stands at the start or the end of a string, or behind a backslash inside one; a name can follow it
/// only where it starts a string, and a colon only where that string names a property. So the name with its quotes, without a backslash
/// before it and with a colon and a string behind it, is the property itself and no text that looks like it, wherever in the answer the
/// reading begins. Names written with escapes are not found; no provider writes them.
/// </remarks>
public sealed class LinkRewriter
{
    /// <summary>The longest property that is replaced, from the quote before its name to the one behind its link, bytes. That much of a
    /// piece may be held back until the next one.</summary>
    public const int LongestProperty = 8 * 1024;

    private readonly byte[][] _names;
    private readonly int _longestName;

    /// <summary>Prepares the search.</summary>
    /// <param name="properties">The names of the properties that hold links.</param>
    public LinkRewriter(IReadOnlyList<string> properties)
    {
        ArgumentNullException.ThrowIfNull(properties);
        _names = [.. properties.Select(p => Encoding.UTF8.GetBytes($"\"{p}\""))];
        _longestName = _names.Max(n => n.Length);
    }

    /// <summary>Replaces the links in one piece of an answer.</summary>
    /// <param name="json">The piece, after what the last call left over.</param>
    /// <param name="last">True when nothing follows.</param>
    /// <param name="target">Where the links lead.</param>
    /// <param name="output">Takes the piece with its new links; nothing is written where no link was met, and the piece itself can go on.</param>
    /// <returns>How much of the piece is done. The rest, at most <see cref="LongestProperty"/>, must be given again with what follows it.</returns>
    public int Rewrite(ReadOnlySpan<byte> json, bool last, ILinkTarget target, LinkBuffer output)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(output);
        Span<int> next = stackalloc int[_names.Length];
        next.Fill(-1);
        var (position, copied) = (0, 0);
        while (Next(json, position, next, out var length) is var name && name < json.Length)
        {
            position = name + length;
            if (name > 0 && json[name - 1] == '\\')
            {
                continue;
            }

            var (link, end) = Link(json, position);
            if (end < 0 && !last && json.Length - name <= LongestProperty)
            {
                return Done(json, copied, name, output);
            }

            if (end < 0 || link == end || end - name > LongestProperty)
            {
                continue;
            }

            output.Write(json[copied..link]);
            (copied, position) = (link, end);
            var before = output.Length;
            if (target.TryWrite(json[link..end], output))
            {
                copied = end;
            }
            else
            {
                output.Truncate(before);
            }
        }

        return Done(json, copied, last ? json.Length : Tail(json, position), output);
    }

    private static int Done(ReadOnlySpan<byte> json, int copied, int end, LinkBuffer output)
    {
        if (copied > 0 || output.Length > 0)
        {
            output.Write(json[copied..end]);
        }

        return end;
    }

    /// <summary>Where the next of the names stands; behind the end when there is none.</summary>
    private int Next(ReadOnlySpan<byte> json, int position, Span<int> next, out int length)
    {
        var (first, which) = (json.Length, 0);
        for (var i = 0; i < _names.Length; i++)
        {
            if (next[i] < position)
            {
                next[i] = json[position..].IndexOf(_names[i]) is var found and >= 0 ? position + found : json.Length;
            }

            if (next[i] < first)
            {
                (first, which) = (next[i], i);
            }
        }

        length = _names[which].Length;
        return first;
    }

    /// <summary>The string that is the value of the property whose name ends here.</summary>
    /// <returns>Its two ends, quotes included; the same twice when there is none; a negative end when it goes on behind the piece.</returns>
    private static (int Start, int End) Link(ReadOnlySpan<byte> json, int position)
    {
        position = Skip(json, position);
        if (position < json.Length && json[position] == ':')
        {
            position = Skip(json, position + 1);
            if (position < json.Length)
            {
                return json[position] == '"' ? (position, EndOfString(json, position + 1)) : (0, 0);
            }
        }
        else if (position < json.Length)
        {
            return (0, 0);
        }

        return (0, -1);
    }

    private static int EndOfString(ReadOnlySpan<byte> json, int position)
    {
        while (position < json.Length && json[position..].IndexOfAny((byte)'"', (byte)'\\') is var found and >= 0)
        {
            position += found;
            if (json[position] == '"')
            {
                return position + 1;
            }

            position += 2;
        }

        return -1;
    }

    private static int Skip(ReadOnlySpan<byte> json, int position)
    {
        while (position < json.Length && json[position] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
        {
            position++;
        }

        return position;
    }

    /// <summary>Where the end of a piece begins that may be the start of a name.</summary>
    private int Tail(ReadOnlySpan<byte> json, int position)
    {
        var from = Math.Max(json.Length - _longestName + 1, position);
        var quote = json[from..].LastIndexOf((byte)'"');
        if (quote >= 0 && (from + quote == 0 || json[from + quote - 1] != '\\'))
        {
            var start = json[(from + quote)..];
            foreach (var name in _names)
            {
                if (name.AsSpan().StartsWith(start))
                {
                    return from + quote;
                }
            }
        }

        return json.Length > position && json[^1] == '\\' ? json.Length - 1 : json.Length;
    }
}
