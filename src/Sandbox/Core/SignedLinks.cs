using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Framegate.Sandbox.Core;

/// <summary>Download links that carry their own expiry and a signature, in the manner of Azure SAS.</summary>
internal sealed class SignedLinks(TimeProvider time)
{
    private const string Iso = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>Signs a path of a provider; <paramref name="baseUrl"/> goes in front unsigned, since callers reach us by several names.</summary>
    public string Sign(string baseUrl, string path, DateTimeOffset expires, string contentType)
    {
        // Whole seconds, rounded up: the text must not promise less than was asked for.
        var se = new DateTimeOffset((expires.UtcTicks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond, TimeSpan.Zero)
            .ToString(Iso, CultureInfo.InvariantCulture);
        return $"{baseUrl}{path}?se={Uri.EscapeDataString(se)}&sp=r&sv=2024-11-04&sr=b&rsct={contentType.Replace("+", "%2B", StringComparison.Ordinal)}"
            + $"&sig={Uri.EscapeDataString(Signature(path, se, contentType))}";
    }

    /// <summary>True when the link was made here and has not expired.</summary>
    public bool IsValid(string path, IQueryCollection query)
    {
        var se = query["se"].ToString();
        return DateTimeOffset.TryParseExact(se, Iso, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires)
            && time.GetUtcNow() < expires
            && CryptographicOperations.FixedTimeEquals(
                Encoding.UTF8.GetBytes(Signature(path, se, query["rsct"].ToString())), Encoding.UTF8.GetBytes(query["sig"].ToString()));
    }

    private string Signature(string path, string se, string contentType) =>
        Convert.ToBase64String(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{path}\n{se}\n{contentType}")));
}
