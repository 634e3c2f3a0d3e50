namespace Framegate.Sandbox.Engine;

/// <summary>Where a job of a described provider stands.</summary>
internal enum JobState
{
    Queued,
    Running,
    Succeeded,

    /// <summary>Failed by the content filter.</summary>
    Moderated,

    /// <summary>Failed for another reason.</summary>
    Failed,

    /// <summary>Ended by the client.</summary>
    Cancelled,

    /// <summary>Given up by the provider because it took too long.</summary>
    TimedOut,
}
