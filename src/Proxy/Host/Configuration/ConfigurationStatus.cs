using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Host.Configuration;

/// <summary>What is in force, and what became of the last change, as <c>GET /admin/config</c> shows it.</summary>
/// <param name="Path">The file.</param>
/// <param name="LoadedAt">Since when its content is in force.</param>
/// <param name="Sha256">Of the content that is in force.</param>
/// <param name="Status"><c>current</c>, or <c>rejected</c>: the file has changed since, and cannot be used.</param>
/// <param name="Errors">Why it cannot.</param>
/// <param name="LastAttemptAt">When its content was last found to be another and checked.</param>
internal sealed record ConfigurationStatus(
    string Path, DateTimeOffset LoadedAt, string Sha256, string Status, IReadOnlyList<ConfigurationError> Errors, DateTimeOffset LastAttemptAt)
{
    public const string Current = "current";
    public const string Rejected = "rejected";
}
