using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins;

namespace Framegate.Proxy.Edge.Webhooks;

/// <summary>Signs deliveries as Standard Webhooks asks: HMAC-SHA256 over id, time and body.</summary>
internal static class CallbackSignature
{
    private const string Prefix = "whsec_";

    /// <summary>The signature with one secret.</summary>
    /// <param name="secret">The shared secret: <c>whsec_</c> and base64, or any text.</param>
    /// <param name="id">The value of <c>webhook-id</c>.</param>
    /// <param name="timestamp">The value of <c>webhook-timestamp</c>, Unix seconds.</param>
    /// <param name="body">The bytes of the body.</param>
    public static string Sign(Secret secret, string id, long timestamp, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, KeyOf(secret.Reveal()));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{timestamp.ToString(CultureInfo.InvariantCulture)}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>The value of <c>webhook-signature</c> while secrets change: one signature per secret, separated by spaces.</summary>
    /// <returns>Null when there is no secret.</returns>
    public static string? SignAll(IReadOnlyList<Secret> secrets, string id, long timestamp, byte[] body) =>
        secrets.Count == 0 ? null : string.Join(' ', secrets.Select(secret => Sign(secret, id, timestamp, body)));

    private static byte[] KeyOf(string secret) => secret.StartsWith(Prefix, StringComparison.Ordinal) && Base64.IsValid(secret.AsSpan(Prefix.Length))
        ? Convert.FromBase64String(secret[Prefix.Length..])
        : Encoding.UTF8.GetBytes(secret);
}
