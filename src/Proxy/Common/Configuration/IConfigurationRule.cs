namespace Framegate.Proxy.Common.Configuration;

/// <summary>A check of the whole configuration before any of it takes effect. Register one to join in.</summary>
internal interface IConfigurationRule
{
    /// <summary>Notes what is wrong.</summary>
    ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken);
}
