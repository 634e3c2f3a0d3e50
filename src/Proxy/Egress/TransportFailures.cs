using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Egress;

/// <summary>What a failed call tells about the provider.</summary>
internal static class TransportFailures
{
    /// <summary>True when the connection failed before a byte of the request was written: the provider cannot have accepted anything.</summary>
    public static bool NeverSent(ForwarderError error, Exception? exception) =>
        error is ForwarderError.RequestCreation or ForwarderError.NoAvailableDestinations
        || exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        };
}
