namespace Framegate.Plugins;

/// <summary>What came of ending a job at its provider.</summary>
public enum CancelOutcome
{
    /// <summary>The job is gone and costs nothing more.</summary>
    Cancelled,

    /// <summary>The provider has received the cancel; the job may still finish and be billed.</summary>
    Requested,

    /// <summary>The job had finished, or is unknown.</summary>
    TooLate,
}
