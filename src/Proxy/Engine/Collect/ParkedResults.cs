using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Engine.Open;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Engine.Collect;

/// <summary>
/// Results that have arrived, and wait in the data folder for the bucket. They are paid for: while the bucket is away they wait without an end, over restarts too, and the generation
/// is no success before the bucket has them.
/// </summary>
internal sealed class ParkedResults(MediaStore media, GenerationWriter writer, IOptions<JobsOptions> options, TimeProvider time, ILogger<ParkedResults> logger)
{
    private const string Target = "bucket";
    private const int MostTries = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);

    // What takes longer is written down first: nothing else knows of it until then.
    private static readonly TimeSpan LongestUnwritten = TimeSpan.FromSeconds(5);
    private readonly Bulkhead _gate = new(options.Value.DownloadParallelism, options.Value.DownloadParallelism);

    /// <summary>Puts what has just arrived into the bucket, in one try.</summary>
    /// <returns>False when it is not there, or not for a while.</returns>
    public async Task<bool> TryUploadAsync(Generation generation, IReadOnlyList<ReceivedMedia> received, CancellationToken stopping)
    {
        if (!media.HasBucket)
        {
            return true;
        }

        using var limit = new CancellationTokenSource(LongestUnwritten, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stopping);
        try
        {
            using var place = await _gate.EnterAsync(Target, generation.State.Client, either.Token);
            foreach (var item in received)
            {
                await media.UploadAsync(item.Media.Id, item.Media.ContentType, either.Token);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Waits until the bucket has them, and ends the generation.</summary>
    /// <param name="generation">The generation.</param>
    /// <param name="fetchAgain">Fetches them again, and parks them here or ends the generation; false where that cannot be done.</param>
    /// <param name="stopping">Stops.</param>
    /// <returns>False when they are nowhere, and what is left is to collect them as if they had never been here.</returns>
    public async Task<bool> RunAsync(Generation generation, Func<Task<bool>> fetchAgain, CancellationToken stopping)
    {
        DateTimeOffset? missedAt = null;
        var tries = 0;
        using var wake = CancellationTokenSource.CreateLinkedTokenSource(stopping, generation.Cancelled.Token);
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            stopping.ThrowIfCancellationRequested();
            if (generation.State.CancelRequested)
            {
                await Cancellation.EndAsync(writer, generation, time.GetUtcNow());
                return true;
            }

            var items = generation.State.Parked!;
            try
            {
                if (await AreThereAsync(generation, items, stopping))
                {
                    await writer.SucceedAsync(generation, s => s with { Result = s.Result! with { Media = items }, Sources = [], Parked = null });
                    return true;
                }

                // They lie in the data folder of another replica, which puts them there once it is back.
                missedAt ??= generation.Clock.Now;
                Report("it is not here, and waits for the replica that has it");
                if (generation.Clock.Now - missedAt >= options.Value.LateResultWindow)
                {
                    generation.Update(static s => s with { Parked = null, DownloadTrouble = "the replica that has it has not come back" });
                    return false;
                }
            }
            catch (IOException e)
            {
                // Not in its words: they may name what lies behind the gateway.
                Report("the bucket of media cannot be used", e.Message);
            }

            if (items.Any(i => !File.Exists(media.PathOf(i.Id))) && tries++ < MostTries && await fetchAgain())
            {
                // Its address lives for some time; the other replica's disk may not.
                if (!generation.State.IsOpen)
                {
                    return true;
                }

                missedAt = null;
            }

            generation.ProviderTime += pause;
            await Pause.ForAsync(pause, time, wake.Token);
        }

        void Report(string trouble, string? reason = null)
        {
            if (generation.State.DownloadTrouble != trouble)
            {
                Log.ResultWaits(logger, generation.State.ShownId, reason ?? trouble);
                generation.Update(s => s with { DownloadTrouble = trouble });
            }
        }
    }

    private async Task<bool> AreThereAsync(Generation generation, IReadOnlyList<MediaItem> items, CancellationToken stopping)
    {
        using var place = await _gate.EnterAsync(Target, generation.State.Client, stopping);
        foreach (var item in items)
        {
            if (!await media.EnsureInBucketAsync(item.Id, item.ContentType, item.Bytes, item.Sha256, stopping))
            {
                return false;
            }
        }

        return true;
    }
}
