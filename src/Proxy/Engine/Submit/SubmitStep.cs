namespace Framegate.Proxy.Engine.Submit;

/// <summary>What comes after one step of a submit.</summary>
/// <param name="Again">True when there is another one.</param>
/// <param name="Pause">The pause before it; null for the usual one.</param>
internal readonly record struct SubmitStep(bool Again, TimeSpan? Pause)
{
    /// <summary>The generation has left the phase.</summary>
    public static SubmitStep Done => default;

    /// <summary>Another one at once.</summary>
    public static SubmitStep Now => new(true, TimeSpan.Zero);

    /// <summary>Another one after a pause.</summary>
    /// <param name="atLeast">What the provider asks for; null when it asks for nothing.</param>
    public static SubmitStep After(TimeSpan? atLeast) => new(true, atLeast);
}
