using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>The configuration file as it was found.</summary>
/// <param name="Fingerprint">Distinguishes one state of the file from another: its SHA-256, or a word for a file that cannot be read.</param>
/// <param name="Values">What it holds; null when unreadable.</param>
/// <param name="Error">Why it cannot be read; null when it can.</param>
internal sealed record FileReading(string Fingerprint, IDictionary<string, string?>? Values, ConfigurationError? Error)
{
    /// <summary>The providers that are data files beside it.</summary>
    public ProviderReading Providers { get; init; } = ProviderReading.None;

    /// <summary>What it was read from, to name the lines of what is wrong.</summary>
    public ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The SHA-256 of the file alone.</summary>
    public string Sha256 { get; init; } = Fingerprint;

    /// <summary>The fingerprint when this process, or the system, has no descriptor left to open it with.</summary>
    public const string NoDescriptor = "no descriptor";
}
