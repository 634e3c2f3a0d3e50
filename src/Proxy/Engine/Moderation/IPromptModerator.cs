namespace Framegate.Proxy.Engine.Moderation;

/// <summary>A service that judges prompts. One that is registered is asked where <see cref="ModerationOptions.Service"/> names it.</summary>
internal interface IPromptModerator
{
    /// <summary>Its name in the configuration.</summary>
    string Name { get; }

    /// <summary>Judges a prompt.</summary>
    /// <param name="prompt">The prompt, normalised.</param>
    /// <param name="settings">How it is asked.</param>
    /// <param name="cancellationToken">The time is over, or the caller has gone.</param>
    /// <returns>What is wrong with it, in the service's own words for the caller; empty when nothing is.</returns>
    /// <exception cref="HttpRequestException">The service did not judge.</exception>
    ValueTask<IReadOnlyList<string>> JudgeAsync(string prompt, ModerationOptions settings, CancellationToken cancellationToken);
}
