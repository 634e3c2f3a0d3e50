using System.Net.Http.Headers;
using Framegate.Plugins;

namespace Framegate.Transforms.Forwarding;

/// <summary>Puts the proof of the account into a call, where its adapter wants it: headers, or the query.</summary>
public static class CallSeal
{
    /// <summary>Puts it in; what stands in its place goes.</summary>
    /// <param name="adapter">The adapter.</param>
    /// <param name="key">The key.</param>
    /// <param name="call">The call without it.</param>
    /// <param name="headers">Takes headers.</param>
    /// <returns>The URL to call.</returns>
    public static Uri Apply(ProviderAdapter adapter, Secret key, OutgoingCall call, HttpRequestHeaders headers)
    {
        ArgumentNullException.ThrowIfNull(adapter);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(call);
        ArgumentNullException.ThrowIfNull(headers);
        if (adapter.KeyParameter is { } parameter)
        {
            var kept = call.Url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
                .Where(p => !Uri.UnescapeDataString(p.Split('=')[0]).Equals(parameter, StringComparison.OrdinalIgnoreCase));
            return new UriBuilder(call.Url) { Query = string.Join('&', kept.Append($"{parameter}={Uri.EscapeDataString(key.Reveal())}")) }.Uri;
        }

        foreach (var (name, value) in adapter.Sign(key, call))
        {
            headers.Remove(name);
            headers.TryAddWithoutValidation(name, value);
        }

        return call.Url;
    }
}
