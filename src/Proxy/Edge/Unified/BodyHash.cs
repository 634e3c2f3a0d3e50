using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>The SHA-256 of a body, as a value.</summary>
internal readonly record struct BodyHash(UInt128 High, UInt128 Low)
{
    /// <summary>The print of a body.</summary>
    public static BodyHash Of(in ReadOnlySequence<byte> body)
    {
        Span<byte> sha256 = stackalloc byte[SHA256.HashSizeInBytes];
        if (body.IsSingleSegment)
        {
            SHA256.HashData(body.FirstSpan, sha256);
            return Of(sha256);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in body)
        {
            hash.AppendData(segment.Span);
        }

        hash.GetHashAndReset(sha256);
        return Of(sha256);
    }

    /// <summary>The print that a SHA-256 is.</summary>
    public static BodyHash Of(ReadOnlySpan<byte> sha256) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(sha256), BinaryPrimitives.ReadUInt128BigEndian(sha256[16..]));

    /// <summary>The SHA-256.</summary>
    public byte[] ToBytes()
    {
        var sha256 = new byte[SHA256.HashSizeInBytes];
        BinaryPrimitives.WriteUInt128BigEndian(sha256, High);
        BinaryPrimitives.WriteUInt128BigEndian(sha256.AsSpan(16), Low);
        return sha256;
    }
}
