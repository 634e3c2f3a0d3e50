using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Framegate.Proxy.Cache.Keys;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>
/// What a body asks for, whatever form it is written in: a client that builds its request anew may write members in another order, other white space, and another time.
/// </summary>
internal static class ContentPrint
{
    private const string Timestamp = "timestamp";

    /// <summary>The print of a body that has been read without a fault.</summary>
    /// <param name="body">A JSON object.</param>
    /// <param name="held">The inputs that were taken out of it; they count by their bytes.</param>
    /// <returns>A SHA-256.</returns>
    public static byte[] Of(byte[] body, HeldInputs held)
    {
        using var json = JsonDocument.Parse(held.Count == 0 ? body : HeldInputs.WithoutNames(body, held.All));
        var output = new ArrayBufferWriter<byte>(body.Length + 256);
        CanonicalJson.WriteMembers(output, json.RootElement, without: Timestamp);

        // No text of the caller's has this behind it.
        output.Write<byte>([0, (byte)held.Count]);
        return SHA256.HashData(output.WrittenSpan);
    }
}
