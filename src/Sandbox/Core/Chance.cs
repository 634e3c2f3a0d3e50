namespace Framegate.Sandbox.Core;

/// <summary>Random ids, picks and seeds; thread-safe even over a seeded source, which is not.</summary>
internal sealed class Chance(Random? source)
{
    private readonly Lock _lock = new();

    public int Next(int exclusiveMax)
    {
        if (source is null)
        {
            return Random.Shared.Next(exclusiveMax);
        }

        lock (_lock)
        {
            return source.Next(exclusiveMax);
        }
    }

    /// <summary>Lower-case hex of so many random bytes.</summary>
    public string Hex(int bytes)
    {
        Span<byte> buffer = stackalloc byte[bytes];
        Fill(buffer);
        return Convert.ToHexStringLower(buffer);
    }

    public string Uuid()
    {
        Span<byte> buffer = stackalloc byte[16];
        Fill(buffer);
        buffer[7] = (byte)((buffer[7] & 0x0F) | 0x40); // version 4, random
        buffer[8] = (byte)((buffer[8] & 0x3F) | 0x80); // variant of RFC 9562
        return new Guid(buffer).ToString();
    }

    private void Fill(Span<byte> buffer)
    {
        if (source is null)
        {
            Random.Shared.NextBytes(buffer);
            return;
        }

        lock (_lock)
        {
            source.NextBytes(buffer);
        }
    }
}
