using System.Threading.Channels;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.StoreContract;

namespace Framegate.Proxy.Engine.Repetitions;

/// <summary>Ids that are written down a moment later and many at a time. One that does not fit is left out.</summary>
/// <param name="most">How many wait at most.</param>
/// <param name="write">Writes some of them down.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Records failures.</param>
internal sealed class LateWriter(int most, Func<IReadOnlyList<string>, CancellationToken, ValueTask> write, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private const int Batch = 4096;
    private readonly Channel<string> _ids = Channel.CreateBounded<string>(
        new BoundedChannelOptions(most) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    /// <summary>Adds one. It never waits.</summary>
    public void Add(string id) => _ids.Writer.TryWrite(id);

    /// <summary>Writes down what has come since the last time.</summary>
    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var batch = new List<string>();
        while (_ids.Reader.TryRead(out var id))
        {
            batch.Add(id);
            if (batch.Count == Batch || !_ids.Reader.TryPeek(out _))
            {
                try
                {
                    await write(batch, cancellationToken);
                }
                catch
                {
                    // Writing one twice is the same.
                    batch.ForEach(Add);
                    throw;
                }

                batch.Clear();
            }
        }
    }

    /// <summary>Writes for as long as the program runs.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                // A quiet gateway wakes up for nothing.
                await _ids.Reader.WaitToReadAsync(stopping);
                await Task.Delay(Pause, time, stopping);
                await WriteAsync(stopping);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                if (!StoreUnavailableException.TryLog(logger, e))
                {
                    Log.AnswersNotWritten(logger, e);
                }
            }
        }
    }
}
