using System.Diagnostics;
using Framegate.Plugins;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;

namespace Framegate.Proxy.Media;

/// <summary>Fetches one result from its provider into the media store.</summary>
internal sealed class MediaDownloader(IEgress egress, MediaStore store, FramegateMetrics metrics)
{
    /// <summary>Fetches it.</summary>
    /// <returns>How it ended, and how long it took.</returns>
    public async Task<(MediaFetch Fetch, TimeSpan Elapsed)> FetchAsync(
        ProviderAdapter adapter, JobLocation jobLocation, MediaSource source, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var fetch = source.Url.StartsWith("data:", StringComparison.Ordinal)
            ? await DecodeAsync(source, cancellationToken)
            : await DownloadAsync(adapter, jobLocation, source, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        metrics.ProviderLatency(adapter.Name, NativeCall.Download, elapsed);
        return (fetch, elapsed);
    }

    private async Task<MediaFetch> DownloadAsync(ProviderAdapter adapter, JobLocation jobLocation, MediaSource source, CancellationToken cancellationToken)
    {
        ReceivedMedia? received = null;
        string? unfit = null;
        var exchange = await egress.SendToAsync(
            adapter,
            jobLocation,
            NativeCall.Download,
            adapter.BuildDownload(source),
            async (response, token) =>
            {
                try
                {
                    await using var stream = await response.Content.ReadAsStreamAsync(token);
                    received = await store.ReceiveAsync(
                        stream, source.Type, response.Content.Headers.ContentType?.MediaType ?? source.ContentType, token);
                }
                catch (InvalidDataException e)
                {
                    unfit = e.Message;
                }
            },
            cancellationToken);
        if (received is not null)
        {
            return new MediaFetch(received);
        }

        return exchange switch
        {
            null => new MediaFetch(null, "its URL is outside the provider's own hosts", IsFinal: true),
            { Status: 400 or 401 or 403 or 404 or 410 } => new MediaFetch(null, $"the URL answers {exchange.Status}", IsFinal: true),
            { Status: not 0 } when unfit is not null => new MediaFetch(null, unfit, IsUnfit: true),
            { Status: >= 300 } => new MediaFetch(null, $"the URL answers {exchange.Status}"),
            _ => new MediaFetch(null, "the connection broke"),
        };
    }

    private async Task<MediaFetch> DecodeAsync(MediaSource source, CancellationToken cancellationToken)
    {
        try
        {
            var comma = source.Url.IndexOf(',', StringComparison.Ordinal);
            using var bytes = new MemoryStream(Convert.FromBase64String(source.Url[(comma + 1)..]), writable: false);
            return new MediaFetch(await store.ReceiveAsync(bytes, source.Type, source.ContentType, cancellationToken));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException)
        {
            return new MediaFetch(null, e.Message, IsFinal: true);
        }
    }
}
