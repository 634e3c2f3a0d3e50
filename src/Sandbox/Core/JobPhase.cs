namespace Framegate.Sandbox.Core;

/// <summary>Where a job stands.</summary>
internal enum JobPhase
{
    Queued,
    Running,
    Done,
}
