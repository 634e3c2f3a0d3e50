using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;

namespace Framegate.Sandbox.Kling;

/// <summary>The old kind of key: a token that the caller signs with its secret key. Good for the old paths only.</summary>
internal static class KlingToken
{
    public static bool IsOne(string key) => key.Count(c => c == '.') == 2 && key.StartsWith("eyJ", StringComparison.Ordinal);

    /// <summary>Checks algorithm and times; and the signature when the sandbox was given <c>ACCESS_KEY:SECRET_KEY</c> as the key.</summary>
    public static Refusal? Check(string token, PathString path, SandboxOptions options)
    {
        if (path.Value?.Contains("/v1/", StringComparison.Ordinal) != true || Read(token) is not var (header, claims) || header.Text("alg") != "HS256"
            || claims.Text("iss") is not { } issuer)
        {
            return new(RefusalKind.WrongKey, "1002");
        }

        var now = options.Time.GetUtcNow().ToUnixTimeSeconds();
        return claims.Whole("nbf") > now ? new(RefusalKind.WrongKey, "1003")
            : claims.Whole("exp") is not { } end || end <= now ? new(RefusalKind.WrongKey, "1004")
            : options.Keys.TryGetValue("kling", out var pair) && !IsSigned(token, issuer, pair) ? new(RefusalKind.WrongKey, "1002")
            : null;
    }

    private static bool IsSigned(string token, string issuer, string pair)
    {
        var colon = pair.IndexOf(':');
        var dot = token.LastIndexOf('.');
        var expected = HMACSHA256.HashData(Encoding.UTF8.GetBytes(pair[(colon + 1)..]), Encoding.UTF8.GetBytes(token[..dot]));
        return colon > 0 && pair[..colon] == issuer && Base64Url.EncodeToString(expected) == token[(dot + 1)..];
    }

    private static (JsonElement Header, JsonElement Claims)? Read(string token)
    {
        try
        {
            var parts = token.Split('.');
            return (JsonElement.Parse(Base64Url.DecodeFromChars(parts[0])), JsonElement.Parse(Base64Url.DecodeFromChars(parts[1])));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }
}
