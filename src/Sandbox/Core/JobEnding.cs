namespace Framegate.Sandbox.Core;

/// <summary>How a job ends.</summary>
internal enum JobEnding
{
    Success,
    Moderated,
    Error,
}
