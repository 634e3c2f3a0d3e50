using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Selection.Health;

/// <summary>A passive policy that judges nothing: the breaker alone decides what is well, and YARP's own policies would overrule it with each request.</summary>
internal sealed class BreakerPassivePolicy : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "FramegateBreaker";

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
    }
}
