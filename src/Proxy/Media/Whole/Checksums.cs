namespace Framegate.Proxy.Media.Whole;

/// <summary>The checksums that files carry.</summary>
internal static class Checksums
{
    private const uint Polynomial = 0x04c1_1db7;
    private const uint Mirrored = 0xedb8_8320;
    private static readonly uint[] _png = Table(static value => (value & 1) != 0 ? (value >> 1) ^ Mirrored : value >> 1, 0);
    private static readonly uint[] _ogg = Table(static value => (value & 0x8000_0000) != 0 ? (value << 1) ^ Polynomial : value << 1, 24);

    /// <summary>That of a chunk of PNG (ISO 3309), over its name and its data; begins with all ones, and ends inverted.</summary>
    public static uint Png(uint sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            sum = _png[(byte)(sum ^ value)] ^ (sum >> 8);
        }

        return sum;
    }

    /// <summary>That of a page of Ogg, over all of it with zeros in the place of the sum; begins with 0.</summary>
    public static uint Ogg(uint sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            sum = (sum << 8) ^ _ogg[(byte)((sum >> 24) ^ value)];
        }

        return sum;
    }

    private static uint[] Table(Func<uint, uint> step, int shift)
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i << shift;
            for (var bit = 0; bit < 8; bit++)
            {
                value = step(value);
            }

            table[i] = value;
        }

        return table;
    }
}
