using System.Buffers;
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
/// reading begins. Names written with escapes are not found; no provider writes them. Where the value is a list or an object, every string below it is a link;
/// there alone the place is kept from piece to piece.
/// </remarks>
public sealed class LinkRewriter
{
    /// <summary>The longest property that is replaced, from the quote before its name to the one behind its link, bytes. That much of a
    /// piece may be held back until the next one.</summary>
    public const int LongestProperty = 8 * 1024;

    private static readonly SearchValues<byte> s_marks = SearchValues.Create("\"[]{}"u8);

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
    /// <param name="place">Where the last piece ended; <c>default</c> for the first.</param>
    /// <returns>How much of the piece is done. The rest, at most <see cref="LongestProperty"/>, must be given again with what follows it.</returns>
    public int Rewrite(ReadOnlySpan<byte> json, bool last, ILinkTarget target, LinkBuffer output, ref LinkPlace place)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(output);
        Span<int> next = stackalloc int[_names.Length];
        next.Fill(-1);
        var (position, copied) = (0, 0);
        while (true)
        {
            if (place.Depth > 0 && (!Inside(json, last, target, output, ref position, ref copied, ref place) || place.Depth > 0))
            {
                return Done(json, copied, position, output);
            }

            var name = Next(json, position, next, out var length);
            if (name >= json.Length)
            {
                return Done(json, copied, last ? json.Length : Tail(json, position), output);
            }

            position = name + length;
            if (name > 0 && json[name - 1] == '\\')
            {
                continue;
            }

            var value = Value(json, position);
            if (value > 0 && json[value] is (byte)'[' or (byte)'{')
            {
                (place.Depth, position) = (1, value + 1);
                continue;
            }

            var end = value > 0 ? json[value] == '"' ? EndOfString(json, value + 1) : 0 : value;
            if (end < 0 && !last && json.Length - name <= LongestProperty)
            {
                return Done(json, copied, name, output);
            }

            if (end > 0 && end - name <= LongestProperty)
            {
                Replace(json, value, end, target, output, ref copied);
                position = end;
            }
        }
    }

    /// <summary>Replaces every string below a list or an object that is the value of a property with links.</summary>
    /// <returns>False where the rest must be given again.</returns>
    private static bool Inside(ReadOnlySpan<byte> json, bool last, ILinkTarget target, LinkBuffer output, ref int position, ref int copied, ref LinkPlace place)
    {
        while (place.Depth > 0 && position < json.Length)
        {
            if (place.InString)
            {
                if (EndOfString(json, position) is var behind && behind < 0)
                {
                    // What a backslash hides is in the next piece.
                    position = last ? json.Length : json.Length - TrailingBackslash(json[position..]);
                    return position == json.Length;
                }

                (place.InString, position) = (false, behind);
                continue;
            }

            var found = json[position..].IndexOfAny(s_marks);
            if (found < 0)
            {
                position = json.Length;
                return true;
            }

            position += found;
            if (json[position] != '"')
            {
                place.Depth += json[position++] is (byte)'[' or (byte)'{' ? 1 : -1;
                continue;
            }

            var end = EndOfString(json, position + 1);
            var after = end < 0 ? json.Length : Skip(json, end);
            if (after >= json.Length && !last && json.Length - position <= LongestProperty)
            {
                return false;
            }

            if (end < 0)
            {
                (place.InString, position) = (true, position + 1);
                continue;
            }

            if (end - position <= LongestProperty && !(after < json.Length && json[after] == ':'))
            {
                Replace(json, position, end, target, output, ref copied);
            }

            position = end;
        }

        return true;
    }

    private static void Replace(ReadOnlySpan<byte> json, int link, int end, ILinkTarget target, LinkBuffer output, ref int copied)
    {
        if (end - link <= 2)
        {
            return;
        }

        output.Write(json[copied..link]);
        copied = link;
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

    private static int TrailingBackslash(ReadOnlySpan<byte> text) => (text.Length - text.TrimEnd((byte)'\\').Length) % 2;

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

    /// <summary>Where the value begins of the property whose name ends here; 0 when it is none, negative when that is behind the piece.</summary>
    private static int Value(ReadOnlySpan<byte> json, int position)
    {
        position = Skip(json, position);
        if (position < json.Length && json[position] != ':')
        {
            return 0;
        }

        position = Skip(json, position + 1);
        return position < json.Length ? position : -1;
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
