namespace Framegate.Proxy.Egress;

/// <summary>
/// Remembers which destination accepted a job that came in on a native route, for providers whose answers hold no URL that could carry a pin, and whose job
/// it is. Asked only where a provider has more than one destination, or the gateway more than one client.
/// </summary>
internal interface INativeJobs
{
    /// <summary>True while jobs can be remembered. A submit that could not be is not sent: its job would be paid and not be found again.</summary>
    bool CanAdd { get; }

    /// <summary>Remembers a job, durably.</summary>
    ValueTask AddAsync(string provider, string nativeId, string destination, string? client, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>The destination of the first of some ids that is known.</summary>
    /// <returns>Null when none is.</returns>
    ValueTask<string?> FindAsync(string provider, IReadOnlyList<string> nativeIds, CancellationToken cancellationToken);

    /// <summary>Which of some ids are a client's.</summary>
    ValueTask<IReadOnlySet<string>> OwnedAsync(string provider, IReadOnlyCollection<string> nativeIds, string client, CancellationToken cancellationToken);
}
