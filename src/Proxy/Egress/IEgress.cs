using Framegate.Plugins;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Egress;

/// <summary>The one way out to providers.</summary>
internal interface IEgress
{
    /// <summary>Sends a call to a destination that the load balancing policy picks.</summary>
    /// <returns>When the exchange holds its outcome. Upstream failures do not throw.</returns>
    /// <exception cref="OperationCanceledException">The token was cancelled before or while sending.</exception>
    Task SendAsync(ProviderExchange exchange, CancellationToken cancellationToken);

    /// <summary>Sends a call about a job to the place where the job was born, or to a URL that place has given out.</summary>
    /// <param name="adapter">The adapter of the provider.</param>
    /// <param name="jobLocation">The place where the job was born.</param>
    /// <param name="operation">What is asked.</param>
    /// <param name="request">The call.</param>
    /// <param name="consume">Takes an answer with a file in it while it streams; null to have it in memory.</param>
    /// <param name="sink">Takes a JSON answer while it comes in; null to have all of it in memory.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The exchange with its outcome; null when the adapter does not trust the URL.</returns>
    Task<ProviderExchange?> SendToAsync(
        ProviderAdapter adapter,
        JobLocation jobLocation,
        NativeCall operation,
        NativeRequest request,
        Func<HttpResponseMessage, CancellationToken, Task>? consume,
        IAnswerSink? sink,
        CancellationToken cancellationToken);
}
