using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Poll;

/// <summary>What follows a poll.</summary>
/// <param name="Step">What is done.</param>
/// <param name="Pause">For <see cref="PollStep.AskAgain"/> and <see cref="PollStep.NotifyCaller"/>: the pause before the next poll.</param>
/// <param name="Failure">For <see cref="PollStep.Fail"/>: why.</param>
internal readonly record struct PollDecision(PollStep Step, TimeSpan Pause = default, ProviderFailure? Failure = null);

/// <summary>What is done after a poll.</summary>
internal enum PollStep
{
    /// <summary>Nothing final was answered: the job is asked about again.</summary>
    AskAgain,

    /// <summary>The provider reports the job as done.</summary>
    Deliver,

    /// <summary>The provider reports that the job has ended without a result, or has not known it for the whole grace.</summary>
    Fail,

    /// <summary>The caller's time is over: the caller receives the reason, and the job is followed on.</summary>
    NotifyCaller,

    /// <summary>Everybody's time is over, and a cancel stops the bill.</summary>
    Cancel,

    /// <summary>The window for late results is over too.</summary>
    GiveUp,
}
