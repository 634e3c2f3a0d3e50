using System.Buffers;
using System.Text;

namespace Framegate.Transforms.Secrets;

/// <summary>
/// Finds secrets in bytes and text by their value, since a provider that quotes a key does so in words that no pattern knows, and puts asterisks in their
/// place. The length stays the same, so that neither a JSON document nor a <c>Content-Length</c> is broken by it.
/// </summary>
/// <remarks>
/// Wu and Manber's search for many words at once: a table knows for each three bytes how far the next word can be. What JSON writes with escapes
/// (<c>\u0041</c>, <c>\/</c>) is compared as what it stands for.
/// </remarks>
public sealed class SecretMask
{
    /// <summary>The least length of a secret, characters. Shorter ones are words as well.</summary>
    public const int ShortestSecret = 8;

    private const int Block = 3;
    private const int Escape = 6;
    private const int TableBits = 16;
    private const int OnStack = 512;
    private readonly byte[] _shifts = new byte[1 << TableBits];
    private readonly Dictionary<int, byte[][]> _byBlock = [];
    private readonly bool _hasQuotes;
    private readonly byte[][][] _byFirst = new byte[256][][];

    /// <summary>Prepares the search.</summary>
    /// <param name="secrets">The secrets; those that are too short are left out.</param>
    public SecretMask(IEnumerable<string> secrets)
    {
        ArgumentNullException.ThrowIfNull(secrets);
        string[] all = [.. secrets];
        var words = all.SelectMany(SecretShapes.Of).Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes).ToArray();

        // The longest first: a part must not hide the rest.
        Array.Sort(words, static (a, b) => b.Length.CompareTo(a.Length));
        IsEmpty = words.Length == 0;
        _hasQuotes = Array.Exists(all, s => s.AsSpan().ContainsAny('"', '\\'));
        Longest = IsEmpty ? 0 : words[0].Length;
        Array.Fill(_byFirst, []);
        foreach (var group in words.GroupBy(w => w[0]))
        {
            _byFirst[group.Key] = [.. group];
        }

        Array.Fill(_shifts, (byte)(ShortestSecret - Block + 1));
        foreach (var word in words)
        {
            for (var end = Block; end <= ShortestSecret; end++)
            {
                ref var shift = ref _shifts[Hash(word[end - 3], word[end - 2], word[end - 1])];
                shift = Math.Min(shift, (byte)(ShortestSecret - end));
            }
        }

        foreach (var group in words.GroupBy(w => Hash(w[ShortestSecret - 3], w[ShortestSecret - 2], w[ShortestSecret - 1])))
        {
            _byBlock[group.Key] = [.. group];
        }
    }

    /// <summary>Knows no secret.</summary>
    public static SecretMask None { get; } = new([]);

    /// <summary>Whether it knows no secret.</summary>
    public bool IsEmpty { get; }

    /// <summary>The longest form of a secret, bytes.</summary>
    public int Longest { get; }

    /// <summary>Puts asterisks over each secret.</summary>
    /// <param name="bytes">UTF-8 text, or anything else; changed in its place.</param>
    /// <returns>True when there was one.</returns>
    public bool Apply(Span<byte> bytes) => Cover(bytes, bytes.Length) > 0;

    /// <summary>Puts asterisks over each secret of a text that goes on.</summary>
    /// <param name="piece">What the last call left, and what follows it; changed in its place.</param>
    /// <returns>How much of it can go on. The rest may be the beginning of a secret and must be given again with what follows.</returns>
    public int ApplyToPiece(Span<byte> piece)
    {
        var settled = Settled(piece);
        return Math.Max(settled, Cover(piece, settled));
    }

    /// <summary>A text with asterisks over each secret.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The text itself when there is none in it.</returns>
    public string Apply(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (IsEmpty || text.Length < ShortestSecret)
        {
            return text;
        }

        byte[]? rented = null;
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        var bytes = most <= OnStack ? stackalloc byte[OnStack] : (rented = ArrayPool<byte>.Shared.Rent(most));
        bytes = bytes[..Encoding.UTF8.GetBytes(text, bytes)];
        var masked = Apply(bytes) ? Encoding.UTF8.GetString(bytes) : text;
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }

        return masked;
    }

    /// <summary>Where the first secret may begin whose rest is not there yet.</summary>
    private int Settled(ReadOnlySpan<byte> piece)
    {
        var window = piece[Math.Max(piece.Length - (Longest * Escape), 0)..];
        var from = window.Contains((byte)'\\') ? piece.Length - window.Length : Math.Max(piece.Length - Longest, 0);
        for (var at = from; at < piece.Length; at++)
        {
            if ((piece[at] == '\\' || _byFirst[piece[at]].Length > 0) && MayBegin(piece[at..]))
            {
                return at;
            }
        }

        return piece.Length;
    }

    private bool MayBegin(ReadOnlySpan<byte> tail)
    {
        if (IsBeginning(tail))
        {
            return true;
        }

        if (!tail.Contains((byte)'\\'))
        {
            return false;
        }

        Span<byte> plain = stackalloc byte[tail.Length];
        var length = 0;
        for (var at = 0; at < tail.Length;)
        {
            if (tail[at] == '\\' && tail.Length - at < Escape && (tail.Length - at == 1 || tail[at + 1] == 'u'))
            {
                // Half an escape at the end may become any character.
                break;
            }

            at += Decode(tail[at..], out plain[length++]);
        }

        return length == 0 || IsBeginning(plain[..length]);
    }

    private bool IsBeginning(ReadOnlySpan<byte> text)
    {
        foreach (var word in _byFirst[text[0]])
        {
            if (word.Length > text.Length && word.AsSpan().StartsWith(text))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Covers the secrets that begin before a limit.</summary>
    /// <returns>Where the last of them ends; 0 when there is none.</returns>
    private int Cover(Span<byte> bytes, int limit)
    {
        if (IsEmpty || bytes.Length < ShortestSecret)
        {
            return 0;
        }

        var last = 0;
        for (var from = 0; Next(bytes, from) is var (start, end) && start < limit; from = last = end)
        {
            bytes[start..end].Fill((byte)'*');
        }

        return MayHideOne(bytes) ? Math.Max(last, CoverEscaped(bytes, limit)) : last;
    }

    /// <summary>Whether an escape in the text stands for a character that a secret may have. Line breaks and quotes, which most texts are full of, do not.</summary>
    private bool MayHideOne(ReadOnlySpan<byte> bytes) =>
        bytes.IndexOf("\\u00"u8) >= 0 || bytes.IndexOf("\\/"u8) >= 0 || (_hasQuotes && bytes.Contains((byte)'\\'));

    /// <summary>Covers what is found in the plain form of the text.</summary>
    private int CoverEscaped(Span<byte> bytes, int limit)
    {
        var plain = ArrayPool<byte>.Shared.Rent(bytes.Length);
        var places = ArrayPool<int>.Shared.Rent(bytes.Length + 1);
        var length = 0;
        for (var at = 0; at < bytes.Length; length++)
        {
            places[length] = at;
            at += Decode(bytes[at..], out plain[length]);
        }

        places[length] = bytes.Length;
        var last = 0;
        for (var from = 0; Next(plain.AsSpan(0, length), from) is var (start, end) && places[start] < limit; from = end)
        {
            last = places[end];
            bytes[places[start]..last].Fill((byte)'*');
        }

        ArrayPool<byte>.Shared.Return(plain, clearArray: true);
        ArrayPool<int>.Shared.Return(places);
        return last;
    }

    /// <summary>The first character of an escaped text.</summary>
    /// <returns>How many bytes it takes.</returns>
    private static int Decode(ReadOnlySpan<byte> text, out byte plain)
    {
        plain = text[0];
        if (plain != '\\' || text.Length < 2)
        {
            return 1;
        }

        if (text[1] is (byte)'/' or (byte)'"' or (byte)'\\')
        {
            plain = text[1];
            return 2;
        }

        if (text.Length >= Escape && text[1] == 'u' && text[2] == '0' && text[3] == '0'
            && char.IsAsciiHexDigit((char)text[4]) && char.IsAsciiHexDigit((char)text[5]))
        {
            var value = (HexValue(text[4]) << 4) | HexValue(text[5]);
            if (value is >= 0x20 and <= 0x7e)
            {
                plain = (byte)value;
                return Escape;
            }
        }

        // Any other escape: what follows the backslash is not the beginning of another one.
        plain = 0;
        return 2;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;

    /// <summary>The next secret at or behind a place.</summary>
    private (int Start, int End)? Next(ReadOnlySpan<byte> bytes, int from)
    {
        ReadOnlySpan<byte> shifts = _shifts;
        for (var end = from + ShortestSecret; end <= bytes.Length;)
        {
            var last = bytes.Slice(end - Block, Block);
            var block = Hash(last[0], last[1], last[2]);
            var shift = shifts[block];
            if (shift > 0)
            {
                end += shift;
                continue;
            }

            var start = end - ShortestSecret;
            if (_byBlock.TryGetValue(block, out var words))
            {
                foreach (var word in words)
                {
                    if (bytes[start..].StartsWith(word))
                    {
                        return (start, start + word.Length);
                    }
                }
            }

            end++;
        }

        return null;
    }

    private static int Hash(byte a, byte b, byte c) => ((a << 10) ^ (b << 5) ^ c) & ((1 << TableBits) - 1);
}
