namespace Framegate.Proxy.Common.Configuration;

/// <summary>One thing that is wrong in the configuration.</summary>
/// <param name="Path">Where, as in <c>Framegate:Jobs:MaxAttempts</c>; the file's path when it cannot be read at all.</param>
/// <param name="Reason">What, and what would be right. Never a value: a key may have been put in the wrong place.</param>
internal sealed record ConfigurationError(string Path, string Reason)
{
    public override string ToString() => $"{Path}: {Reason}";
}
