using SkiaSharp;

namespace Framegate.Sandbox.Media;

/// <summary>Wrapped lines in the largest letters that fit a frame, with a caption below.</summary>
internal sealed class TextLayout : IDisposable
{
    /// <summary>More could not be read in a picture anyway.</summary>
    private const int LongestText = 600;

    private const float LineHeight = 1.3f;

    private readonly SKRect _box;
    private readonly SKFont _font;
    private readonly SKFont _captionFont;
    private readonly IReadOnlyList<string> _lines;
    private readonly string _caption;

    private TextLayout(SKRect box, SKFont font, SKFont captionFont, IReadOnlyList<string> lines, string caption)
    {
        _box = box;
        _font = font;
        _captionFont = captionFont;
        _lines = lines;
        _caption = caption;
    }

    public static TextLayout Fit(string text, string caption, SKRect frame)
    {
        var shorter = Math.Min(frame.Width, frame.Height);
        var box = SKRect.Inflate(frame, -shorter * 0.08f, -shorter * 0.08f);
        var captionFont = new SKFont(SandboxFont.Typeface, Math.Max(shorter / 32, 1));
        var room = box.Height - (captionFont.Size * 2);
        var words = Shorten(text).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var smallest = Math.Max(shorter / 40, 1);
        for (var size = Math.Max(shorter / 10, 1); ; size = Math.Max(size * 0.85f, smallest))
        {
            var font = new SKFont(SandboxFont.Typeface, size);
            var lines = Wrap(words, font, box.Width);
            var fitting = Math.Max((int)(room / (size * LineHeight)), 0);
            if (lines.Count <= fitting || size <= smallest)
            {
                return new TextLayout(box, font, captionFont, [.. lines.Take(fitting)], caption);
            }

            font.Dispose();
        }
    }

    public void Draw(SKCanvas canvas, SKPaint ink)
    {
        var y = _box.Top + _font.Size;
        foreach (var line in _lines)
        {
            canvas.DrawText(line, _box.Left, y, _font, ink);
            y += _font.Size * LineHeight;
        }

        canvas.DrawText(_caption, _box.Left, _box.Bottom, _captionFont, ink);
    }

    public void Dispose()
    {
        _font.Dispose();
        _captionFont.Dispose();
    }

    private static string Shorten(string text)
    {
        if (text.Length <= LongestText)
        {
            return text;
        }

        // Never between the two halves of a surrogate pair.
        var end = char.IsHighSurrogate(text[LongestText - 1]) ? LongestText - 1 : LongestText;
        return text[..end] + "…";
    }

    private static List<string> Wrap(IEnumerable<string> words, SKFont font, float width)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in words.SelectMany(w => Pieces(w, font, width)))
        {
            var longer = line.Length == 0 ? word : line + " " + word;
            if (line.Length > 0 && font.MeasureText(longer) > width)
            {
                lines.Add(line);
                longer = word;
            }

            line = longer;
        }

        if (line.Length > 0)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Cuts a word that is wider than a line, as a URL or a text without spaces can be.</summary>
    private static IEnumerable<string> Pieces(string word, SKFont font, float width)
    {
        while (word.Length > 2 && font.MeasureText(word) > width)
        {
            var cut = Math.Clamp(font.BreakText(word, width), 1, word.Length - 1);
            if (char.IsHighSurrogate(word[cut - 1]))
            {
                cut++;
            }

            if (cut >= word.Length)
            {
                break;
            }

            yield return word[..cut];
            word = word[cut..];
        }

        yield return word;
    }
}
