using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Framegate.Proxy.Host.Tls;

/// <summary>Why a certificate and its key are of no use together: the system's own words do not name the file, nor what to do.</summary>
internal static class TlsFault
{
    private const string Certificate = "CERTIFICATE";

    /// <summary>The reason.</summary>
    /// <param name="options">The files; they can be read.</param>
    /// <param name="password">The password of the key.</param>
    public static string Of(TlsOptions options, string? password)
    {
        try
        {
            return Read(options, password);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "The files are being replaced.";
        }
    }

    private static string Read(TlsOptions options, string? password)
    {
        var unset = password is null && options.PasswordEnv is { } variable ? $"The variable {variable} is not set; PasswordEnv names it." : null;
        var certificates = File.ReadAllText(options.Certificate!);
        if (!certificates.Contains("-----BEGIN ", StringComparison.Ordinal))
        {
            return unset ?? "It is neither PEM nor PFX, or the password (PasswordEnv) does not open it.";
        }

        var key = options.Key is { } path ? File.ReadAllText(path) : certificates;
        var where = options.Key is null ? "It" : "The file in Key";
        var blocks = Blocks(certificates).Where(b => b.Label == Certificate).Select(b => b.Pem).ToList();
        if (blocks.Count == 0)
        {
            return "It holds no certificate.";
        }

        if (key.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            return $"{where} has a key in an older encrypted form, which is not read; 'openssl pkcs8 -topk8' writes the newer one.";
        }

        if (!Blocks(key).Any(b => b.Label.EndsWith("PRIVATE KEY", StringComparison.Ordinal)))
        {
            return options.Key is null ? "It has no private key; name the file with it in Key." : $"{where} holds no private key.";
        }

        if (Blocks(key).Any(b => b.Label == "ENCRYPTED PRIVATE KEY"))
        {
            return unset is not null ? unset
                : password is null ? $"{where} has an encrypted key; PasswordEnv names the variable with its password."
                : "The password in PasswordEnv does not open the key, or the key belongs to another certificate.";
        }

        return password is not null ? "The key is not encrypted; take PasswordEnv out."
            : blocks.Skip(1).Any(b => Fits(b, key)) ? "The server's own certificate must stand first, before those of its issuers."
            : "The certificate and its key do not belong together, or the key is neither RSA nor ECDSA.";
    }

    private static bool Fits(string certificate, string key)
    {
        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return false;
        }
    }

    private static IEnumerable<(string Label, string Pem)> Blocks(string text)
    {
        for (var from = 0; PemEncoding.TryFind(text.AsSpan(from), out var found); from += found.Location.End.Value)
        {
            yield return (text[from..][found.Label], text[from..][found.Location]);
        }
    }
}
