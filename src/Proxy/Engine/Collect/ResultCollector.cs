using System.Text.Json;
using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Collect;

/// <summary>
/// Copies what the provider made into the media store. A download that fails is repeated until the URL is dead; then the job is asked
/// once more for a fresh URL; then the generation fails and says so.
/// </summary>
internal sealed class ResultCollector(
    IEgress egress,
    ProviderTable providers,
    MediaDownloader downloader,
    MediaStore media,
    GenerationWriter writer,
    IOptions<JobsOptions> options,
    TimeProvider time,
    ILogger<ResultCollector> logger) : IDisposable
{
    private const int UnfitAnswersBeforeFailing = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _gate = new(options.Value.DownloadParallelism);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        var state = generation.State;
        if (providers.FindForJob(state.Provider, state.Adapter) is not { } adapter)
        {
            await writer.FailAsync(generation, Failures.Gone(state, time.GetUtcNow()), atProvider: false);
            return;
        }

        var stored = new List<ReceivedMedia>(state.Sources.Count);
        foreach (var index in Enumerable.Range(0, state.Sources.Count))
        {
            if (await FetchAsync(generation, adapter, index, stopping) is not { } item)
            {
                stored.ForEach(s => media.Delete(s.Media.Id));
                return;
            }

            stored.Add(item);
        }

        await EndAsync(generation, s => s, stored);
    }

    /// <summary>Ends a generation whose results came inside the provider's answer: they go to the media store at once, and never into the database.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="done">What the provider answered.</param>
    /// <param name="complete">The state once the job is done; pure.</param>
    /// <param name="stopping">Stops; the phase stays what it was.</param>
    /// <returns>False when there are results to be fetched, so that nothing was done.</returns>
    public async Task<bool> TryStoreInlineAsync(
        Generation generation, ProviderAdapter adapter, JobOutcome.Succeeded done,
        Func<GenerationState, JobOutcome.Succeeded, GenerationState> complete, CancellationToken stopping)
    {
        if (!done.Media.All(m => m.Url.StartsWith("data:", StringComparison.Ordinal)))
        {
            return false;
        }

        var stored = new List<ReceivedMedia>(done.Media.Count);
        foreach (var source in done.Media)
        {
            var (fetch, _) = await downloader.FetchAsync(adapter, generation.State.JobLocation!, source, stopping);
            if (fetch.Received is not { } received)
            {
                stored.ForEach(s => media.Delete(s.Media.Id));
                await writer.WriteAsync(generation, s => complete(s, done with { Media = [] }));
                await FailAsync(generation, fetch.Reason!);
                return true;
            }

            stored.Add(received);
        }

        await EndAsync(generation, s => complete(s, done with { Media = [] }), stored);
        return true;
    }

    public void Dispose() => _gate.Dispose();

    private ValueTask<GenerationState> EndAsync(Generation generation, Func<GenerationState, GenerationState> before, List<ReceivedMedia> stored) => writer.SucceedAsync(
        generation,
        s =>
        {
            var next = before(s);
            return next with { Result = next.Result! with { Media = [.. stored.Select(i => i.ToItem())] }, Sources = [], Error = null };
        },
        [.. stored.Select(i => i.Media)]);

    /// <summary>Fetches one result.</summary>
    /// <returns>Null when the generation has failed over it.</returns>
    private async Task<ReceivedMedia?> FetchAsync(Generation generation, ProviderAdapter adapter, int index, CancellationToken stopping)
    {
        var giveUpAt = time.GetUtcNow() + options.Value.LateResultWindow;
        var refreshed = false;
        var unfit = 0;
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            var source = generation.State.Sources[index];
            var fetch = await DownloadAsync(generation, adapter, source, stopping);
            if (fetch.Received is { } received)
            {
                return received;
            }

            Log.DownloadFailed(logger, adapter.Name, fetch.Reason!);
            var now = time.GetUtcNow();
            unfit += fetch.IsUnfit ? 1 : 0;
            if (fetch.IsFinal || unfit >= UnfitAnswersBeforeFailing || now + pause >= (source.ExpiresAt ?? giveUpAt))
            {
                if (refreshed || !await RefreshAsync(generation, adapter, index, stopping))
                {
                    await FailAsync(generation, fetch.Reason!);
                    return null;
                }

                refreshed = true;
                unfit = 0;
            }

            generation.ProviderTime += pause;
            await Pause.ForAsync(pause, time, stopping);
            stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task<MediaFetch> DownloadAsync(Generation generation, ProviderAdapter adapter, MediaSource source, CancellationToken stopping)
    {
        await _gate.WaitAsync(stopping);
        try
        {
            var (fetch, elapsed) = await downloader.FetchAsync(adapter, generation.State.JobLocation!, source, stopping);
            generation.ProviderTime += elapsed;
            return fetch;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Asks the job for its results again; some providers sign new URLs each time.</summary>
    /// <returns>True when there is another URL to try.</returns>
    private async Task<bool> RefreshAsync(Generation generation, ProviderAdapter adapter, int index, CancellationToken stopping)
    {
        var state = generation.State;
        if (state.Job is not { } job)
        {
            return false;
        }

        var exchange = await egress.SendToAsync(adapter, state.JobLocation!, NativeCall.Poll, adapter.BuildPoll(job), null, stopping);
        if (exchange?.Response is not { } response)
        {
            return false;
        }

        try
        {
            if (adapter.ReadPoll(response, job) is JobOutcome.Succeeded { Media: var fresh } && fresh.Count == state.Sources.Count
                && fresh[index].Url != state.Sources[index].Url)
            {
                await writer.WriteAsync(generation, s => s with { Sources = fresh });
                return true;
            }
        }
        catch (JsonException)
        {
            // Not worth more than the failure that led here.
        }

        return false;
    }

    private ValueTask<GenerationState> FailAsync(Generation generation, string reason)
    {
        var error = Failures.ResultLost(generation.State.Provider, reason, time.GetUtcNow());
        return writer.EndAsync(
            generation,
            GenerationPhase.Failed,
            s => s.WithAttempt(a => a with { Code = error.Code }) with { Error = error, FailedAtProvider = true, Result = null });
    }
}
