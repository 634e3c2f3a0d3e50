using Framegate.Proxy.Common.Configuration;

namespace Framegate.Proxy.Selection.Destinations;

/// <summary>Weights and priorities of destinations are numbers.</summary>
internal sealed class DestinationRule : IConfigurationRule
{
    public ValueTask CheckAsync(ConfigurationCandidate candidate, CancellationToken cancellationToken)
    {
        foreach (var cluster in candidate.Clusters)
        {
            foreach (var (name, destination) in cluster.Destinations ?? new Dictionary<string, Yarp.ReverseProxy.Configuration.DestinationConfig>())
            {
                var path = $"{ProxyParser.Section}:Clusters:{cluster.ClusterId}:Destinations:{name}:Metadata";
                if (destination.Metadata?.GetValueOrDefault(DestinationTargets.Weight) is { } weight && !DestinationTargets.TryReadWeight(weight, out _))
                {
                    candidate.Refuse($"{path}:{DestinationTargets.Weight}", "It must be a number from 0 to 1000000.");
                }

                if (destination.Metadata?.GetValueOrDefault(DestinationTargets.Priority) is { } priority && !DestinationTargets.TryReadPriority(priority, out _))
                {
                    candidate.Refuse($"{path}:{DestinationTargets.Priority}", "It must be a whole number, 0 or more.");
                }
            }
        }

        return ValueTask.CompletedTask;
    }
}
