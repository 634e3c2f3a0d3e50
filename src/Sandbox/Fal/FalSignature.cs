using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Framegate.Sandbox.Fal;

/// <summary>Signs calls as fal does: Ed25519, with a key that is published as a JSON Web Key Set.</summary>
internal static class FalSignature
{
    private const string User = "sandbox";
    private static readonly Ed25519PrivateKeyParameters s_key = new(new SecureRandom());

    /// <summary>The published key.</summary>
    public static string Keys => $$"""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"{{Base64Url.EncodeToString(s_key.GeneratePublicKey().GetEncoded())}}"}]}""";

    /// <summary>The headers of a call.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(string request, byte[] body, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var message = Encoding.UTF8.GetBytes($"{request}\n{User}\n{time}\n{Convert.ToHexStringLower(SHA256.HashData(body))}");
        var signer = new Ed25519Signer();
        signer.Init(true, s_key);
        signer.BlockUpdate(message, 0, message.Length);
        return
        [
            new("X-Fal-Webhook-Request-Id", request), new("X-Fal-Webhook-User-Id", User), new("X-Fal-Webhook-Timestamp", time),
            new("X-Fal-Webhook-Signature", Convert.ToHexStringLower(signer.GenerateSignature())),
        ];
    }
}
