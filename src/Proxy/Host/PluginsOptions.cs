namespace Framegate.Proxy.Host;

/// <summary>Adapters from outside. Read at start only.</summary>
internal sealed class PluginsOptions
{
    /// <summary>Where it stands in the configuration.</summary>
    public const string Section = "Framegate:Plugins";

    /// <summary>The folder whose <c>*.dll</c> are loaded, with full trust. Default: none.</summary>
    public string? Folder { get; set; }
}
