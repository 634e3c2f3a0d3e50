using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins;
using Framegate.Transforms.Webhooks;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Framegate.Transforms.Tests.Webhooks;

/// <summary>Only the provider's own signature over this very call, made just now, proves it.</summary>
public sealed class WebhookProofTests
{
    private static readonly DateTimeOffset s_now = DateTimeOffset.FromUnixTimeSeconds(1_614_265_330);

    // RFC 8032, section 7.1, test 2.
    private static readonly byte[] s_private = Convert.FromHexString("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    private static readonly byte[] s_public = Convert.FromHexString("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");

    [Fact]
    public void TheLibrary_VectorOfTheStandard_IsTheSame()
    {
        var signature = Convert.FromHexString(
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

        Assert.True(Ed25519.Verify(signature, 0, s_public, 0, [0x72], 0, 1));
        Assert.False(Ed25519.Verify(signature, 0, s_public, 0, [0x73], 0, 1));
    }

    /// <summary>The example of the Standard Webhooks libraries.</summary>
    [Fact]
    public void Standard_ExampleOfTheStandard_IsGenuine() => Assert.True(WebhookProof.IsGenuine(WebhookScheme.Standard, Standard(), Secret, s_now));

    [Fact]
    public void Standard_SeveralSignatures_OneIsEnough() => Assert.True(WebhookProof.IsGenuine(
        WebhookScheme.Standard, Standard(signature: "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v2,x v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="), Secret, s_now));

    [Theory]
    [InlineData("""{"test": 2432232315}""", null, 0)]
    [InlineData(null, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OF=", 0)]
    [InlineData(null, "v2,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", 0)]
    [InlineData(null, "", 0)]
    [InlineData(null, null, 301)]
    [InlineData(null, null, -301)]
    public void Standard_ChangedOrOld_IsNot(string? body, string? signature, int later) =>
        Assert.False(WebhookProof.IsGenuine(WebhookScheme.Standard, Standard(body, signature), Secret, s_now.AddSeconds(later)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"key":"whsec_"}""")]
    [InlineData("""{"key":"whsec_AAAA"}""")]
    [InlineData("no JSON")]
    public void Standard_OtherSecret_IsNot(string keys) => Assert.False(WebhookProof.IsGenuine(WebhookScheme.Standard, Standard(), Encoding.UTF8.GetBytes(keys), s_now));

    [Fact]
    public void Fal_OwnSignature_IsGenuine()
    {
        var other = Base64Url.EncodeToString(new byte[32]);
        Assert.True(WebhookProof.IsGenuine(WebhookScheme.Fal, Fal(), Keys(Base64Url.EncodeToString(s_public)), s_now));
        Assert.True(WebhookProof.IsGenuine(WebhookScheme.Fal, Fal(), Keys(other, Base64Url.EncodeToString(s_public)), s_now));
    }

    [Theory]
    [InlineData("X-Fal-Webhook-Request-Id", "another")]
    [InlineData("X-Fal-Webhook-User-Id", "another")]
    [InlineData("X-Fal-Webhook-Timestamp", "1614265331")]
    [InlineData("X-Fal-Webhook-Signature", "00")]
    [InlineData("X-Fal-Webhook-Signature", "zz")]
    [InlineData("body", "{\"request_id\":\"2\"}")]
    [InlineData("missing", "X-Fal-Webhook-Signature")]
    [InlineData("missing", "X-Fal-Webhook-User-Id")]
    public void Fal_AnythingElse_IsNot(string what, string value)
    {
        var call = Fal();
        var headers = call.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase);
        switch (what)
        {
            case "body":
                call = call with { Body = Encoding.UTF8.GetBytes(value) };
                break;
            case "missing":
                headers.Remove(value);
                break;
            default:
                headers[what] = value;
                break;
        }

        Assert.False(WebhookProof.IsGenuine(WebhookScheme.Fal, call with { Headers = headers }, Keys(Base64Url.EncodeToString(s_public)), s_now));
    }

    [Fact]
    public void Fal_OtherKeyOrOldCall_IsNot()
    {
        Assert.False(WebhookProof.IsGenuine(WebhookScheme.Fal, Fal(), Keys(Base64Url.EncodeToString(new byte[32]), "", "x"), s_now));
        Assert.False(WebhookProof.IsGenuine(WebhookScheme.Fal, Fal(), Keys(Base64Url.EncodeToString(s_public)), s_now.AddSeconds(301)));
        Assert.False(WebhookProof.IsGenuine(WebhookScheme.Fal, Fal(), "{}"u8, s_now));
    }

    private static byte[] Secret => """{"key":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}"""u8.ToArray();

    private static WebhookCall Standard(string? body = null, string? signature = null) => new(
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["webhook-id"] = "msg_p5jXN8AQM9LWM0D4loKWxJek", ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = signature ?? "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        },
        Encoding.UTF8.GetBytes(body ?? """{"test": 2432232314}"""));

    private static byte[] Keys(params string[] points) =>
        Encoding.UTF8.GetBytes($$"""{"keys":[{{string.Join(',', points.Select(p => $$"""{"kty":"OKP","crv":"Ed25519","x":"{{p}}"}"""))}}]}""");

    private static WebhookCall Fal()
    {
        var (time, body) = (s_now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture), """{"request_id":"1","status":"OK"}"""u8.ToArray());
        var message = Encoding.UTF8.GetBytes($"1\nme\n{time}\n{Convert.ToHexStringLower(SHA256.HashData(body))}");
        var signer = new Ed25519Signer();
        signer.Init(true, new Ed25519PrivateKeyParameters(s_private));
        signer.BlockUpdate(message, 0, message.Length);
        return new WebhookCall(
            new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
            {
                ["X-Fal-Webhook-Request-Id"] = "1", ["X-Fal-Webhook-User-Id"] = "me", ["X-Fal-Webhook-Timestamp"] = time,
                ["X-Fal-Webhook-Signature"] = Convert.ToHexStringLower(signer.GenerateSignature()),
            },
            body);
    }
}
