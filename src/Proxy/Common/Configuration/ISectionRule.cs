namespace Framegate.Proxy.Common.Configuration;

/// <summary>The check of one section of the configuration; a section without one is unknown.</summary>
internal interface ISectionRule : IConfigurationRule
{
    /// <summary>Its path.</summary>
    string Section { get; }

    /// <summary>The class it is bound to.</summary>
    Type OptionsType { get; }
}
