using System.Buffers;
using System.Buffers.Text;

namespace Framegate.Proxy.Cache.Keys;

/// <summary>
/// Writes a JSON number in the one form that all ways to write it share: <c>1</c>, <c>1.0</c> and <c>10e-1</c> are <c>1e0</c>. It works on the
/// digits, so no precision is lost.
/// </summary>
internal static class CanonicalNumber
{
    private const long LargestExponent = 1_000_000_000;

    /// <summary>Writes a number.</summary>
    /// <param name="output">Takes its digits without zeros at either end, <c>e</c>, and the power of ten of the last digit.</param>
    /// <param name="raw">A JSON number.</param>
    public static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> raw)
    {
        var negative = raw[0] == '-';
        var text = negative ? raw[1..] : raw;
        var e = text.IndexOfAny((byte)'e', (byte)'E');
        var mantissa = e < 0 ? text : text[..e];
        var exponent = e < 0 ? 0 : ReadExponent(text[(e + 1)..]);
        var point = mantissa.IndexOf((byte)'.');
        exponent -= point < 0 ? 0 : mantissa.Length - point - 1;

        var digits = new byte[mantissa.Length];
        var count = 0;
        foreach (var c in mantissa)
        {
            if (c != '.' && (count > 0 || c != '0'))
            {
                digits[count++] = c;
            }
        }

        while (count > 0 && digits[count - 1] == '0')
        {
            count--;
            exponent++;
        }

        if (count == 0)
        {
            output.Write("0"u8);
            return;
        }

        var span = output.GetSpan(count + 32);
        var at = 0;
        if (negative)
        {
            span[at++] = (byte)'-';
        }

        digits.AsSpan(0, count).CopyTo(span[at..]);
        at += count;
        span[at++] = (byte)'e';
        _ = Utf8Formatter.TryFormat(exponent, span[at..], out var written);
        output.Advance(at + written);
    }

    private static long ReadExponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        long exponent = 0;
        foreach (var c in text[0] is (byte)'-' or (byte)'+' ? text[1..] : text)
        {
            exponent = Math.Min((exponent * 10) + (c - '0'), LargestExponent);
        }

        return negative ? -exponent : exponent;
    }
}
