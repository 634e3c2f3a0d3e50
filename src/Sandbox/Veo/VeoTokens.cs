using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Veo;

/// <summary><c>POST /token</c>: Google's OAuth endpoint, for service accounts whose <c>token_uri</c> points here (RFC 7523).</summary>
/// <remarks>The sandbox has no public keys, so the signature is only checked for being of RS256's form. A token made here is refused once
/// it has expired; a foreign one cannot be judged and passes.</remarks>
internal sealed class VeoTokens(TimeProvider time)
{
    private const string Prefix = "ya29.sandbox.";

    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>Google's tokens live an hour and state one second less.</summary>
    private const int LifetimeSeconds = 3599;

    /// <summary>A 1024-bit key, the smallest that RS256 signers still make; Google's have 2048 bits.</summary>
    private const int ShortestSignature = 128;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public static bool IsOurs(string token) => token.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>True for a token made here that has not expired.</summary>
    public bool IsValid(string token)
    {
        var parts = token.Split('.');
        return IsOurs(token) && parts.Length == 4
            && long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var expires)
            && time.GetUtcNow().ToUnixTimeSeconds() < expires
            && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(Make(expires)));
    }

    public async Task HandleAsync(HttpContext context)
    {
        if (!context.Request.HasFormContentType)
        {
            await RefuseAsync(context, "invalid_request", "Expected application/x-www-form-urlencoded.");
            return;
        }

        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (form["grant_type"] != Grant)
        {
            await RefuseAsync(context, "unsupported_grant_type", $"Invalid grant_type: {form["grant_type"]}");
        }
        else if (Fault(form["assertion"].ToString()) is { } fault)
        {
            await RefuseAsync(context, "invalid_grant", fault);
        }
        else
        {
            var token = Make(time.GetUtcNow().ToUnixTimeSeconds() + LifetimeSeconds);
            await Answer.JsonAsync(context, StatusCodes.Status200OK, new VeoToken(token, LifetimeSeconds, "Bearer"), VeoJson.Default.VeoToken);
        }
    }

    private string? Fault(string assertion)
    {
        var parts = assertion.Split('.');
        if (parts.Length != 3 || Object(parts[0]) is not { } header || Object(parts[1]) is not { } claims)
        {
            return "Invalid JWT: it must be three base64url parts, the first two JSON objects.";
        }

        if (header.Text("alg") != "RS256" || (Decode(parts[2])?.Length ?? 0) < ShortestSignature)
        {
            return "Invalid JWT Signature.";
        }

        if (claims.Text("iss") is not { Length: > 0 } || claims.Text("aud") is not { Length: > 0 })
        {
            return "Invalid JWT: iss and aud are required.";
        }

        var now = time.GetUtcNow().ToUnixTimeSeconds();
        return claims.Whole("iat") is { } issued && claims.Whole("exp") is { } expires && issued < expires && expires - issued <= 3600 && expires > now
            ? null
            : "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.";
    }

    private string Make(long expires)
    {
        var signed = Prefix + expires.ToString(CultureInfo.InvariantCulture);
        return $"{signed}.{Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(signed)))}";
    }

    private static JsonElement? Object(string part)
    {
        if (Decode(part) is not { } bytes)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static byte[]? Decode(string part)
    {
        var text = part.Replace('-', '+').Replace('_', '/');
        return ImageProbe.FromBase64(text.PadRight((text.Length + 3) / 4 * 4, '='));
    }

    private static Task RefuseAsync(HttpContext context, string error, string description) =>
        Answer.JsonAsync(context, StatusCodes.Status400BadRequest, new VeoTokenError(error, description), VeoJson.Default.VeoTokenError);
}
