namespace Framegate.Plugins;

/// <summary>Whether a URL from a provider's answer is called, and with what.</summary>
public enum UrlTrust
{
    /// <summary>Not at all.</summary>
    Refused,

    /// <summary>Without the key.</summary>
    WithoutKey,

    /// <summary>With the key: the URL is on the provider's own origin.</summary>
    WithKey,
}

/// <summary>What a URL from a provider's answer is wanted for.</summary>
public enum UrlUse
{
    /// <summary>To ask about a job, or to cancel it.</summary>
    Job,

    /// <summary>To fetch the bytes of a result.</summary>
    Download,
}
