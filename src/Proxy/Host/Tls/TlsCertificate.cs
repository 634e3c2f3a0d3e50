using System.Globalization;
using System.Net.Security;
using Framegate.Proxy.Common.Telemetry;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host.Tls;

/// <summary>
/// The certificate that is served with, and follows its files. It looks at their content, as links and mounted volumes change without a word; new files are
/// taken once they have stood still for one look, since a certificate and its key are two files.
/// </summary>
internal sealed class TlsCertificate(IOptions<TlsOptions> options, TimeProvider time, ILogger<TlsCertificate> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private volatile SslStreamCertificateContext? _current;
    private string? _served;
    private string? _seen;
    private string? _refused;
    private string? _untimely;

    /// <summary>What is served with.</summary>
    /// <exception cref="InvalidOperationException">None is configured.</exception>
    public SslStreamCertificateContext Current => _current ?? throw new InvalidOperationException($"{TlsOptions.Section}:Certificate is not set.");

    /// <summary>Lets the server take the certificate as it is at each handshake.</summary>
    public static void Apply(KestrelServerOptions kestrel) => kestrel.ConfigureHttpsDefaults(https =>
    {
        var certificate = kestrel.ApplicationServices.GetRequiredService<TlsCertificate>();
        https.ServerCertificateSelector = (_, _) => certificate.Current.TargetCertificate;
        https.OnAuthenticate = (_, handshake) =>
        {
            // With the certificates that lead to its root, which the selector alone would leave out.
            handshake.ServerCertificateSelectionCallback = null;
            handshake.ServerCertificateContext = certificate.Current;
        };
    });

    /// <summary>Looks at the files.</summary>
    /// <param name="atOnce">True to take them without a second look.</param>
    public void Look(bool atOnce)
    {
        var now = options.Value;
        if (now.Certificate is null || TlsFiles.Fingerprint(now) is not { } fingerprint || fingerprint == _served || fingerprint == _refused)
        {
            return;
        }

        if (!atOnce && fingerprint != _seen)
        {
            _seen = fingerprint;
            return;
        }

        var (context, problem) = TlsFiles.Read(now);
        if (context is null)
        {
            _refused = fingerprint;
            Log.CertificateRefused(logger, now.Certificate, problem!);
            return;
        }

        if (_current is { } last && IsValid(last) && !IsValid(context))
        {
            // It is looked at again: one that begins in a moment has a moment's wait, and once the last one has ended there is nothing better.
            if (_untimely != fingerprint)
            {
                _untimely = fingerprint;
                var (from, to) = (context.TargetCertificate.NotBefore.ToUniversalTime(), context.TargetCertificate.NotAfter.ToUniversalTime());
                Log.CertificateRefused(logger, now.Certificate, string.Create(CultureInfo.InvariantCulture, $"It is valid from {from:O} to {to:O}."));
            }

            return;
        }

        (_current, _served) = (context, fingerprint);
        Log.CertificateServed(logger, now.Certificate, context.TargetCertificate.NotAfter.ToUniversalTime());
    }

    private bool IsValid(SslStreamCertificateContext context)
    {
        var now = time.GetUtcNow().UtcDateTime;
        return context.TargetCertificate.NotBefore.ToUniversalTime() <= now && now < context.TargetCertificate.NotAfter.ToUniversalTime();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Look(atOnce: false);
        }
    }
}
