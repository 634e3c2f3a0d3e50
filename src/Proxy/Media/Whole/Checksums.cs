namespace Framegate.Proxy.Media.Whole;

/// <summary>The checksum of Ogg, which no library has. That of PNG is <see cref="System.IO.Hashing.Crc32"/>.</summary>
internal static class Checksums
{
    private const uint Polynomial = 0x04c1_1db7;
    private static readonly uint[] _ogg = Table();

    /// <summary>That of a page of Ogg, over all of it with zeros in the place of the sum; begins with 0.</summary>
    public static uint Ogg(uint sum, ReadOnlySpan<byte> bytes)
    {
        foreach (var value in bytes)
        {
            sum = (sum << 8) ^ _ogg[(byte)((sum >> 24) ^ value)];
        }

        return sum;
    }

    private static uint[] Table()
    {
        var table = new uint[256];
        for (var i = 0u; i < table.Length; i++)
        {
            var value = i << 24;
            for (var bit = 0; bit < 8; bit++)
            {
                value = (value & 0x8000_0000) != 0 ? (value << 1) ^ Polynomial : value << 1;
            }

            table[i] = value;
        }

        return table;
    }
}
