using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Engine.Submit;

/// <summary>
/// Uploads the inputs that a submit names, at the destination that was picked for it and with the same key. Nothing is written down before and nothing is paid: whatever goes wrong
/// here, the submit has not been sent.
/// </summary>
internal sealed class SubmitPreparation(IEgress egress, ProviderTable providers, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>Does it, and puts the submit in its place.</summary>
    /// <param name="exchange">The submit as it was mapped; where an upload fails, it takes the reason.</param>
    /// <param name="destination">The destination.</param>
    /// <param name="preparation">What is to be done.</param>
    /// <param name="fill">Puts the id of the attempt in.</param>
    /// <param name="left">How long the caller waits; a submit that is late is not begun.</param>
    /// <returns>False when an upload has failed.</returns>
    public async Task<bool> RunAsync(ProviderExchange exchange, DestinationState destination, NativePreparation preparation, Func<NativeRequest, NativeRequest> fill, TimeSpan left)
    {
        var held = exchange.Request.Held;
        var location = providers.LocationOf(exchange.Adapter, exchange.Clusters[0], destination);
        var given = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        using var limit = new CancellationTokenSource(left < Longest ? (left > TimeSpan.Zero ? left : TimeSpan.Zero) : Longest, time);
        foreach (var upload in preparation.Uploads)
        {
            var request = PlacedId.FillNew(upload.Build(given)) with { Held = held };
            if (await SendAsync(exchange.Adapter, location, upload, request, given, limit.Token) is { } failure)
            {
                exchange.Unprepared = failure with { Acceptance = Acceptance.No, Billed = Billed.No, Cost = null, Message = $"An input could not be uploaded: {failure.Message}" };
                return false;
            }
        }

        exchange.Request = fill(preparation.Submit(given)) with { Held = held };
        return true;
    }

    /// <returns>Why it failed; null where it did not.</returns>
    private async Task<ProviderFailure?> SendAsync(
        ProviderAdapter adapter, JobLocation location, NativeUpload upload, NativeRequest request, Dictionary<string, JsonElement> given, CancellationToken limit)
    {
        ProviderExchange? sent;
        try
        {
            sent = await egress.SendToAsync(adapter, location, NativeCall.Upload, request, null, null, limit);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new ProviderFailure(ErrorCode.Timeout, $"{adapter.Name} did not answer in time.");
        }

        if (sent is null)
        {
            return new ProviderFailure(ErrorCode.ProviderError, "the address is none of the provider's.");
        }

        if (sent.Response is not { } response)
        {
            return TransportFailures.FromTransport(sent);
        }

        if (response.IsSuccess && upload.Read(response) is { } more)
        {
            foreach (var (name, value) in more)
            {
                given[name] = value;
            }

            return null;
        }

        return RetryAfterDate.AddTo(adapter.ReadError(response, NativeCall.Submit), response, time.GetUtcNow());
    }
}
