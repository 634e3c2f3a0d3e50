namespace Framegate.Sandbox.Core;

/// <summary>What the job store must know of a provider's job.</summary>
internal interface IStandInJob
{
    string Id { get; }

    string Prompt { get; }

    JobTimeline Timeline { get; }
}
