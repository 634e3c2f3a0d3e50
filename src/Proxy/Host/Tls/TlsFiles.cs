using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Framegate.Proxy.Common;

namespace Framegate.Proxy.Host.Tls;

/// <summary>Reads a certificate with its key and its chain.</summary>
internal static class TlsFiles
{
    private static ReadOnlySpan<byte> Pem => "-----BEGIN "u8;

    /// <summary>Reads the files.</summary>
    /// <returns>What to serve with; or why nothing can be served, without a word of what the files hold.</returns>
    public static (SslStreamCertificateContext? Context, string? Problem) Read(TlsOptions options)
    {
        var password = options.PasswordEnv is { } variable ? EnvFile.Secret(variable)?.Reveal() : null;
        try
        {
            var all = new X509Certificate2Collection();
            var certificate = PlainFile.Read(options.Certificate!).AsSpan().IndexOf(Pem) >= 0 ? OfPem(options, password, all) : OfPfx(options, password, all);
            return certificate.HasPrivateKey
                ? (SslStreamCertificateContext.Create(certificate, all, offline: true), null)
                : (null, "It has no private key; name the file with it in Key.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"The certificate or its key cannot be read: {e.Message}");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return (null, TlsFault.Of(options, password));
        }
    }

    /// <summary>The first file that cannot be read.</summary>
    /// <returns>The setting that names it, and why; null when all can be read.</returns>
    public static (string Setting, string Reason)? Unreadable(TlsOptions options)
    {
        foreach (var (setting, path) in new[] { (nameof(TlsOptions.Certificate), options.Certificate), (nameof(TlsOptions.Key), options.Key) })
        {
            try
            {
                _ = path is null ? [] : PlainFile.Read(path);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
            {
                return (setting, $"The file cannot be read: {e.Message}");
            }
        }

        return null;
    }

    /// <summary>Distinguishes one state of the files from another; null when they cannot be read.</summary>
    public static string? Fingerprint(TlsOptions options)
    {
        try
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var path in new[] { options.Certificate, options.Key }.OfType<string>())
            {
                hash.AppendData(PlainFile.Read(path));
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static X509Certificate2 OfPem(TlsOptions options, string? password, X509Certificate2Collection all)
    {
        all.ImportFromPemFile(options.Certificate!);
        var read = password is null
            ? X509Certificate2.CreateFromPemFile(options.Certificate!, options.Key)
            : X509Certificate2.CreateFromEncryptedPemFile(options.Certificate!, password, options.Key);
        if (!OperatingSystem.IsWindows())
        {
            return read;
        }

        // Windows cannot serve with a key that is in memory only.
        using (read)
        {
            return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), null);
        }
    }

    private static X509Certificate2 OfPfx(TlsOptions options, string? password, X509Certificate2Collection all)
    {
        all.AddRange(X509CertificateLoader.LoadPkcs12CollectionFromFile(options.Certificate!, password));
        return all.FirstOrDefault(c => c.HasPrivateKey) ?? all.FirstOrDefault() ?? throw new CryptographicException();
    }
}
