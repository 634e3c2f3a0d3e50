using Framegate.Proxy.Common.Telemetry;

namespace Framegate.Proxy.Engine.StoreContract;

/// <summary>The store cannot do what it was asked for now; nothing was changed. It may work later.</summary>
/// <param name="problem">Why.</param>
/// <param name="inner">What the store's engine reports.</param>
internal sealed class StoreUnavailableException(StoreProblem problem, Exception inner) : Exception($"The store is unavailable ({problem}): {inner.Message}", inner)
{
    // The system's own numbers.
    private const int InputOutputError = 5;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int OverQuota = 122;

    /// <summary>Why.</summary>
    public StoreProblem Problem => problem;

    /// <summary>The state of a disk that a failed write or read shows.</summary>
    /// <returns>Null when it shows none.</returns>
    public static StoreProblem? ProblemOf(IOException e) => e.HResult switch
    {
        NoSpace or OverQuota => StoreProblem.Full,
        ReadOnlyFileSystem => StoreProblem.ReadOnly,
        InputOutputError => StoreProblem.Failing,
        _ => null,
    };

    /// <summary>Logs a failure of the store or of its disk in a line without a stack trace: it is a state of the machine, and no bug.</summary>
    /// <returns>False for any other failure; nothing is logged then.</returns>
    public static bool TryLog(ILogger logger, Exception e)
    {
        var (problem, reason) = e switch
        {
            StoreUnavailableException store => (store.Problem, store.InnerException!.Message),
            IOException or UnauthorizedAccessException => (StoreProblem.Failing, e.Message),
            _ => default((StoreProblem?, string)),
        };
        if (problem is null)
        {
            return false;
        }

        Log.StoreUnavailable(logger, problem, reason);
        return true;
    }
}
