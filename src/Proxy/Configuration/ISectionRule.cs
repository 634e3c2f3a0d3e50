namespace Framegate.Proxy.Configuration;

/// <summary>The check of one section of the configuration; a section without one is unknown.</summary>
internal interface ISectionRule : IConfigurationRule
{
    /// <summary>Its path.</summary>
    string Section { get; }
}
