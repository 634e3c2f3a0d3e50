using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Media;

/// <summary>
/// Takes long base64 out of a JSON body while that comes in, and writes the bytes to files: that of <c>data:</c> URIs, and in an answer any. It knows strings and escapes and
/// nothing else of JSON: the rest, with a placeholder in the place of each, is read by the reader of small bodies.
/// </summary>
/// <param name="folder">Where the files lie.</param>
/// <param name="isAnswer">True for an answer: it is paid for, so that there is room for it in any case, and what turns out to be no base64 is put back.</param>
internal sealed class Base64Splitter(InputFolder folder, bool isAnswer = false) : IDisposable
{
    /// <summary>A string that is no longer than this stays where it is, bytes.</summary>
    public const int Threshold = 64 * 1024;

    /// <summary>Inputs of one body; what comes after them stays in the body.</summary>
    public const int MostInputs = 64;

    private const int Stage = 64 * 1024;
    private const int LongestHeader = 256;
    private const int LargestPooled = 1024 * 1024;
    private const int Ascii7 = 128;
    private static readonly SearchValues<byte> s_base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/\\="u8);
    private readonly List<(HeldFile Input, string? Refusal)> _inputs = [];
    private byte[] _rest = ArrayPool<byte>.Shared.Rent(4096);
    private byte[]? _stage;
    private byte[]? _raw;
    private InputWriter? _writer;
    private State _state;
    private string? _refusal;
    private int _length;
    private int _start;
    private int _staged;
    private int _unit;
    private int _digits;
    private bool _isPlain;

    private enum State
    {
        Outside,
        Text,
        TextEscape,
        Media,
        MediaEscape,
        MediaHex,
    }

    /// <summary>About how many bytes are still to come; 0 for nobody knows.</summary>
    public long Left { get; set; }

    /// <summary>Bytes of the body that were taken out so far.</summary>
    public long TakenOut { get; private set; }

    /// <summary>The inputs, each with what is wrong with it.</summary>
    public IReadOnlyList<(HeldFile Input, string? Refusal)> Inputs => _inputs;

    /// <summary>The rest of the body so far.</summary>
    public ReadOnlyMemory<byte> Rest => _rest.AsMemory(0, _length);

    /// <summary>Takes the next piece of the body.</summary>
    /// <exception cref="NoRoomForBodyException">There is no room for another input.</exception>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            switch (_state)
            {
                case State.Outside:
                    var quote = bytes.IndexOf((byte)'"');
                    var outside = quote < 0 ? bytes.Length : quote + 1;
                    Keep(bytes[..outside]);
                    bytes = bytes[outside..];
                    if (quote >= 0)
                    {
                        (_start, _isPlain, _state) = (_length, _inputs.Count == MostInputs, State.Text);
                    }

                    break;
                case State.Text:
                    var end = bytes.IndexOfAny((byte)'"', (byte)'\\');
                    var run = end < 0 ? bytes.Length : end;
                    Keep(bytes[..run]);
                    bytes = bytes[run..];
                    if ((_isPlain || _length - _start <= Threshold || !TryTakeOut()) && end >= 0)
                    {
                        Keep(bytes[..1]);
                        _state = bytes[0] == '"' ? State.Outside : State.TextEscape;
                        bytes = bytes[1..];
                    }

                    break;
                case State.TextEscape:
                    Keep(bytes[..1]);
                    bytes = bytes[1..];
                    _state = State.Text;
                    break;
                default:
                    bytes = Media(bytes);
                    break;
            }
        }
    }

    /// <summary>Nothing more comes. What was being taken out of a body that ends too early is put back.</summary>
    public void End()
    {
        if (_writer is not null)
        {
            PutBack();
        }
    }

    public void Dispose()
    {
        _writer?.Dispose();
        foreach (var rented in new[] { _rest, _stage, _raw })
        {
            Return(rented);
        }

        (_rest, _stage, _raw, _length) = ([], null, null, 0);
    }

    private static void Return(byte[]? rented)
    {
        if (rented is { Length: > 0 and <= LargestPooled })
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The string that began at <see cref="_start"/> is long: is it a <c>data:</c> URI?</summary>
    private bool TryTakeOut()
    {
        var text = _rest.AsSpan(_start, _length - _start);
        Span<byte> header = stackalloc byte[LongestHeader];
        var (read, length, isWhole) = (0, 0, false);
        while (read < text.Length && length < header.Length && !isWhole)
        {
            var c = text[read++];
            if (c == '\\')
            {
                if (read == text.Length || text[read++] != '/')
                {
                    break;
                }

                c = (byte)'/';
            }

            isWhole = c == ',';
            header[length] = c;
            length += isWhole ? 0 : 1;
        }

        header = header[..length];
        if (isAnswer && !text.ContainsAnyExcept(s_base64))
        {
            read = 0;
        }
        else if (!isWhole || length < 12 || !Ascii.EqualsIgnoreCase(header[..5], "data:"u8) || !Ascii.EqualsIgnoreCase(header[^7..], ";base64"u8))
        {
            _isPlain = true;
            return false;
        }

        try
        {
            _writer = folder.Begin(Math.Max(0, Left / 4 * 3), isAnswer ? long.MaxValue : GenerationRequestReader.MaxInlineVideoBytes, isAnswer);
        }
        catch (IOException) when (isAnswer)
        {
            // It is read as it is, then.
            _isPlain = true;
            return false;
        }

        (_stage, _raw) = (_stage ?? ArrayPool<byte>.Shared.Rent(Stage), _raw ?? ArrayPool<byte>.Shared.Rent(Stage / 4 * 3));
        (_staged, _refusal, _state) = (0, null, State.Media);

        // What lies behind the header moves over. It holds no quote.
        ReadOnlySpan<byte> begun = text[read..].ToArray();
        _length = _start + read;
        while (!begun.IsEmpty)
        {
            if (_state == State.Text)
            {
                // It was put back, and the rest goes along: it holds no quote, and no half of an escape.
                Keep(begun);
                break;
            }

            begun = Media(begun);
        }

        return true;
    }

    private ReadOnlySpan<byte> Media(ReadOnlySpan<byte> bytes)
    {
        switch (_state)
        {
            case State.Media:
                var end = bytes.IndexOfAny((byte)'"', (byte)'\\');
                if (end < 0)
                {
                    Put(bytes);
                    return default;
                }

                Put(bytes[..end]);
                if (_state != State.Media)
                {
                    return bytes[end..];
                }

                if (bytes[end] == '"')
                {
                    Finish();
                    _state = State.Outside;
                }
                else
                {
                    _state = State.MediaEscape;
                }

                return bytes[(end + 1)..];
            case State.MediaEscape:
                _state = State.Media;
                if (bytes[0] == '/')
                {
                    Put("/"u8);
                }
                else if (isAnswer)
                {
                    PutBack();
                    Keep("\\"u8);
                    Keep(bytes[..1]);
                }
                else if (bytes[0] == 'u')
                {
                    (_state, _unit, _digits) = (State.MediaHex, 0, 0);
                }
                else
                {
                    _refusal ??= MediaInputReader.NoBase64;
                }

                return bytes[1..];
            default:
                if (!char.IsAsciiHexDigit((char)bytes[0]))
                {
                    // No JSON: the quote that ends the string is looked for all the same.
                    _refusal ??= MediaInputReader.NoBase64;
                    _state = State.Media;
                    return bytes;
                }

                _unit = (_unit << 4) | Convert.ToInt32(((char)bytes[0]).ToString(), 16);
                if (++_digits == 4)
                {
                    _state = State.Media;
                    if (_unit < Ascii7)
                    {
                        Put([(byte)_unit]);
                    }
                    else
                    {
                        _refusal ??= MediaInputReader.NoBase64;
                    }
                }

                return bytes[1..];
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        TakenOut += bytes.Length;
        Left -= bytes.Length;
        while (!bytes.IsEmpty && _refusal is null)
        {
            if (_staged == Stage)
            {
                // Only when more comes: the last block may be padded.
                Decode(isLast: false);
                if (_refusal is not null && isAnswer)
                {
                    PutBack();
                    Keep(bytes);
                    return;
                }
            }

            var size = Math.Min(Stage - _staged, bytes.Length);
            bytes[..size].CopyTo(_stage.AsSpan(_staged));
            _staged += size;
            bytes = bytes[size..];
        }
    }

    private void Decode(bool isLast)
    {
        var text = _stage.AsSpan(0, _staged);
        var padding = !isLast ? 0 : text.EndsWith("=="u8) ? 2 : text.EndsWith("="u8) ? 1 : 0;

        // Fewer bytes come out where the decoder has skipped white space.
        if (text.Length % 4 != 0 || Base64.DecodeFromUtf8(text, _raw, out var used, out var written, isLast) != OperationStatus.Done
            || used != text.Length || written != (text.Length / 4 * 3) - padding)
        {
            _refusal ??= MediaInputReader.NoBase64;
        }
        else if (Append(_raw.AsSpan(0, written)))
        {
            _staged = 0;
        }
    }

    private bool Append(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return _writer!.TryAppend(bytes, force: isAnswer) ? true : throw new NoRoomForBodyException();
        }
        catch (IOException) when (isAnswer)
        {
            // The disk fails; an answer is read as it is, then.
            _refusal = "";
            return false;
        }
    }

    /// <summary>What was taken out goes back into the text.</summary>
    private void PutBack()
    {
        // In the steps that it was decoded in, of which none but the last is padded, and that one is still staged.
        var staged = _stage.AsSpan(0, _staged).ToArray();
        var input = _writer!.Finish();
        input.Hold();
        using (var file = input.Open())
        {
            while (file.ReadAtLeast(_raw.AsSpan(0, Stage / 4 * 3), Stage / 4 * 3, throwOnEndOfStream: false) is > 0 and var read)
            {
                Base64.EncodeToUtf8(_raw.AsSpan(0, read), _stage, out _, out var written);
                Keep(_stage.AsSpan(0, written));
            }
        }

        input.LetGo();
        Keep(staged);
        _writer = null;
        (_staged, _refusal, _isPlain, _state) = (0, null, true, State.Text);
    }

    private void Finish()
    {
        if (_refusal is null)
        {
            Decode(isLast: true);
        }

        if (_refusal is not null && isAnswer)
        {
            PutBack();
            Keep("\""u8);
            return;
        }

        var input = _writer!.Finish();
        if (!isAnswer && input.Length > GenerationRequestReader.MaxInlineVideoBytes)
        {
            // Its file ends there.
            _refusal ??= $"Inline bytes must be at most {GenerationRequestReader.MaxInlineVideoBytes / 1024 / 1024} MiB.";
        }

        input.Hold();
        _inputs.Add((input, _refusal));
        _writer.Dispose();
        _writer = null;
        Keep(Encoding.ASCII.GetBytes(input.Base64));
        Keep("\""u8);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        Left -= bytes.Length;
        if (_length + bytes.Length > _rest.Length)
        {
            // The pool keeps what it is given back for long, and this much is rare.
            var size = Math.Max(_length + bytes.Length, _rest.Length * 2);
            var larger = size > LargestPooled ? GC.AllocateUninitializedArray<byte>(size) : ArrayPool<byte>.Shared.Rent(size);
            Rest.CopyTo(larger);
            Return(_rest);
            _rest = larger;
        }

        bytes.CopyTo(_rest.AsSpan(_length));
        _length += bytes.Length;
    }
}
