using System.Diagnostics;
using Framegate.Plugins;
using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Media;

/// <summary>Fetches one result from its provider into the media store.</summary>
internal sealed class MediaDownloader(IEgress egress, MediaStore store, InputFolder inputs, SecretVault vault, FramegateMetrics metrics)
{
    /// <summary>Fetches it.</summary>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="jobLocation">Where the job lives.</param>
    /// <param name="source">The result.</param>
    /// <param name="owner">Whose it will be: a client, or <see cref="MediaOwner.Everybody"/>.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>How it ended, and how long it took.</returns>
    public async Task<(MediaFetch Fetch, TimeSpan Elapsed)> FetchAsync(
        ProviderAdapter adapter, JobLocation jobLocation, MediaSource source, string owner, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var fetch = DataUri.Is(source.Url)
            ? await DecodeAsync(source, owner, cancellationToken)
            : await DownloadAsync(adapter, jobLocation, source, owner, cancellationToken);
        var elapsed = Stopwatch.GetElapsedTime(started);
        metrics.ProviderLatency(jobLocation.Cluster, NativeCall.Download, elapsed);
        if (fetch.Received is { } received)
        {
            metrics.MediaDownloaded(jobLocation.Cluster, received.Media.Bytes);
        }

        return (fetch, elapsed);
    }

    private async Task<MediaFetch> DownloadAsync(ProviderAdapter adapter, JobLocation jobLocation, MediaSource source, string owner, CancellationToken cancellationToken)
    {
        if (MediaAddress.Of(source, jobLocation.Address) is not { } address)
        {
            return source.Url.Length == 0
                ? new MediaFetch(null, "the provider gives no address for it", IsFinal: true)
                : new MediaFetch(null, "the provider gives an address that cannot be fetched");
        }

        ReceivedMedia? received = null;
        Exception? unfit = null;
        using var silence = store.Silence();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silence.Token);
        ProviderExchange? exchange;
        try
        {
            exchange = await SendAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return received is not null ? new MediaFetch(received) : new MediaFetch(null, "the server does not answer");
        }

        return received is not null ? new MediaFetch(received) : exchange switch
        {
            null => new MediaFetch(null, "its URL is outside the provider's own hosts"),
            _ when unfit is not null => new MediaFetch(null, vault.Mask.Apply(unfit.Message), unfit is MediaTooLargeException),
            { Response: { } response } => new MediaFetch(null, $"the URL answers {exchange.Status}", RetryAfter: response.RetryAfter),
            _ when PrivateAddressException.IsCauseOf(exchange.Exception) => new MediaFetch(null, "its URL leads to a private address that Framegate:Security:PrivateAddresses does not name"),
            _ => new MediaFetch(null, "the connection broke"),
        };

        Task<ProviderExchange?> SendAsync(CancellationToken limit) => egress.SendToAsync(
            adapter,
            jobLocation,
            NativeCall.Download,
            adapter.BuildDownload(source with { Url = address }),
            async (response, token) =>
            {
                // From here on the store sees that it flows.
                silence.CancelAfter(Timeout.InfiniteTimeSpan);
                try
                {
                    CheckPart(response);
                    store.CheckLength(response.Content.Headers.ContentLength);
                    await using var stream = await ContentCoding.OpenAsync(response.Content, token);
                    received = await store.ReceiveAsync(
                        stream,
                        source.Type,
                        vault.Mask.Apply(response.Content.Headers.ContentType?.MediaType ?? source.ContentType ?? ""),
                        MediaDigest.Of(response),
                        owner,
                        token);
                }
                catch (Exception e) when (e is InvalidDataException or MediaTooLargeException)
                {
                    unfit = e;
                }
            },
            null,
            limit);
    }

    /// <summary>A part is the whole only when its headers state so.</summary>
    private static void CheckPart(HttpResponseMessage response)
    {
        if (response.StatusCode == System.Net.HttpStatusCode.PartialContent
            && !(response.Content.Headers.ContentRange is { From: 0, To: { } last, Length: { } length } && last == length - 1))
        {
            throw new InvalidDataException("it is only a part");
        }
    }

    private async Task<MediaFetch> DecodeAsync(MediaSource source, string owner, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream bytes = inputs.Find(source.Url)?.Open() ?? new MemoryStream(DataUri.BytesOf(source.Url), writable: false);
            return new MediaFetch(await store.ReceiveAsync(bytes, source.Type, source.ContentType, null, owner, cancellationToken));
        }
        catch (Exception e) when (e is FormatException or InvalidDataException or MediaTooLargeException)
        {
            return new MediaFetch(null, e is FormatException ? "its bytes are no base64" : e.Message, e is MediaTooLargeException);
        }
    }
}
