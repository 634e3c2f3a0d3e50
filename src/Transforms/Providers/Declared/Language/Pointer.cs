using System.Globalization;
using System.Text.Json;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Declared.Language;

/// <summary>
/// A JSON Pointer (RFC 6901) with wild cards: <c>*</c> stands for every item or member, <c>-1</c> for the last item, <c>[name=value]</c> for the items whose member has
/// that value, <c>[name!=value]</c> for the others, and <c>[name]</c> for those that have the member.
/// </summary>
internal sealed class Pointer
{
    private const int MostValues = 1000;
    private readonly Segment[] _segments;

    private Pointer(Segment[] segments) => _segments = segments;

    /// <summary>Reads one.</summary>
    /// <returns>Null when the text is no such pointer.</returns>
    public static Pointer? Parse(string text)
    {
        if (text.Length == 0)
        {
            return new Pointer([]);
        }

        if (text[0] != '/')
        {
            return null;
        }

        var parts = text[1..].Split('/');
        var segments = new Segment[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (Segment.Parse(parts[i].Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)) is not { } segment)
            {
                return null;
            }

            segments[i] = segment;
        }

        return new Pointer(segments);
    }

    /// <summary>The names of a pointer without wild cards.</summary>
    /// <returns>Null when it has any.</returns>
    public IReadOnlyList<string>? Names => _segments.All(s => s.Kind == SegmentKind.Name) ? [.. _segments.Select(s => s.Name)] : null;

    /// <summary>Every value it leads to, in the document's order; a thousand at most.</summary>
    public IReadOnlyList<JsonElement> All(JsonElement root) => All(root, withGaps: false);

    /// <summary>The same, and an undefined one for each item behind a wild card that lacks the rest of the way.</summary>
    public IReadOnlyList<JsonElement> AllOrGaps(JsonElement root) => All(root, withGaps: true);

    private List<JsonElement> All(JsonElement root, bool withGaps)
    {
        List<JsonElement> values = [Begin(root)];
        var isBehind = false;
        foreach (var segment in _segments)
        {
            var next = new List<JsonElement>();
            foreach (var value in values)
            {
                var before = next.Count;
                segment.Follow(value, next);
                if (withGaps && isBehind && next.Count == before)
                {
                    next.Add(default);
                }

                if (next.Count > MostValues)
                {
                    break;
                }
            }

            values = next;
            isBehind |= segment.Kind != SegmentKind.Name;
        }

        return values;
    }

    /// <summary>The first value it leads to.</summary>
    /// <returns>Undefined when there is none.</returns>
    public JsonElement First(JsonElement root)
    {
        var value = Begin(root);
        foreach (var segment in _segments)
        {
            if (segment.Kind != SegmentKind.Name)
            {
                return All(root) is [var first, ..] ? first : default;
            }

            value = segment.Step(value);
        }

        return value;
    }

    // A pointer that begins with a name knows of no list around the object.
    private JsonElement Begin(JsonElement root) =>
        _segments is [{ Kind: SegmentKind.Name } first, ..] && !int.TryParse(first.Name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) ? root.Alone() : root;

    private enum SegmentKind
    {
        Name,
        Every,
        Having,
        Equal,
        Unequal,
    }

    private readonly record struct Segment(SegmentKind Kind, string Name, string Value)
    {
        /// <summary>The other spelling of a camelCase name: what stands between a provider and its clients may write it out of a protobuf message. Null where there is none.</summary>
        private readonly string? _snake = Kind == SegmentKind.Name ? SnakeOf(Name) : null;

        public static Segment? Parse(string text)
        {
            if (text == "*")
            {
                return new Segment(SegmentKind.Every, "", "");
            }

            if (!text.StartsWith('['))
            {
                return new Segment(SegmentKind.Name, text, "");
            }

            if (!text.EndsWith(']') || text.Length < 3)
            {
                return null;
            }

            var inner = text[1..^1];
            var equals = inner.IndexOf('=', StringComparison.Ordinal);
            return equals < 0 ? new Segment(SegmentKind.Having, inner, "")
                : equals == 0 ? null
                : inner[equals - 1] == '!' ? new Segment(SegmentKind.Unequal, inner[..(equals - 1)], inner[(equals + 1)..])
                : new Segment(SegmentKind.Equal, inner[..equals], inner[(equals + 1)..]);
        }

        public JsonElement Step(JsonElement value)
        {
            if (value.ValueKind != JsonValueKind.Array)
            {
                var member = value.Member(Name);
                return member.ValueKind == JsonValueKind.Undefined && _snake is not null ? value.Member(_snake) : member;
            }

            var length = value.GetArrayLength();
            if (!int.TryParse(Name, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            {
                return default;
            }

            index = index < 0 ? length + index : index;
            return index >= 0 && index < length ? value[index] : default;
        }

        public void Follow(JsonElement value, List<JsonElement> found)
        {
            if (Kind == SegmentKind.Name)
            {
                if (Step(value) is { ValueKind: not JsonValueKind.Undefined } one)
                {
                    found.Add(one);
                }

                return;
            }

            if (value.ValueKind == JsonValueKind.Object)
            {
                if (Kind == SegmentKind.Every)
                {
                    found.AddRange(value.EnumerateObject().Select(p => p.Value));
                }
                else if (Holds(value))
                {
                    found.Add(value);
                }

                return;
            }

            foreach (var item in value.Items())
            {
                if (Kind == SegmentKind.Every || Holds(item))
                {
                    found.Add(item);
                }
            }
        }

        private static string? SnakeOf(string name) => name.Length > 0 && char.IsAsciiLetterLower(name[0]) && name.AsSpan().ContainsAnyInRange('A', 'Z')
            ? string.Concat(name.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()))
            : null;

        private bool Holds(JsonElement item) => (Kind, item.Member(Name)) switch
        {
            (SegmentKind.Having, var member) => member.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null),
            (SegmentKind.Equal, var member) => Values.Text(member) == Value,
            (_, var member) => Values.Text(member) != Value,
        };
    }
}
