using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Host.Tls;

/// <summary>The certificate of <c>--urls https://...</c>. The files are read again when they change.</summary>
internal sealed class TlsOptions
{
    public const string Section = "Framegate:Tls";

    /// <summary>A PEM file with the certificate, and after it those that lead to its root; or a PFX file. Null (the default): https is not served.</summary>
    public string? Certificate { get; set; }

    /// <summary>A PEM file with the private key. Null (the default): it stands in <see cref="Certificate"/>.</summary>
    public string? Key { get; set; }

    /// <summary>The environment variable with the password of the key or of the PFX file. Null (the default): there is none.</summary>
    public string? PasswordEnv { get; set; }
}

/// <summary>Reads the files, so that what cannot be served is reported at start and never takes effect.</summary>
internal sealed class TlsOptionsRules : IValidateOptions<TlsOptions>
{
    public ValidateOptionsResult Validate(string? name, TlsOptions options)
    {
        if (options.Certificate is null)
        {
            return options.Key is null && options.PasswordEnv is null
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail($"{TlsOptions.Section}:Certificate: It is needed beside Key and PasswordEnv.");
        }

        if (TlsFiles.Unreadable(options) is var (setting, reason))
        {
            return ValidateOptionsResult.Fail($"{TlsOptions.Section}:{setting}: {reason}");
        }

        return TlsFiles.Read(options).Problem is { } problem
            ? ValidateOptionsResult.Fail($"{TlsOptions.Section}:Certificate: {problem}")
            : ValidateOptionsResult.Success;
    }
}
