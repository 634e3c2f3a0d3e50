using System.Collections.Concurrent;
using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Webhooks;

namespace Framegate.Proxy.Engine.Webhooks;

/// <summary>Checks the signatures of providers' calls with the keys that the providers publish. The keys are asked for when needed and kept for a while.</summary>
internal sealed class WebhookKeys(IEgress egress, TimeProvider time)
{
    private const int MostKept = 500;
    private static readonly TimeSpan s_kept = TimeSpan.FromHours(12);

    /// <summary>How often a signature that does not fit makes the keys be asked for again: they may have changed, or somebody may be trying.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Provider, string Address), (byte[] Keys, DateTimeOffset At)> _known = new();

    /// <summary>Whether a call is the provider's.</summary>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="signature">How it signs.</param>
    /// <param name="location">Where the job was born.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">The caller has gone.</param>
    /// <returns>False for one that is signed by nobody or somebody else, and where the keys cannot be had: the polls go on.</returns>
    public async ValueTask<bool> IsGenuineAsync(
        ProviderAdapter adapter, WebhookSignature signature, JobLocation location, WebhookCall call, CancellationToken cancellationToken)
    {
        var place = (adapter.Name, location.Address);
        var now = time.GetUtcNow();
        if (_known.TryGetValue(place, out var known) && now - known.At < s_kept)
        {
            if (WebhookProof.IsGenuine(signature.Scheme, call, known.Keys, now))
            {
                return true;
            }

            if (now - known.At < s_pause)
            {
                return false;
            }
        }

        if (await AskAsync(adapter, signature, location, cancellationToken) is not { } keys)
        {
            return false;
        }

        if (_known.Count >= MostKept)
        {
            _known.Clear();
        }

        _known[place] = (keys, now);
        return WebhookProof.IsGenuine(signature.Scheme, call, keys, now);
    }

    private async Task<byte[]?> AskAsync(ProviderAdapter adapter, WebhookSignature signature, JobLocation location, CancellationToken cancellationToken)
    {
        // A stand-in on this machine publishes the keys it signs with itself.
        var (operation, target) = signature.Scheme == WebhookScheme.Standard ? (NativeCall.Find, signature.Keys)
            : (NativeCall.Download, new Uri(location.Address).IsLoopback ? new Uri(signature.Keys).AbsolutePath : signature.Keys);
        var exchange = await egress.SendToAsync(adapter, location, operation, NativeRequest.Get(target), null, null, cancellationToken);
        return exchange?.Response is { IsSuccess: true } answer ? answer.Json.ToArray() : null;
    }
}
