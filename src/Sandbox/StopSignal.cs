using System.Runtime.InteropServices;

namespace Framegate.Sandbox;

/// <summary>Ctrl+C or SIGTERM, as something to await.</summary>
internal sealed class StopSignal : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly TaskCompletionSource _raised = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    public StopSignal() => _registrations =
        [PosixSignalRegistration.Create(PosixSignal.SIGINT, Raise), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Raise)];

    public CancellationToken Token => _source.Token;

    public Task WaitAsync() => _raised.Task;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _source.Dispose();
    }

    private void Raise(PosixSignalContext context)
    {
        // The process ends by returning from Main, after the listeners are closed.
        context.Cancel = true;
        _source.Cancel();
        _raised.TrySetResult();
    }
}
