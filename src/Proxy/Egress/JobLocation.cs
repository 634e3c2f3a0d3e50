namespace Framegate.Proxy.Egress;

/// <summary>
/// Where a job was born, complete enough to reach it again after the configuration has changed: polls, cancels and downloads go there
/// and nowhere else.
/// </summary>
/// <param name="Cluster">The cluster's id.</param>
/// <param name="Destination">The destination's id in it.</param>
/// <param name="Address">The destination's address at that time.</param>
/// <param name="KeyVariable">The environment variable that held the key; null when the call went without one.</param>
internal sealed record JobLocation(string Cluster, string Destination, string Address, string? KeyVariable);
