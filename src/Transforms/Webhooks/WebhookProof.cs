using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Kit;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Framegate.Transforms.Webhooks;

/// <summary>Whether a call was signed by the provider it claims to come from. Pure: what the provider publishes of its keys comes in as it was read.</summary>
public static class WebhookProof
{
    /// <summary>How far the clocks may differ; an older call may be somebody's repetition.</summary>
    private static readonly TimeSpan s_most = TimeSpan.FromMinutes(5);

    /// <summary>Checks a signature.</summary>
    /// <param name="scheme">How it is made.</param>
    /// <param name="call">The call.</param>
    /// <param name="keys">What the provider publishes of its keys: JSON.</param>
    /// <param name="now">The time.</param>
    /// <returns>True when one of the keys has made it, not long ago.</returns>
    public static bool IsGenuine(WebhookScheme scheme, WebhookCall call, ReadOnlySpan<byte> keys, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(call);
        return scheme == WebhookScheme.Fal ? IsOfFal(call, keys, now) : IsStandard(call, keys, now);
    }

    private static bool IsOfFal(WebhookCall call, ReadOnlySpan<byte> keys, DateTimeOffset now)
    {
        if (call.Header("X-Fal-Webhook-Request-Id") is not { } request || call.Header("X-Fal-Webhook-User-Id") is not { } user
            || call.Header("X-Fal-Webhook-Timestamp") is not { } time || call.Header("X-Fal-Webhook-Signature") is not { Length: 128 } signature
            || !IsRecent(time, now))
        {
            return false;
        }

        var signed = new byte[Ed25519.SignatureSize];
        if (Convert.FromHexString(signature, signed, out _, out _) != System.Buffers.OperationStatus.Done)
        {
            return false;
        }

        var message = Encoding.UTF8.GetBytes($"{request}\n{user}\n{time}\n{Convert.ToHexStringLower(SHA256.HashData(call.Body.Span))}");
        foreach (var key in JsonReading.Parse(keys).Member("keys").Items())
        {
            var point = new byte[Ed25519.PublicKeySize];
            if (key.Member("kty").Text() is "OKP" or null && key.Member("crv").Text() is "Ed25519" or null && key.Member("x").Text() is { } x
                && Base64Url.IsValid(x, out var size) && size == point.Length && Base64Url.TryDecodeFromChars(x, point, out var length) && length == point.Length && Ed25519.Verify(signed, 0, point, 0, message, 0, message.Length))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsStandard(WebhookCall call, ReadOnlySpan<byte> keys, DateTimeOffset now)
    {
        if (call.Header("webhook-id") is not { } id || call.Header("webhook-timestamp") is not { } time || call.Header("webhook-signature") is not { } signatures
            || JsonReading.Parse(keys).Member("key").Text() is not { } secret || !IsRecent(time, now))
        {
            return false;
        }

        const string Mark = "whsec_";
        var key = new byte[secret.Length];
        if (!Convert.TryFromBase64String(secret.StartsWith(Mark, StringComparison.Ordinal) ? secret[Mark.Length..] : secret, key, out var length) || length == 0)
        {
            return false;
        }

        byte[] message = [.. Encoding.UTF8.GetBytes($"{id}.{time}."), .. call.Body.Span];
        var right = Encoding.ASCII.GetBytes("v1," + Convert.ToBase64String(HMACSHA256.HashData(key.AsSpan(0, length), message)));

        // Several stand side by side while a secret changes.
        return signatures.Split(' ').Any(s => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(s), right));
    }

    private static bool IsRecent(string time, DateTimeOffset now) =>
        long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds - now.ToUnixTimeSeconds()) <= s_most.TotalSeconds;
}
