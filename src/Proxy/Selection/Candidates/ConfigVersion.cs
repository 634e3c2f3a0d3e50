using Yarp.ReverseProxy.Configuration;

namespace Framegate.Proxy.Selection.Candidates;

/// <summary>Counts the configurations that YARP has put into force, so that whoever keeps something computed from one knows when it is old.</summary>
internal sealed class ConfigVersion : IConfigChangeListener
{
    private int _number;

    /// <summary>The number of the one in force.</summary>
    public int Number => Volatile.Read(ref _number);

    public void ConfigurationLoadingFailed(IProxyConfigProvider configProvider, Exception exception)
    {
    }

    public void ConfigurationLoaded(IReadOnlyList<IProxyConfig> proxyConfigs)
    {
    }

    public void ConfigurationApplyingFailed(IReadOnlyList<IProxyConfig> proxyConfigs, Exception exception)
    {
    }

    public void ConfigurationApplied(IReadOnlyList<IProxyConfig> proxyConfigs) => Interlocked.Increment(ref _number);
}
