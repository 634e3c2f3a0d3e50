namespace Framegate.Sandbox.Core;

/// <summary>How a job ends.</summary>
internal enum JobEnding
{
    Success,
    Moderated,
    Error,

    /// <summary>By the client, where a provider has that.</summary>
    Cancelled,
}
