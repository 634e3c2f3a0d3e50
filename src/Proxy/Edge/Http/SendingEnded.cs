namespace Framegate.Proxy.Edge.Http;

/// <summary>The end of what a client sends over a connection; it may wait for its answer still, or be gone.</summary>
/// <param name="Token">Cancelled as soon as the server has noticed.</param>
internal sealed record SendingEnded(CancellationToken Token);
