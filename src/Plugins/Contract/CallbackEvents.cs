namespace Framegate.Plugins.Contract;

/// <summary>What a <c>callback_url</c> is notified of.</summary>
[Flags]
public enum CallbackEvents
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The generation has a result: <c>generation.completed</c>.</summary>
    Completed = 1,

    /// <summary>It has ended without one: <c>generation.failed</c>.</summary>
    Failed = 2,

    /// <summary>It has come further: <c>generation.progress</c>.</summary>
    Progress = 4,

    /// <summary>The end of it, whatever it is: the default.</summary>
    Ended = Completed | Failed,
}
