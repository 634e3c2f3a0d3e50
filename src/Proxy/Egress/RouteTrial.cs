using System.Globalization;
using Microsoft.AspNetCore.Routing.Constraints;
using Microsoft.AspNetCore.Routing.Patterns;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Transforms.Builder;

namespace Framegate.Proxy.Egress;

/// <summary>
/// Makes of a route what YARP and the router make of it once it is in force. What fails there fails too late: YARP keeps the old
/// configuration, and a host that cannot be read ends every later change too.
/// </summary>
internal sealed class RouteTrial(ITransformBuilder transforms, ParameterPolicyFactory policies)
{
    private const string PathPattern = "PathPattern";

    /// <returns>Where in the route something is wrong, and what; nothing for a route that can be served.</returns>
    public IEnumerable<(string Part, string Reason)> FaultsOf(RouteConfig route, ClusterConfig cluster)
    {
        foreach (var host in (route.Match.Hosts ?? []).Where(h => !IsHost(h)))
        {
            yield return ("Match:Hosts", $"'{host}' is not a host: there are api.example.com, *.example.com, and either with a port, as in api.example.com:8443 or api.example.com:*.");
        }

        if (route.Match.Path is { } path && FaultOf(path) is { } unreadable)
        {
            yield return ("Match:Path", unreadable);
        }

        var patterns = (route.Transforms ?? []).Select(t => t.FirstOrDefault(p => p.Key.Equals(PathPattern, StringComparison.OrdinalIgnoreCase)).Value);
        if (patterns.OfType<string>().Select(FaultOf).OfType<string>().FirstOrDefault() is { } broken)
        {
            yield return ("Transforms", $"{PathPattern}: {broken}");
        }
        else if (TransformFaultOf(route, cluster) is { } failed)
        {
            yield return ("Transforms", failed);
        }
    }

    /// <summary>A name, with a port or without, as the router reads it.</summary>
    private static bool IsHost(string? host) => (host ?? "").Split(':') switch
    {
        [{ Length: > 0 }] => true,
        [{ Length: > 0 }, var port] => port == "*" || int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out _),
        _ => false,
    };

    /// <summary>Constraints are looked up, and their arguments read, when requests are matched.</summary>
    private string? FaultOf(string pattern)
    {
        try
        {
            var parsed = RoutePatternFactory.Parse(pattern);
            foreach (var parameter in parsed.Parameters)
            {
                foreach (var reference in parameter.ParameterPolicies)
                {
                    // The framework builds an expression when it is first matched.
                    _ = (policies.Create(parameter, reference) as RegexRouteConstraint)?.Constraint;
                }
            }

            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or RouteCreationException or RoutePatternException or FormatException or OverflowException)
        {
            return (e.InnerException ?? e).Message;
        }
    }

    private string? TransformFaultOf(RouteConfig route, ClusterConfig cluster)
    {
        try
        {
            transforms.Build(route, cluster);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or RoutePatternException or FormatException or NotSupportedException)
        {
            return (e.InnerException ?? e).Message;
        }
    }
}
