using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Egress;

/// <summary>What a failed call reveals about the provider.</summary>
internal static class TransportFailures
{
    // RFC 9113, section 8.7: a stream that is reset with it was not processed.
    private const long RefusedStream = 7;

    /// <summary>True when the connection failed before a byte of the request was written, or the provider reports it unread: nothing can have been accepted.</summary>
    public static bool NeverSent(ForwarderError error, Exception? exception) =>
        error is ForwarderError.RequestCreation or ForwarderError.NoAvailableDestinations
        || exception is HttpRequestException
        {
            HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError,
        }
        || IsRefusedStream(exception);

    /// <summary>
    /// True when the server has gone away before the stream (GOAWAY with a lower last stream) each time. The client sends such a request again by itself; when it gives up, it
    /// puts a message of its own around the server's error, which it passes on unchanged where the stream may have been processed.
    /// </summary>
    private static bool IsRefusedAgain(ProviderExchange exchange) =>
        exchange is { Sendings: > 1, Exception: HttpRequestException { InnerException: HttpProtocolException inner } outer } && outer.Message != inner.Message;

    private static bool IsRefusedStream(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is HttpProtocolException { ErrorCode: RefusedStream })
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The failure of an exchange that left no answer.</summary>
    public static ProviderFailure FromTransport(ProviderExchange exchange)
    {
        if (exchange.Unprepared is { } unprepared)
        {
            return unprepared;
        }

        var provider = exchange.Adapter.Name;
        if (exchange is { NothingAvailable: true, Suspended: { Code: var reason } })
        {
            var why = reason == ErrorCode.InsufficientCredits ? "its account was empty" : "its key was refused";
            return ProviderFailure.NotAccepted(reason, $"Nothing is sent to {provider}: at an earlier request {why}, and its probe has not succeeded since.") with { Cause = $"nothing was sent, since {why}" };
        }

        if (exchange.NothingAvailable)
        {
            return ProviderFailure.NotAccepted(ErrorCode.ProviderError, $"No destination of {provider} is available.") with
            {
                Retryable = true,
                RetryAfter = exchange.AvailableAfter,
            };
        }

        if (exchange.NoCredentials)
        {
            return ProviderFailure.NotAccepted(ErrorCode.AuthenticationFailed, $"No access token could be made for {provider} from the key that is configured.");
        }

        if (exchange.Status != 0)
        {
            // A status and half a body: a refusal stays a refusal, anything else may have been accepted.
            var failure = exchange.Adapter.ReadError(
                new NativeResponse(exchange.Status, System.Collections.Frozen.FrozenDictionary<string, string>.Empty, default), exchange.Operation);
            return exchange.Status is >= 400 and < 500
                ? failure
                : new ProviderFailure(ErrorCode.NetworkError, $"The answer of {provider} broke off.");
        }

        var cause = TransportCause.Of(exchange.Error, exchange.Exception);
        if (exchange is { OnSending: not null, Sent: false } || NeverSent(exchange.Error, exchange.Exception) || IsRefusedAgain(exchange))
        {
            return ProviderFailure.NotAccepted(ErrorCode.NetworkError, $"{provider} cannot be reached: {cause}.") with { Cause = cause };
        }

        return exchange.Error == ForwarderError.RequestTimedOut
            ? new ProviderFailure(ErrorCode.Timeout, $"{provider} did not answer in time.") { Cause = cause }
            : new ProviderFailure(ErrorCode.NetworkError, $"The connection to {provider} broke before it answered.") { Cause = cause };
    }
}
