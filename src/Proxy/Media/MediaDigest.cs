using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace Framegate.Proxy.Media;

/// <summary>What an answer states about the bytes that it carries: digests of the file as it is sent.</summary>
/// <param name="Sha256">The SHA-256; null when none is given.</param>
/// <param name="Other">Another one, and how it is made; null when none is given.</param>
internal sealed record MediaDigest(byte[]? Sha256, (HashAlgorithmName Name, byte[] Value)? Other)
{
    private static readonly string[] _headers = ["Repr-Digest", "Content-Digest", "Digest", "x-goog-hash", "x-amz-checksum-sha256", "Content-MD5"];

    /// <summary>Reads the headers. Of an answer that is packed none counts, since they may be about the packed bytes.</summary>
    /// <returns>Null when nothing is stated.</returns>
    public static MediaDigest? Of(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentEncoding.Any(c => !c.Equals("identity", StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        byte[]? sha256 = null;
        byte[]? sha512 = null;
        byte[]? md5 = null;
        foreach (var name in _headers)
        {
            foreach (var value in ValuesOf(response.Headers, name).Concat(ValuesOf(response.Content.Headers, name)))
            {
                foreach (var part in value.Split(',', StringSplitOptions.TrimEntries))
                {
                    var equals = part.IndexOf('=', StringComparison.Ordinal);
                    var algorithm = name switch
                    {
                        "x-amz-checksum-sha256" => "sha-256",
                        "Content-MD5" => "md5",
                        _ => equals > 0 ? part[..equals].ToLowerInvariant() : "",
                    };
                    var text = name is "x-amz-checksum-sha256" or "Content-MD5" ? part : part[(equals + 1)..].Trim(':');
                    sha256 ??= algorithm == "sha-256" ? Bytes(text, 32) : null;
                    sha512 ??= algorithm == "sha-512" ? Bytes(text, 64) : null;
                    md5 ??= algorithm == "md5" ? Bytes(text, 16) : null;
                }
            }
        }

        return sha512 is not null ? new MediaDigest(sha256, (HashAlgorithmName.SHA512, sha512))
            : md5 is not null ? new MediaDigest(sha256, (HashAlgorithmName.MD5, md5))
            : sha256 is not null ? new MediaDigest(sha256, null)
            : null;
    }

    private static string[] ValuesOf(HttpHeaders headers, string name) => headers.NonValidated.TryGetValues(name, out var values) ? [.. values] : [];

    private static byte[]? Bytes(string base64, int length)
    {
        var bytes = new byte[length + 3];
        return Convert.TryFromBase64String(base64, bytes, out var written) && written == length ? bytes[..length] : null;
    }
}
