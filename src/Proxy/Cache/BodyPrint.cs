using System.Buffers.Binary;

namespace Framegate.Proxy.Cache;

/// <summary>A body's SHA-256, with who sent it.</summary>
internal readonly record struct BodyPrint(UInt128 High, UInt128 Low, string Client)
{
    /// <summary>The print of a hash.</summary>
    public static BodyPrint Of(ReadOnlySpan<byte> sha256, string client) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(sha256), BinaryPrimitives.ReadUInt128BigEndian(sha256[16..]), client);
}
