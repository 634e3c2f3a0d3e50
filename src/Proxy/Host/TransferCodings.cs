using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Framegate.Proxy.Host;

/// <summary>
/// Lets a request whose transfer coding does not end with <c>chunked</c> through to <see cref="Edge.HttpEdge"/>, which answers 501. Kestrel itself would answer 400 before any code
/// of ours runs, and has no other place where a header can be seen that early than the reading of its characters.
/// </summary>
internal sealed class TransferCodings : Encoding
{
    private const string Chunked = "chunked";
    private static readonly TransferCodings s_instance = new();

    /// <summary>Has the server read the header so. Values of answers are written byte by byte as they came: a provider's may have more than ASCII in them, and the answer would be lost.</summary>
    public static void Apply(KestrelServerOptions kestrel)
    {
        kestrel.RequestHeaderEncodingSelector = static name => name.Equals("Transfer-Encoding", StringComparison.OrdinalIgnoreCase) ? s_instance : null!;
        kestrel.ResponseHeaderEncodingSelector = static _ => Latin1;
    }

    public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

    public override int GetCharCount(byte[] bytes, int index, int count) => Read(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        var text = Read(bytes.AsSpan(byteIndex, byteCount));
        text.CopyTo(0, chars, charIndex, text.Length);
        return text.Length;
    }

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount + Chunked.Length + 2;

    /// <summary>The value; with <c>chunked</c> at its end where that is missing, so that the body has an end for the server.</summary>
    private static string Read(ReadOnlySpan<byte> value)
    {
        var text = Latin1.GetString(value);
        return text.Split(',')[^1].Trim().Equals(Chunked, StringComparison.OrdinalIgnoreCase) ? text : $"{text}, {Chunked}";
    }
}
