namespace Framegate.Plugins.Kit;

/// <summary>What a provider's status word means.</summary>
public enum JobPhase
{
    /// <summary>The provider works on the job, or will.</summary>
    Running,

    /// <summary>The job is done.</summary>
    Succeeded,

    /// <summary>The job has ended without a result.</summary>
    Failed,

    /// <summary>The provider does not know the job.</summary>
    NotFound,
}
