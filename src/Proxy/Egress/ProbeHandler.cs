using System.Diagnostics;
using Framegate.Plugins;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Egress;

/// <summary>Completes YARP's active probes: puts the key in, reads the answer within the probe's time, and takes the time. Other calls pass as they are.</summary>
internal sealed class ProbeHandler(HttpMessageHandler inner, ProviderKeys keys) : DelegatingHandler(inner)
{
    private const int LargestAnswer = 256 * 1024;

    /// <summary>Marks a probe.</summary>
    public static HttpRequestOptionsKey<Probe> Key { get; } = new("framegate-probe");

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(Key, out var probe) ? ProbeAsync(request, probe, cancellationToken) : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> ProbeAsync(HttpRequestMessage request, Probe probe, CancellationToken cancellationToken)
    {
        if (await keys.ResolveAsync(probe.Adapter, probe.KeyVariable, renew: false, cancellationToken) is { } key)
        {
            request.RequestUri = CallSeal.Apply(probe.Adapter, key, new OutgoingCall(request.Method.Method, request.RequestUri!, default, keys.Now), request.Headers);
        }

        var started = Stopwatch.GetTimestamp();
        var response = await base.SendAsync(request, cancellationToken);
        await response.Content.LoadIntoBufferAsync(LargestAnswer, cancellationToken);
        probe.Took = Stopwatch.GetElapsedTime(started);
        return response;
    }

    /// <summary>One probe.</summary>
    internal sealed record Probe(ProviderAdapter Adapter, string? KeyVariable)
    {
        /// <summary>How long it took; zero when it was not answered.</summary>
        public TimeSpan Took { get; set; }
    }
}
