using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Microsoft.Extensions.Options;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;
using DestinationHealthState = Yarp.ReverseProxy.Model.DestinationHealth;

namespace Framegate.Proxy.Selection.Health;

/// <summary>What the answers to active probes mean: its adapter reads them. A refused key or an empty account takes the destination out at once.</summary>
internal sealed class ProbePolicy(HealthRegistry registry, IDestinationHealthUpdater updater, IOptionsMonitor<BreakerOptions> options) : IActiveHealthCheckPolicy
{
    public const string PolicyName = "FramegateProbe";

    public string Name => PolicyName;

    public void ProbingCompleted(ClusterState cluster, IReadOnlyList<DestinationProbingResult> probingResults)
    {
        var verdicts = new List<NewActiveDestinationHealth>(probingResults.Count);
        foreach (var result in probingResults)
        {
            var health = registry.For(cluster.ClusterId, result.Destination.DestinationId);
            var failure = FailureOf(result);
            health.FailedProbes = failure is null ? 0 : health.FailedProbes + 1;
            if (failure?.Code is ErrorCode.AuthenticationFailed or ErrorCode.InsufficientCredits)
            {
                registry.Suspend(health, failure.Code);
            }
            else if (failure?.Code == ErrorCode.RateLimitExceeded)
            {
                health.Score.Limited();
                health.FailedProbes = 0;
            }
            else if (failure is not null)
            {
                health.Score.Failed();
            }

            verdicts.Add(new NewActiveDestinationHealth(
                result.Destination,
                health.FailedProbes >= options.CurrentValue.ProbeFailures ? DestinationHealthState.Unhealthy : DestinationHealthState.Healthy));
        }

        updater.SetActive(cluster, verdicts);
    }

    private static ProviderFailure? FailureOf(DestinationProbingResult result)
    {
        if (result.Response is not { } response)
        {
            return ProviderFailure.NotAccepted(ErrorCode.NetworkError, "The probe was not answered.");
        }

        if (response.RequestMessage is not { } request || !request.Options.TryGetValue(ProbeHandler.Key, out var probe))
        {
            return response.IsSuccessStatusCode ? null : ProviderFailure.NotAccepted(ErrorCode.ProviderError, "The probe was refused.");
        }

        // The handler has read it already, so nothing waits here.
        using var body = new MemoryStream();
        response.Content.ReadAsStream().CopyTo(body);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated)
        {
            headers[name] = values.ToString();
        }

        return probe.Adapter.ReadProbe(new NativeResponse((int)response.StatusCode, headers, body.ToArray()));
    }
}
