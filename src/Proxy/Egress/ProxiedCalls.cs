using System.Net;

namespace Framegate.Proxy.Egress;

/// <summary>Checks where a call goes that a proxy carries: the connection is opened to the proxy, so that nothing else would look at the address behind it.</summary>
/// <param name="inner">Sends.</param>
/// <param name="proxy">The proxy; null for none, and no check.</param>
/// <param name="check">Throws <see cref="PrivateAddressException"/> for an address that must not be called.</param>
internal sealed class ProxiedCalls(HttpMessageHandler inner, IWebProxy? proxy, Func<HttpRequestMessage, CancellationToken, ValueTask> check) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        OutboundProxy.OnTheWay(proxy, request.RequestUri!) is null ? base.SendAsync(request, cancellationToken) : CheckedAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> CheckedAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await check(request, cancellationToken);
        return await base.SendAsync(request, cancellationToken);
    }
}
