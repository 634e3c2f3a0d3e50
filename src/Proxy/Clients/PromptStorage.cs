namespace Framegate.Proxy.Clients;

/// <summary>What is stored of prompts once a generation has ended. While it is open its request is stored whole, or a restart would lose it.</summary>
internal enum PromptStorage
{
    /// <summary>The prompt, and the parameters without media that came as bytes.</summary>
    Full,

    /// <summary>The SHA-256 of the prompt alone.</summary>
    Hash,

    /// <summary>Nothing.</summary>
    None,
}
