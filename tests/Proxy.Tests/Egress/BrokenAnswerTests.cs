using System.Net;
using System.Text;
using Framegate.Plugins;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers.Flux;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.Egress;

/// <summary>What arrived before a connection broke: it counts where it is all that there is to say.</summary>
public sealed class BrokenAnswerTests
{
    [Theory]
    [InlineData("application/json", """{"id":"job-1"}""", true)]
    [InlineData("application/json", """[{"id":"job-1"}] and more""", true)]
    [InlineData(null, "\ufeff {\"id\":\"job-1\"}", true)]
    [InlineData("application/json", """{"id":"job-1" """, false)]
    [InlineData("text/html", "<style>a { b: c }</style><p>cut", false)]
    [InlineData("application/octet-stream", "\u0001\u0002}\u0003]\u0004", false)]
    [InlineData("application/octet-stream", "\u0001{\u0002}\u0003", false)]
    [InlineData("audio/pcm", "{\u0001}\u0002", false)]
    [InlineData("image/png", "\u0089PNG{}", false)]
    public async Task ABody_CountsWhereItIsAWholeDocument(string? type, string arrived, bool counts)
    {
        var adapter = new FluxAdapter();
        var exchange = new ProviderExchange(adapter, NativeCall.Submit, NativeRequest.PostJson("/", "{}"u8.ToArray()), [adapter.Name]);
        var context = new DefaultHttpContext();
        context.Features.Set(exchange);
        using var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new BreakingStream(Encoding.UTF8.GetBytes(arrived))) };
        response.Content.Headers.TryAddWithoutValidation("Content-Type", type is null ? [] : [type]);

        await AdapterTransformer.Instance.TransformResponseAsync(context, response, default);

        Assert.Equal((counts, counts, !counts), (exchange.Response is not null, exchange.BrokeOff, exchange.CutResponse is not null));
    }

    private sealed class BreakingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            await base.ReadAsync(buffer, cancellationToken) is > 0 and var read ? read : throw new HttpIOException(HttpRequestError.ResponseEnded);
    }
}
