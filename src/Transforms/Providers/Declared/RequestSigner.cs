using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Transforms.Providers.Declared.Files;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>Makes signatures from an access key and its secret key. Pure: the same key, call and time give the same.</summary>
internal static class RequestSigner
{
    /// <summary>How long one token is used before the next is made, seconds.</summary>
    private const int TokenStep = 300;

    /// <summary>A key as its two halves, <c>ACCESS:SECRET</c>.</summary>
    /// <returns>Null for a key that has no halves.</returns>
    public static (string Access, string Secret)? Halves(string key)
    {
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < key.Length - 1 ? (key[..colon], key[(colon + 1)..]) : null;
    }

    /// <summary>A JSON Web Token (RFC 7519), HS256, that states who calls and for how long.</summary>
    /// <param name="access">The access key, as <c>iss</c>.</param>
    /// <param name="secret">The secret key.</param>
    /// <param name="at">The time.</param>
    /// <param name="lifetime">How long it is good, seconds.</param>
    public static string Token(string access, string secret, DateTimeOffset at, int lifetime)
    {
        // One token for some minutes, so that it can be known again in what a provider repeats.
        var from = at.ToUnixTimeSeconds() / TokenStep * TokenStep;
        var issuer = JsonEncodedText.Encode(access);
        return Token(
            """{"alg":"HS256","typ":"JWT"}""", string.Create(CultureInfo.InvariantCulture, $$"""{"iss":"{{issuer}}","exp":{{from + lifetime}},"nbf":{{from - 5}}}"""), Encoding.UTF8.GetBytes(secret));
    }

    /// <summary>A JSON Web Signature (RFC 7515) in its compact form, HS256.</summary>
    public static string Token(string header, string payload, ReadOnlySpan<byte> secret)
    {
        var signed = $"{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header))}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}";
        return $"{signed}.{Base64Url.EncodeToString(HMACSHA256.HashData(secret, Encoding.ASCII.GetBytes(signed)))}";
    }

    /// <summary>The headers that sign one call.</summary>
    /// <param name="part">What is signed, how, and where it goes.</param>
    /// <param name="access">The access key.</param>
    /// <param name="secret">The secret key.</param>
    /// <param name="call">The call.</param>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(HmacPart part, string access, string secret, OutgoingCall call)
    {
        var message = Filled(part.Message, access, null, call);
        var signature = Mac(part.Algorithm, Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(message));
        var written = part.Encoding == "base64" ? Convert.ToBase64String(signature) : Convert.ToHexStringLower(signature);
        return [.. part.Headers.Select(h => KeyValuePair.Create(h.Key, Filled(h.Value, access, written, call)))];
    }

    /// <summary>The names that may stand in braces in a message; <c>signature</c> beside them in a header.</summary>
    public static readonly IReadOnlyList<string> Names = ["method", "path", "query", "host", "timestamp", "timestamp_ms", "date", "body", "body_sha256", "access", "newline"];

    /// <summary>A keyed hash (RFC 2104).</summary>
    [SuppressMessage("Security", "CA5350", Justification = "Where a provider signs with HMAC-SHA1, nothing else is taken.")]
    public static byte[] Mac(string algorithm, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> message) => algorithm switch
    {
        "sha1" => HMACSHA1.HashData(secret, message),
        "sha512" => HMACSHA512.HashData(secret, message),
        _ => HMACSHA256.HashData(secret, message),
    };

    /// <summary>A text with its names in braces replaced, each once and from left to right: what a call holds is never read as a name.</summary>
    private static string Filled(string text, string access, string? signature, OutgoingCall call)
    {
        var filled = new StringBuilder(text.Length + 64);
        for (var at = 0; at < text.Length;)
        {
            var close = text[at] == '{' ? text.IndexOf('}', at) : -1;
            if (close < 0)
            {
                filled.Append(text[at++]);
                continue;
            }

            filled.Append(text[(at + 1)..close] switch
            {
                "method" => call.Method,
                "path" => call.Url.AbsolutePath,
                "query" => call.Url.Query.TrimStart('?'),
                "host" => call.Url.Authority,
                "timestamp" => call.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                "timestamp_ms" => call.At.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture),
                "date" => call.At.UtcDateTime.ToString("R", CultureInfo.InvariantCulture),
                "body" => Encoding.UTF8.GetString(call.Body.Span),
                "body_sha256" => Convert.ToHexStringLower(SHA256.HashData(call.Body.Span)),
                "access" => access,
                "newline" => "\n",
                "signature" => signature,
                var other => "{" + other + "}",
            });
            at = close + 1;
        }

        return filled.ToString();
    }
}
