using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Framegate.Proxy.Host;
using Framegate.Proxy.Host.Tls;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Host;

public sealed class TlsCertificateTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Serve_FilesChange_NewConnectionsHaveTheNewOne()
    {
        var options = new TlsOptions { Certificate = PathOf("tls.crt"), Key = PathOf("tls.key") };
        var first = WritePem(options);
        using var certificate = New(options);
        certificate.Look(atOnce: true);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(certificate);
        builder.WebHost.UseUrls("https://127.0.0.1:0").UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            HalfOpen.Apply(kestrel, TimeProvider.System);
            TlsCertificate.Apply(kestrel);
        });
        await using var app = builder.Build();
        app.Run(context => context.Response.WriteAsync(context.Request.Protocol));
        await app.StartAsync();

        Assert.Equal((first, "HTTP/2"), await AskAsync(app.Urls.First()));

        var second = WritePem(options);
        certificate.Look(atOnce: false);
        Assert.Equal(first, (await AskAsync(app.Urls.First())).Thumbprint);
        certificate.Look(atOnce: false);
        Assert.Equal(second, (await AskAsync(app.Urls.First())).Thumbprint);
    }

    [Fact]
    public void Look_NewFilesAreBroken_TheLastOneIsServedOn()
    {
        var options = new TlsOptions { Certificate = PathOf("tls.crt"), Key = PathOf("tls.key") };
        var first = WritePem(options);
        using var certificate = New(options);
        certificate.Look(atOnce: true);

        File.WriteAllText(options.Key!, "no key");
        certificate.Look(atOnce: true);
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);

        File.Delete(options.Key!);
        certificate.Look(atOnce: true);
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);

        var second = WritePem(options);
        certificate.Look(atOnce: true);
        Assert.Equal(second, certificate.Current.TargetCertificate.Thumbprint);
    }

    [Theory]
    [InlineData(2020)]
    [InlineData(2031)]
    public void Look_NewOneIsNotValidNow_TheLastOneIsServedOnAsLongAsItIs(int from)
    {
        var options = new TlsOptions { Certificate = PathOf("tls.crt"), Key = PathOf("tls.key") };
        var time = new FakeTimeProvider(new DateTimeOffset(2030, 6, 1, 0, 0, 0, TimeSpan.Zero));
        var first = WritePem(options, 2026);
        using var certificate = New(options, time);
        certificate.Look(atOnce: true);
        var second = WritePem(options, from);
        certificate.Look(atOnce: true);
        Assert.Equal(first, certificate.Current.TargetCertificate.Thumbprint);

        // The new one has begun, or the last one has ended.
        time.SetUtcNow(new DateTimeOffset(2031, 6, 1, 0, 0, 0, TimeSpan.Zero));
        certificate.Look(atOnce: true);
        Assert.Equal(second, certificate.Current.TargetCertificate.Thumbprint);
    }

    [Theory]
    [InlineData("pem")]
    [InlineData("one pem")]
    [InlineData("pfx")]
    public void Validate_FilesThatFit_AreTaken(string form) => Assert.True(new TlsOptionsRules().Validate(null, Write(form)).Succeeded);

    [Theory]
    [InlineData("missing", "Framegate:Tls:Key: The file cannot be read:")]
    [InlineData("missing certificate", "Framegate:Tls:Certificate: The file cannot be read:")]
    [InlineData("pipe", "Framegate:Tls:Key: The file cannot be read:")]
    [InlineData("another key", "Framegate:Tls:Certificate: The certificate and its key do not belong together,")]
    [InlineData("no key", "Framegate:Tls:Certificate: It has no private key; name the file with it in Key.")]
    [InlineData("wrong password", "Framegate:Tls:Certificate: It is neither PEM nor PFX, or the password (PasswordEnv)")]
    [InlineData("issuer first", "Framegate:Tls:Certificate: The server's own certificate must stand first,")]
    [InlineData("encrypted", "Framegate:Tls:Certificate: The file in Key has an encrypted key; PasswordEnv names")]
    [InlineData("encrypted otherwise", "Framegate:Tls:Certificate: The password in PasswordEnv does not open the key,")]
    [InlineData("encrypted, unset", "Framegate:Tls:Certificate: The variable FRAMEGATE_TESTS_UNSET is not set;")]
    [InlineData("pfx, unset", "Framegate:Tls:Certificate: The variable FRAMEGATE_TESTS_UNSET is not set;")]
    [InlineData("encrypted of old", "Framegate:Tls:Certificate: The file in Key has a key in an older encrypted form,")]
    [InlineData("not encrypted", "Framegate:Tls:Certificate: The key is not encrypted; take PasswordEnv out.")]
    [InlineData("swapped", "Framegate:Tls:Certificate: It holds no certificate.")]
    [InlineData("empty key", "Framegate:Tls:Key: The file cannot be read:")]
    [InlineData("key alone", "Framegate:Tls:Certificate: It is needed beside Key and PasswordEnv.")]
    public void Validate_FilesThatDoNot_AreRefused(string form, string failure) =>
        Assert.StartsWith(failure, new TlsOptionsRules().Validate(null, Write(form)).FailureMessage, StringComparison.Ordinal);

    [Theory]
    [InlineData("/var/lib/framegate", true, "/home/me/.local/share", "/var/lib/framegate")]
    [InlineData("/a:/b", false, "", "/a")]
    [InlineData(null, true, "/home/me/.local/share", "./data")]
    [InlineData(null, false, "/home/me/.local/share", "/home/me/.local/share/framegate")]
    [InlineData("", false, "", "./data")]
    public void Of_DataFolder_IsTheServicesTheConfigurationsOrThePlatforms(string? service, bool configured, string platform, string folder) =>
        Assert.Equal(folder, DataPlace.Of(service, configured, platform));

    [Theory]
    [InlineData("https://127.0.0.1:1", true, false)]
    [InlineData("http://0.0.0.0:1", false, true)]
    [InlineData("ftp://127.0.0.1", true, true)]
    [InlineData("http://me:secret@127.0.0.1:1", false, true)]
    [InlineData("http://me:secret@127.0.0.1:1", true, true)]
    [InlineData("http://loopback:1", false, true)]
    [InlineData("http://localhost.:1", false, true)]
    [InlineData("http://*:1", false, true)]
    [InlineData("http://127.0.0.1:1/base", true, true)]
    [InlineData(" ; ", true, true)]
    public void Check_AddressThatCannotBeServed_IsRefused(string urls, bool key, bool certificate) =>
        Assert.Throws<StartupException>(() => Addresses.Check(urls, key, certificate));

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://LOCALHOST:1;https://[::1]:2/")]
    public void Check_ThisMachine_IsServedWithoutAKey(string urls) => Addresses.Check(urls, hasClientKey: false, hasCertificate: true);

    private static TlsCertificate New(TlsOptions options, TimeProvider? time = null) => new(Options.Create(options), time ?? new FakeTimeProvider(), NullLogger<TlsCertificate>.Instance);

    private static async Task<(string? Thumbprint, string Protocol)> AskAsync(string url)
    {
        string? thumbprint = null;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            thumbprint = certificate?.GetCertHashString();
            return thumbprint is not null;
        };
        using var client = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
        var protocol = await client.GetStringAsync(new Uri(url));
        return (thumbprint, protocol);
    }

    private string PathOf(string name) => Path.Combine(_folder.Path, name);

    private TlsOptions Write(string form)
    {
        const string Password = "FRAMEGATE_TEST_PFX";
        const string Unset = "FRAMEGATE_TESTS_UNSET";
        Environment.SetEnvironmentVariable(Password, "right");
        var options = new TlsOptions { Certificate = PathOf("tls.crt"), Key = PathOf("tls.key") };
        using var made = Make();
        File.WriteAllText(options.Certificate, made.ExportCertificatePem());
        File.WriteAllText(options.Key, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        switch (form)
        {
            case "one pem":
                File.AppendAllText(options.Certificate, "\n" + File.ReadAllText(options.Key));
                options.Key = null;
                break;
            case "pfx" or "wrong password" or "pfx, unset":
                File.WriteAllBytes(options.Certificate, made.Export(X509ContentType.Pkcs12, form == "pfx" ? "right" : "other"));
                (options.Key, options.PasswordEnv) = (null, form == "pfx, unset" ? Unset : Password);
                break;
            case "missing":
                File.Delete(options.Key);
                break;
            case "missing certificate":
                File.Delete(options.Certificate!);
                break;
            case "pipe":
                File.Delete(options.Key);
                NamedPipe.Make(options.Key);
                break;
            case "another key":
                using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
                {
                    File.WriteAllText(options.Key, other.ExportPkcs8PrivateKeyPem());
                }

                break;
            case "no key":
                options.Key = null;
                break;
            case "issuer first":
                using (var issuer = Make())
                {
                    File.WriteAllText(options.Certificate, issuer.ExportCertificatePem() + "\n" + made.ExportCertificatePem());
                }

                break;
            case "encrypted" or "encrypted otherwise" or "encrypted, unset":
                File.WriteAllText(options.Key, made.GetECDsaPrivateKey()!.ExportEncryptedPkcs8PrivateKeyPem("other", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000)));
                options.PasswordEnv = form switch { "encrypted" => null, "encrypted, unset" => Unset, _ => Password };
                break;
            case "encrypted of old":
                File.WriteAllText(options.Key, "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAAA\n-----END EC PRIVATE KEY-----\n");
                break;
            case "not encrypted":
                options.PasswordEnv = Password;
                break;
            case "swapped":
                (options.Certificate, options.Key) = (options.Key, options.Certificate);
                break;
            case "empty key":
                File.WriteAllText(options.Key, "");
                break;
            case "key alone":
                options.Certificate = null;
                break;
        }

        return options;
    }

    private static string WritePem(TlsOptions options, int from = 2026)
    {
        using var made = Make(from);
        File.WriteAllText(options.Certificate!, made.ExportCertificatePem());
        File.WriteAllText(options.Key!, made.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return made.Thumbprint;
    }

    /// <summary>One for five years.</summary>
    private static X509Certificate2 Make(int from = 2026)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(new(from, 1, 1, 0, 0, 0, default), new(from + 5, 1, 1, 0, 0, 0, default));
    }
}
