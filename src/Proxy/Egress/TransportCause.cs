using System.Net.Sockets;
using System.Security.Authentication;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Egress;

/// <summary>Why a call got no answer, in words that name what to mend. Nothing of the call is in them, neither an address nor a header.</summary>
internal static class TransportCause
{
    private const string Untrusted = "The remote certificate";

    /// <summary>The first cause that is known, from outside in.</summary>
    public static string Of(ForwarderError error, Exception? exception)
    {
        return Known(exception) ?? error switch
        {
            ForwarderError.RequestTimedOut => "it does not answer in time",
            ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled or ForwarderError.ResponseBodyCanceled => "the call was cancelled",
            ForwarderError.RequestBodyDestination or ForwarderError.ResponseBodyDestination or ForwarderError.Request => "the connection broke",
            _ => error.ToString(),
        };
    }

    /// <summary>Why a call of a client of our own got no answer.</summary>
    public static string Of(HttpRequestException exception) => Known(exception) ?? exception.HttpRequestError.ToString();

    /// <summary>Whether the address leads nowhere: its name is not known, or it may not be called. Nothing was sent.</summary>
    public static bool IsNoPlace(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is PrivateAddressException or SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData })
            {
                return true;
            }
        }

        return false;
    }

    private static string? Known(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (Word(exception) is { } cause)
            {
                return cause;
            }
        }

        return null;
    }

    private static string? Word(Exception exception) => exception switch
    {
        PrivateAddressException e => e.Message.TrimEnd('.'),
        SocketException e => OfSocket(e.SocketErrorCode),
        AuthenticationException e => e.Message.StartsWith(Untrusted, StringComparison.Ordinal)
            ? $"its certificate is not trusted ({e.Message[(e.Message.LastIndexOf(':') + 1)..].Trim()})"
            : "TLS cannot be agreed on",
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } e => $"the proxy does not let it through{(e.StatusCode is { } status ? $" (HTTP {(int)status})" : "")}",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError, InnerException: OperationCanceledException } => "no connection is made in time",
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => "it does not speak HTTP",
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => "its answer is beyond all bounds",
        HttpProtocolException => "it has ended the stream",
        _ => null,
    };

    private static string OfSocket(SocketError error) => error switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain or SocketError.NoRecovery => "its name is not known",
        SocketError.ConnectionRefused => "the connection is refused",
        SocketError.TimedOut => "no connection is made in time",
        SocketError.NetworkUnreachable or SocketError.HostUnreachable or SocketError.NetworkDown or SocketError.HostDown => "no way leads to its network",
        SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown => "the connection was reset",
        SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable or SocketError.AddressNotAvailable => $"this machine has no connection left ({error})",
        _ => error.ToString(),
    };
}
