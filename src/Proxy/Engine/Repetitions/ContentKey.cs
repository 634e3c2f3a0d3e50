using System.Buffers.Binary;

namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>What one client has asked for: requests with the same key are the same to the last byte, or mean the same to their dialect.</summary>
internal readonly record struct ContentKey(string Client, UInt128 High, UInt128 Low)
{
    /// <summary>The key of a request.</summary>
    /// <param name="client">Who asks.</param>
    /// <param name="sha256">The SHA-256 of what is asked for.</param>
    public static ContentKey Of(string client, ReadOnlySpan<byte> sha256) =>
        new(client, BinaryPrimitives.ReadUInt128BigEndian(sha256), BinaryPrimitives.ReadUInt128BigEndian(sha256[16..]));
}
