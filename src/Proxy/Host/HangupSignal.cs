using System.Runtime.InteropServices;

namespace Framegate.Proxy.Host;

/// <summary>
/// SIGHUP would end the process at once, with callers waiting. In a terminal it means that the terminal is closed: the program stops in order. A service manager means that the files
/// are to be read again, which is done each second anyway.
/// </summary>
internal sealed class HangupSignal(IHostApplicationLifetime lifetime) : IHostedService, IDisposable
{
    private PosixSignalRegistration? _registration;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Raise);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _registration?.Dispose();

    private void Raise(PosixSignalContext context)
    {
        context.Cancel = true;
        if (!Console.IsInputRedirected || !Console.IsOutputRedirected || !Console.IsErrorRedirected)
        {
            lifetime.StopApplication();
        }
    }
}
