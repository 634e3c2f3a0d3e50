using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Egress;

/// <summary>Lets a submit be written down at the last moment: on an open connection, before a byte of it leaves. Other calls pass as they are.</summary>
internal sealed class SubmitHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        request.Options.TryGetValue(AdapterTransformer.Sending, out var exchange) ? SubmitAsync(request, exchange, cancellationToken) : base.SendAsync(request, cancellationToken);

    private async Task<HttpResponseMessage> SubmitAsync(HttpRequestMessage request, ProviderExchange exchange, CancellationToken cancellationToken)
    {
        if (exchange.Body is { } body)
        {
            var content = new SubmitContent(exchange, body);
            content.Headers.TryAddWithoutValidation("Content-Type", exchange.Request.Body!.ContentType);
            request.Content = content;
        }
        else
        {
            await exchange.BeginAsync();
            exchange.OnLeaving?.Invoke();
            exchange.Sent = true;
        }

        var response = await base.SendAsync(request, cancellationToken);

        // Over HTTP/2 an answer may come before the body was asked for.
        await exchange.BeginAsync();
        return response;
    }
}
