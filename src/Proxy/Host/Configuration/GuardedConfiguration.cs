using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>The part of the configuration that the file gives. It changes only when <see cref="ConfigurationGuard"/> shows it something that was checked.</summary>
internal sealed class GuardedConfiguration(IDictionary<string, string?> values) : IndexedConfiguration(values)
{
    /// <summary>Nothing: the host writes settings of its own into every source, and this one holds what the file holds.</summary>
    public override void Set(string key, string? value)
    {
    }

    /// <summary>Puts other values in the place of all, and notifies everybody who reads them.</summary>
    /// <exception cref="AggregateException">Somebody could not take them; the others have them.</exception>
    public void Show(IDictionary<string, string?> changed)
    {
        Data = changed;
        OnReload();
    }
}
