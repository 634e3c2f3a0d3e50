using System.Buffers;
using System.Text;

namespace Framegate.Plugins.Kit;

/// <summary>
/// JSON as providers send it: behind a byte order mark or a guard, followed by other bytes, with comments, commas too many, <c>NaN</c>, raw control characters or
/// a depth that no reader takes. The form is mended and the meaning is not touched: what cannot be a value becomes <c>null</c>.
/// </summary>
public static class LenientJson
{
    /// <summary>The depth that is read; whatever lies deeper is <c>null</c>.</summary>
    public const int MaxDepth = 48;

    // Before a document that no page may load as a script.
    private static ReadOnlySpan<byte> Guard => ")]}'"u8;

    private static readonly SearchValues<byte> s_inText = SearchValues.Create([.. Enumerable.Range(0, 0x20).Select(b => (byte)b), (byte)'"', (byte)'\\']);

    /// <summary>The first document of a body.</summary>
    /// <param name="body">Any bytes.</param>
    /// <returns>The document; the bytes as they are when they hold none that is complete.</returns>
    public static ReadOnlyMemory<byte> Document(ReadOnlyMemory<byte> body) => Scan(AsUtf8(body)).Document;

    /// <summary>Whether a body holds a complete document, whatever follows it.</summary>
    /// <param name="body">Any bytes.</param>
    /// <returns>True for an object or a list that is closed. A closing bracket somewhere in other bytes, as of a sound, closes nothing.</returns>
    public static bool IsComplete(ReadOnlyMemory<byte> body) => Scan(AsUtf8(body)) is { IsComplete: true, Document.Span: [(byte)'{' or (byte)'[', ..] };

    /// <summary>What arrived of a document before the connection broke: its complete members. A text or a number that may go on is left out.</summary>
    /// <param name="body">The bytes that arrived.</param>
    /// <returns>A complete document; empty when nothing of it arrived.</returns>
    public static ReadOnlyMemory<byte> Arrived(ReadOnlyMemory<byte> body)
    {
        var scan = Scan(AsUtf8(body));
        return scan.IsComplete ? scan.Document : scan.Arrived;
    }

    /// <summary>The same without the item of a list, or the object inside the document, that was not closed. What describes it may have been still to come. Items that lie in it
    /// and were closed stay. The members of the document itself do as well: nothing but their order could show what was still to come.</summary>
    /// <param name="body">The bytes that arrived.</param>
    /// <returns>A complete document; empty when nothing of it arrived.</returns>
    public static ReadOnlyMemory<byte> ArrivedWhole(ReadOnlyMemory<byte> body)
    {
        var scan = Scan(AsUtf8(body));
        return scan.IsComplete ? scan.Document : scan.ArrivedWhole;
    }

    private static ReadOnlyMemory<byte> AsUtf8(ReadOnlyMemory<byte> body) => body.Span switch
    {
        [0xff, 0xfe, ..] => Encoding.UTF8.GetBytes(Encoding.Unicode.GetString(body.Span[2..])),
        [0xfe, 0xff, ..] => Encoding.UTF8.GetBytes(Encoding.BigEndianUnicode.GetString(body.Span[2..])),
        [0xef, 0xbb, 0xbf, ..] => AsUtf8(body[3..]),
        _ => body,
    };

    private static Scanned Scan(ReadOnlyMemory<byte> body)
    {
        var json = body.Span;
        Span<byte> open = stackalloc byte[MaxDepth];
        var (depth, tooDeep, afterColon) = (0, 0, false);
        var (arrived, arrivedDepth) = (0, 0);

        // The last place where nothing was open that speaks for itself, or where an item of a list had just been closed.
        Span<byte> openAtWhole = stackalloc byte[MaxDepth];
        Span<bool> speaks = stackalloc bool[MaxDepth];
        var (openSpeakers, whole, wholeDepth) = (0, 0, 0);
        ArrayBufferWriter<byte>? mended = null;
        var (start, copied) = (0, 0);
        start = AfterBlanks(json, json.StartsWith(Guard) ? Guard.Length : 0);

        copied = start;
        for (var i = start; i < json.Length; i++)
        {
            switch (json[i])
            {
                case (byte)'"':
                    i = EndOfText(json, i + 1, ref mended, ref copied, keep: tooDeep == 0);
                    if (i < json.Length && tooDeep == 0 && depth > 0 && (afterColon || open[depth - 1] == (byte)'['))
                    {
                        (arrived, arrivedDepth) = (i + 1, depth);
                        (whole, wholeDepth) = openSpeakers == 0 ? Keep(arrived, open[..depth], openAtWhole) : (whole, wholeDepth);
                    }

                    break;
                case (byte)'{' or (byte)'[' when tooDeep > 0 || depth == MaxDepth:
                    if (tooDeep++ == 0)
                    {
                        Put(json[copied..i], ref mended);
                        mended!.Write("null"u8);
                    }

                    break;
                case (byte)'{' or (byte)'[':
                    speaks[depth] = IsItem(open[..depth], json[i]);
                    openSpeakers += speaks[depth] ? 1 : 0;
                    (open[depth++], afterColon) = (json[i], false);
                    break;
                case (byte)'}' or (byte)']' when tooDeep > 0:
                    copied = --tooDeep == 0 ? i + 1 : copied;
                    break;
                case (byte)'}' or (byte)']':
                    if (--depth <= 0)
                    {
                        return Scanned.Of(Whole(body, start, i + 1, copied, mended));
                    }

                    (arrived, arrivedDepth, afterColon) = (i + 1, depth, true);
                    var isItem = IsItem(open[..depth], open[depth]);
                    openSpeakers -= speaks[depth] ? 1 : 0;
                    (whole, wholeDepth) = isItem || openSpeakers == 0 ? Keep(arrived, open[..depth], openAtWhole) : (whole, wholeDepth);
                    break;
                case (byte)'/' when LengthOfComment(json[i..]) is var length and > 0:
                    if (tooDeep == 0)
                    {
                        Put(json[copied..i], ref mended);
                        copied = i + length;
                    }

                    i += length - 1;
                    break;
                case (byte)',' when AfterBlanks(json, i + 1) is var next && next < json.Length && json[next] is (byte)'}' or (byte)']':
                    if (tooDeep == 0)
                    {
                        Put(json[copied..i], ref mended);
                        copied = i + 1;
                    }

                    break;
                case (byte)':':
                    afterColon = true;
                    if (tooDeep == 0 && depth > 1 && !speaks[depth - 1] && AfterBlanks(json, i + 1) is var value && value < json.Length && json[value] is not ((byte)'{' or (byte)'['))
                    {
                        (speaks[depth - 1], openSpeakers) = (true, openSpeakers + 1);
                    }

                    break;
                case (byte)',' when tooDeep == 0 && depth > 0:
                    (arrived, arrivedDepth, afterColon) = (i, depth, false);
                    (whole, wholeDepth) = openSpeakers == 0 ? Keep(arrived, open[..depth], openAtWhole) : (whole, wholeDepth);
                    break;
                case (byte)'N' or (byte)'I' or (byte)'-' when tooDeep == 0 && LengthOfNoNumber(json[i..]) is var length and > 0:
                    Put(json[copied..i], ref mended);
                    mended!.Write("null"u8);
                    copied = i + length;
                    i = copied - 1;
                    break;
            }
        }

        return new Scanned(body, false, Closed(json, start, arrived, open[..Math.Min(arrivedDepth, MaxDepth)]), Closed(json, start, whole, openAtWhole[..wholeDepth]));
    }

    private static bool IsItem(ReadOnlySpan<byte> around, byte opened) => opened == (byte)'{' && around is [.., (byte)'['];

    private static (int At, int Depth) Keep(int at, ReadOnlySpan<byte> open, Span<byte> kept)
    {
        open.CopyTo(kept);
        return (at, open.Length);
    }

    /// <summary>Where a text ends; control characters in it become spaces.</summary>
    private static int EndOfText(ReadOnlySpan<byte> json, int from, ref ArrayBufferWriter<byte>? mended, ref int copied, bool keep)
    {
        while (from < json.Length && json[from..].IndexOfAny(s_inText) is var next and >= 0)
        {
            from += next;
            switch (json[from])
            {
                case (byte)'"':
                    return from;
                case (byte)'\\':
                    from += 2;
                    break;
                default:
                    if (keep)
                    {
                        Put(json[copied..from], ref mended);
                        mended!.Write(" "u8);
                        copied = from + 1;
                    }

                    from++;
                    break;
            }
        }

        return json.Length;
    }

    /// <summary>The first byte behind blanks and comments.</summary>
    private static int AfterBlanks(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length)
        {
            if (json[at] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n' or 0)
            {
                at++;
            }
            else if (LengthOfComment(json[at..]) is var length and > 0)
            {
                at += length;
            }
            else
            {
                break;
            }
        }

        return at;
    }

    private static int LengthOfComment(ReadOnlySpan<byte> json)
    {
        var (isLine, isBlock) = (json.StartsWith("//"u8), json.StartsWith("/*"u8));
        var length = isLine ? json.IndexOf((byte)'\n') : isBlock ? json.IndexOf("*/"u8) : 0;
        return length < 0 ? json.Length : isBlock ? length + 2 : length;
    }

    // JavaScript's and Python's words for what JSON has none for.
    private static int LengthOfNoNumber(ReadOnlySpan<byte> json) =>
        json.StartsWith("NaN"u8) ? 3
        : json.StartsWith("Infinity"u8) ? 8
        : json.StartsWith("-Infinity"u8) ? 9
        : json.StartsWith("-NaN"u8) ? 4
        : 0;

    private static void Put(ReadOnlySpan<byte> piece, ref ArrayBufferWriter<byte>? mended) => (mended ??= new ArrayBufferWriter<byte>()).Write(piece);

    private static ReadOnlyMemory<byte> Whole(ReadOnlyMemory<byte> body, int start, int end, int copied, ArrayBufferWriter<byte>? mended)
    {
        if (mended is null)
        {
            return body[start..end];
        }

        mended.Write(body.Span[copied..end]);
        return mended.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Closed(ReadOnlySpan<byte> json, int start, int end, ReadOnlySpan<byte> open)
    {
        if (end <= start)
        {
            return default;
        }

        var closed = new byte[end - start + open.Length];
        json[start..end].CopyTo(closed);
        for (var i = 0; i < open.Length; i++)
        {
            closed[^(i + 1)] = open[i] == (byte)'{' ? (byte)'}' : (byte)']';
        }

        return Document(closed);
    }

    private readonly record struct Scanned(ReadOnlyMemory<byte> Document, bool IsComplete, ReadOnlyMemory<byte> Arrived, ReadOnlyMemory<byte> ArrivedWhole)
    {
        public static Scanned Of(ReadOnlyMemory<byte> document) => new(document, true, document, document);
    }
}
