using System.Net.Sockets;
using System.Security.Authentication;
using Framegate.Proxy.Egress;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Tests.Egress;

public sealed class TransportCauseTests
{
    public static TheoryData<Exception?, string> Causes { get; } = new()
    {
        { Wrapped(HttpRequestError.NameResolutionError, new SocketException((int)SocketError.HostNotFound)), "its name is not known" },
        { Wrapped(HttpRequestError.ConnectionError, new SocketException((int)SocketError.ConnectionRefused)), "the connection is refused" },
        { Wrapped(HttpRequestError.ConnectionError, new OperationCanceledException()), "no connection is made in time" },
        {
            Wrapped(
                HttpRequestError.SecureConnectionError,
                new AuthenticationException("The remote certificate is invalid because of errors in the certificate chain: UntrustedRoot")),
            "its certificate is not trusted (UntrustedRoot)"
        },
        {
            Wrapped(
                HttpRequestError.SecureConnectionError,
                new AuthenticationException("The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch")),
            "its certificate is not trusted (RemoteCertificateNameMismatch)"
        },
        { Wrapped(HttpRequestError.SecureConnectionError, new AuthenticationException("Authentication failed, see inner exception.")), "TLS cannot be agreed on" },
        {
            new HttpRequestException(HttpRequestError.ProxyTunnelError, "The proxy tunnel request to proxy 'http://u:p@proxy/' failed", null, System.Net.HttpStatusCode.Forbidden),
            "the proxy does not let it through (HTTP 403)"
        },
        { new IOException("secret", new SocketException((int)SocketError.ConnectionReset)), "the connection was reset" },
        { new IOException("secret"), "the connection broke" },
        { null, "the connection broke" },
    };

    [Theory]
    [MemberData(nameof(Causes))]
    public void Of_Failure_SaysWhatToMendAndNothingElse(Exception? exception, string cause) => Assert.Equal(cause, TransportCause.Of(ForwarderError.Request, exception));

    private static HttpRequestException Wrapped(HttpRequestError error, Exception inner) => new(error, "to https://host/?key=secret", inner);
}
