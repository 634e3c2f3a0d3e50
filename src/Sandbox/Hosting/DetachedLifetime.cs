namespace Framegate.Sandbox.Hosting;

/// <summary>Leaves process signals to whoever started the sandbox; the default lifetime would stop it in the middle of the gateway's own drain.</summary>
internal sealed class DetachedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
