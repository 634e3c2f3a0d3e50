using System.Buffers;

namespace Framegate.Transforms.Schemas.Reading;

/// <summary>The sets of characters that fields are made of.</summary>
internal static class Characters
{
    private const string Lower = "abcdefghijklmnopqrstuvwxyz";
    private const string Upper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    private const string Digits = "0123456789";

    public static SearchValues<char> Name { get; } = SearchValues.Create(Lower + Upper + Digits + "_-");

    public static SearchValues<char> RequestId { get; } = SearchValues.Create(Lower + Upper + Digits + "_.:-");

    public static SearchValues<char> Provider { get; } = SearchValues.Create(Lower + Digits + "-");

    /// <summary>What RFC 6838 lets a subtype be made of.</summary>
    public static SearchValues<byte> Subtype { get; } =
        SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Lower + Upper + Digits + "!#$&-^_.+"));

    public static SearchValues<byte> Base64 { get; } = SearchValues.Create(System.Text.Encoding.ASCII.GetBytes(Lower + Upper + Digits + "+/"));

    /// <summary>C0, DEL and C1.</summary>
    public static bool HasControl(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('\0', '\u001f') || text.ContainsAnyInRange('\u007f', '\u009f');
}
