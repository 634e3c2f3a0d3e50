using Framegate.Plugins;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Media;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Collect;

/// <summary>
/// Copies what the provider made into the media store. It is paid for, so a download that fails is repeated, with fresh URLs from fresh polls, until the
/// result's life ends. What arrived is delivered, with a warning for what did not.
/// </summary>
internal sealed class ResultCollector(
    IEgress egress,
    ProviderTable providers,
    MediaDownloader downloader,
    MediaStore media,
    InputFolder inputs,
    ParkedResults parked,
    GenerationWriter writer,
    IOptions<JobsOptions> options,
    TimeProvider time,
    ILogger<ResultCollector> logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    // A server may ask for so much at most.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRefresh = TimeSpan.FromSeconds(15);

    // Delivery hosts are behind their API at times; whatever a result's address states about its own end.
    private static readonly TimeSpan LeastLife = TimeSpan.FromMinutes(1);
    private readonly Bulkhead _gate = new(options.Value.DownloadParallelism, options.Value.DownloadsPerHost);

    public async Task RunAsync(Generation generation, CancellationToken stopping)
    {
        var state = generation.State;
        if (state.Parked is not null && await parked.RunAsync(generation, () => FetchAgainAsync(generation, stopping), stopping))
        {
            if (generation.State.Phase != GenerationPhase.Succeeded)
            {
                state.Parked.ToList().ForEach(i => media.Delete(i.Id));
            }

            return;
        }

        if (await MissingProvider.WaitAsync(providers, writer, generation, options.Value.LateResultWindow, time, stopping) is not var (adapter, _))
        {
            return;
        }

        var (collected, fewer) = (new CollectedMedia(state.Sources.Count), new FewerMedia());
        try
        {
            await CollectAsync(generation, adapter, collected, fewer, stopping);
        }
        finally
        {
            // What another replica was left with, or waits for the bucket, is delivered later.
            var isDelivered = generation.State.Phase == GenerationPhase.Succeeded || generation.State.Parked is not null || generation.IsLost;
            foreach (var other in (ReadOnlySpan<CollectedMedia>)[collected, fewer.Collected])
            {
                if (!isDelivered || other == fewer.Collected != fewer.IsMoreThan(collected))
                {
                    Forget(other);
                }
            }
        }
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
        if (!done.Media.All(m => DataUri.Is(m.Url)))
        {
            return false;
        }

        var collected = new CollectedMedia(done.Media.Count);
        foreach (var index in collected.Missing.ToList())
        {
            collected.Note(index, (await downloader.FetchAsync(adapter, generation.State.JobLocation!, done.Media[index], generation.State.MediaOwner, stopping)).Fetch);
        }

        if (collected.Received.Count > 0)
        {
            await EndAsync(generation, s => complete(s, done), collected, done.Media, done.Media.Count, stopping);
            return true;
        }

        if (!collected.Missing.Any())
        {
            // Another answer would hold the same: it is too large.
            Log.DownloadFailed(logger, adapter.Name, collected.Reason!);
            generation.Update(s => complete(s, done) with { Sources = [] });
            await FailAsync(generation, collected.Reason!);
            return true;
        }

        // None is whole: the job is asked for them again. Their bytes are not worth keeping.
        Log.DownloadFailed(logger, adapter.Name, collected.Reason!);
        MediaSource[] sources = [.. done.Media.Select(m => new MediaSource(m.Type, ""))];
        await writer.KeepAsync(generation, s => complete(s, done with { Media = sources }) with { Phase = GenerationPhase.Storing, DownloadTrouble = collected.Reason });
        return true;
    }

    /// <summary>Fetches all of what lies in another replica's data folder, where it can be fetched at once.</summary>
    /// <returns>False when it cannot.</returns>
    private async Task<bool> FetchAgainAsync(Generation generation, CancellationToken stopping)
    {
        var state = generation.State;
        if (state.Sources.Count == 0 || state.Sources.Any(s => s.Url.Length == 0) || providers.FindForJob(state.Provider, state.Adapter, state.Model, state.Job) is not { } adapter)
        {
            return false;
        }

        var collected = new CollectedMedia(state.Sources.Count);
        foreach (var index in collected.Missing.ToList())
        {
            collected.Note(index, await DownloadAsync(generation, adapter, state.Sources, index, stopping));
        }

        if (collected.Received.Count < collected.Count)
        {
            Forget(collected);
            return false;
        }

        await EndAsync(generation, static s => s, collected, state.Sources, collected.Count, stopping);
        return true;
    }

    private async Task CollectAsync(Generation generation, ProviderAdapter adapter, CollectedMedia collected, FewerMedia fewer, CancellationToken stopping)
    {
        var clock = generation.Clock;
        var start = clock.Now;
        var giveUpAt = EndOf(generation.State, start);
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
        using var answer = new AnswerMedia(inputs);
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : LongestPause)
        {
            foreach (var index in collected.Missing.ToList())
            {
                collected.Note(index, await DownloadAsync(generation, adapter, generation.State.Sources, index, stopping));
            }

            foreach (var index in collected.Received.Count == 0 ? fewer.Collected.Missing.ToList() : [])
            {
                fewer.Collected.Note(index, await DownloadAsync(generation, adapter, fewer.Sources, index, stopping));
            }

            // Once something is here the rest is not worth more than the caller's time: who waits is given what there is, and no failure.
            var end = collected.Received.Count + fewer.Collected.Received.Count == 0 ? giveUpAt
                : Earlier(giveUpAt, generation.State.Deadline > start ? generation.State.Deadline : start + LeastLife);
            var asked = Longer(collected.RetryAfter, fewer.Collected.RetryAfter);
            var wait = Longer(pause, asked < LongestWait ? asked : LongestWait);
            if (!(collected.Received.Count > 0 ? collected.Missing : collected.Missing.Concat(fewer.Collected.Missing)).Any()
                || (collected.Received.Count == 0 && fewer.AreAll && clock.Now >= start + LeastLife) || clock.Now + wait >= end)
            {
                var (media, sources) = fewer.IsMoreThan(collected) ? (fewer.Collected, fewer.Sources) : (collected, generation.State.Sources);
                await EndAsync(generation, s => s, media, sources, collected.Count, stopping);
                return;
            }

            generation.Update(s => s with { DownloadTrouble = collected.Reason });
            generation.ProviderTime += wait;
            await Pause.ForAsync(wait, time, wake.Token);
            stopping.ThrowIfCancellationRequested();
            if (generation.State.CancelRequested)
            {
                await Cancellation.EndAsync(writer, generation, time.GetUtcNow());
                return;
            }

            await RefreshAsync(generation, adapter, collected, fewer, answer, end - clock.Now, stopping);
        }
    }

    /// <summary>When the last of the results dies: by its own address, else with the window for late results; in no less than a minute.</summary>
    private DateTimeOffset EndOf(GenerationState state, DateTimeOffset now) =>
        Later(now + LeastLife, state.Sources.Select(s => s.ExpiresAt ?? now + options.Value.LateResultWindow).DefaultIfEmpty(now).Max());

    private async Task<MediaFetch> DownloadAsync(Generation generation, ProviderAdapter adapter, IReadOnlyList<MediaSource> sources, int index, CancellationToken stopping)
    {
        var state = generation.State;
        var source = sources[index];
        if (source.Url.Length == 0)
        {
            // A fresh answer may name it, unless this one has named the others.
            return new MediaFetch(null, state.DownloadTrouble ?? "the provider gives no address for it", IsFinal: state.Job is null || sources.Any(s => s.Url.Length > 0));
        }

        using var place = await _gate.EnterAsync(MediaAddress.HostOf(source, state.JobLocation!.Address), state.Client, stopping);
        var (fetch, elapsed) = await downloader.FetchAsync(adapter, state.JobLocation!, source, state.MediaOwner, stopping);
        generation.ProviderTime += elapsed;
        if (fetch.Reason is { } reason)
        {
            Log.DownloadFailed(logger, adapter.Name, reason);
        }

        return fetch;
    }

    /// <summary>Asks the job for its results again; some providers sign new URLs each time, or name more or fewer of them. Any other answer decides nothing.</summary>
    private async Task RefreshAsync(Generation generation, ProviderAdapter adapter, CollectedMedia collected, FewerMedia fewer, AnswerMedia inline, TimeSpan left, CancellationToken stopping)
    {
        var state = generation.State;
        if (state.Job is not { } job)
        {
            return;
        }

        // Those of the answer before this one have had their turn.
        inline.Forget();
        using var limit = new CancellationTokenSource(left < LongestRefresh ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : LongestRefresh, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token);
        ProviderExchange? exchange;
        try
        {
            exchange = await JobQuestion.AskAsync(egress, adapter, state.JobLocation!, job, inline, either.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return;
        }

        if (JobQuestion.Read(exchange, adapter, job) is not JobOutcome.Succeeded { Media: { Count: > 0 } fresh } || (fresh.Count != collected.Count && collected.Received.Count > 0))
        {
            return;
        }

        if (fresh.Count < collected.Count)
        {
            fewer.Take(fresh);
        }
        else if (!fresh.Select(static m => m.Url).SequenceEqual(state.Sources.Select(static m => m.Url), StringComparer.Ordinal))
        {
            if (fresh.Count != collected.Count)
            {
                // Which of them was which is unknown.
                collected.Restart(fresh.Count);
            }

            if (fresh.Any(m => DataUri.Is(m.Url)))
            {
                // Bytes have no business in the database.
                generation.Update(s => s with { Sources = fresh });
            }
            else
            {
                await writer.WriteAsync(generation, s => s with { Sources = fresh });
            }
        }
    }

    private async ValueTask EndAsync(
        Generation generation, Func<GenerationState, GenerationState> before, CollectedMedia collected, IReadOnlyList<MediaSource> sources, int most, CancellationToken stopping)
    {
        if (collected.Delivered(sources) is not { Count: > 0 } received)
        {
            await FailAsync(generation, collected.Reason!);
            return;
        }

        var warningsOfEach = collected.Warnings(generation.State.Provider, sources);
        IReadOnlyList<MediaItem> items = [.. received.Select(i => i.ToItem())];
        IReadOnlyList<StoredMedia> files = [.. received.Select(i => i.Media)];
        var started = time.GetTimestamp();
        var isThere = await parked.TryUploadAsync(generation, received, stopping);
        generation.ProviderTime += time.GetElapsedTime(started);
        if (isThere)
        {
            await writer.SucceedAsync(generation, s => Delivered(Collected(s)), files);
            return;
        }

        // On the disk, and known to the store, before anything else: also to whoever takes the generation up after this process. Bytes have no business in the database.
        await writer.KeepAsync(generation, s => Parked(Collected(s)), files);

        GenerationState Delivered(GenerationState s) => s with { Result = s.Result! with { Media = items }, Sources = [], Parked = null };

        GenerationState Parked(GenerationState s) =>
            s with { Phase = GenerationPhase.Storing, Parked = items, Sources = [.. s.Sources.Select(m => DataUri.Is(m.Url) ? new MediaSource(m.Type, "") : m)] };

        GenerationState Collected(GenerationState s)
        {
            var next = before(s);
            IReadOnlyList<string> warnings = Completion.LessOf(next, collected.Count, most) is { } less ? [less, .. warningsOfEach] : warningsOfEach;
            return next with
            {
                Error = null,
                FailedAtProvider = false,
                Warnings = warnings.Count == 0 ? next.Warnings : [.. next.Warnings, .. warnings.Except(next.Warnings)],

                // What is not what was asked for, or less of it, is nobody else's result.
                CachePlan = warnings.Count == 0 && received.Count >= next.ResultsAsked ? next.CachePlan : null,
            };
        }
    }

    private void Forget(CollectedMedia collected)
    {
        foreach (var item in collected.Received)
        {
            media.Delete(item.Media.Id);
        }
    }

    private ValueTask<GenerationState> FailAsync(Generation generation, string reason)
    {
        var error = Failures.ResultLost(generation.State.Provider, reason, time.GetUtcNow());
        return writer.KeepEndAsync(
            generation,
            GenerationPhase.Failed,
            s => s.WithAttempt(a => a with { Code = error.Code }) with { Error = error, FailedAtProvider = true, Result = null, Parked = null });
    }

    private static TimeSpan Longer(TimeSpan a, TimeSpan b) => a > b ? a : b;

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
