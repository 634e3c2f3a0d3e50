using System.Buffers;
using System.Text.Json;
using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Reads large JSON for its structure: of a long text, as base64 is one, the beginning is kept.</summary>
internal static class ShortJson
{
    /// <summary>Bytes of a text that are kept.</summary>
    public const int LongestText = 64 * 1024;

    private static readonly SearchValues<byte> s_special = SearchValues.Create("\"\\"u8);

    /// <summary>Reads it to its end.</summary>
    /// <param name="json">The JSON.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The same with shorter texts; null when that, too, is more than lies in memory of one body.</returns>
    /// <exception cref="JsonException">It holds a comment, in which a quotation mark would mean nothing.</exception>
    public static async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(Stream json, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        var buffer = new byte[LongestText];
        var place = default(Place);
        while (await json.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            Copy(buffer.AsSpan(0, read), output, ref place);
            if (output.WrittenCount > RequestBody.MostInMemory)
            {
                return null;
            }
        }

        return output.WrittenMemory;
    }

    /// <summary>Reads a piece of it.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="output">Takes the same with shorter texts.</param>
    /// <param name="place">Where the last piece ended; <c>default</c> for the first.</param>
    /// <exception cref="JsonException">It holds a comment.</exception>
    public static void Copy(ReadOnlySpan<byte> piece, ArrayBufferWriter<byte> output, ref Place place)
    {
        var target = output.GetSpan(piece.Length);
        var written = 0;
        for (var i = 0; i < piece.Length; i++)
        {
            if (place is { IsText: true, IsCut: true, Escape: 0 })
            {
                // Most of a large body: nothing of it is kept.
                i = piece[i..].IndexOfAny(s_special) is >= 0 and var next ? i + next : piece.Length - 1;
            }

            if (place.Takes(piece[i]))
            {
                target[written++] = piece[i];
            }
        }

        output.Advance(written);
    }

    /// <summary>Where in the JSON the reader is.</summary>
    internal struct Place
    {
        private const int AfterBackslash = -1;
        private int _kept;

        public bool IsText { get; private set; }

        /// <summary>Whether the text has got too long.</summary>
        public bool IsCut { get; private set; }

        /// <summary>0 outside of escapes, else the digits that are missing, or <see cref="AfterBackslash"/>.</summary>
        public int Escape { get; private set; }

        /// <summary>Goes on by a byte.</summary>
        /// <returns>Whether it is kept.</returns>
        public bool Takes(byte next)
        {
            if (!IsText)
            {
                (IsText, IsCut, _kept) = (next == '"', false, 0);
                return next != '/' ? true : throw new JsonException("Large JSON must have no comments.");
            }

            if (Escape == 0 && next == '"')
            {
                IsText = false;
                return true;
            }

            // Neither an escape nor a character is cut in two.
            IsCut |= _kept >= LongestText && Escape == 0 && (next & 0xC0) != 0x80;
            Escape = Escape switch
            {
                0 => next == '\\' ? AfterBackslash : 0,
                AfterBackslash => next == 'u' ? 4 : 0,
                _ => Escape - 1,
            };
            _kept++;
            return !IsCut;
        }
    }
}
