using System.Net;
using System.Text;
using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers.Flux;

namespace Framegate.Proxy.Tests.Egress;

/// <summary>The client repeats what a used connection has lost by itself, below everything that counts. What a pace is promised for, and what costs money, goes out once.</summary>
public sealed class SentOnceTests
{
    private const int RefusedStream = 7;
    private static readonly byte[] _end = "\r\n\r\n"u8.ToArray();
    private static readonly byte[] _answer = Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}");

    [Theory]
    [InlineData(NativeCall.Poll, 2)]
    [InlineData(NativeCall.Download, 2)]
    [InlineData(NativeCall.Find, 2)]
    [InlineData(NativeCall.Submit, 2)]
    [InlineData(NativeCall.Cancel, 3)] // nothing is cancelled twice
    public async Task Http1_AUsedConnectionCloses_NothingIsAskedAgain(NativeCall call, int requests)
    {
        var received = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadUntilAsync(_end);
            Interlocked.Increment(ref received);
            await connection.WriteAsync(_answer);
            await connection.ReadUntilAsync(_end);
            Interlocked.Increment(ref received);
        });
        using var client = Client();

        var first = await SendAsync(client, call, server.Address, HttpVersion.Version11);
        var second = await SendAsync(client, call, server.Address, HttpVersion.Version11);

        Assert.Equal((null, call == NativeCall.Cancel), (first, second is null));
        Assert.Equal(requests, received);
    }

    [Fact]
    public async Task Http2_AStreamIsRefusedEachTime_APollIsAskedOnce()
    {
        var received = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.GreetAsync();
            while (true)
            {
                var stream = await connection.ReadRequestAsync(wholeBody: false);
                Interlocked.Increment(ref received);
                await connection.ResetStreamAsync(stream, RefusedStream);
            }
        });
        using var client = Client();

        Assert.NotNull(await SendAsync(client, NativeCall.Poll, server.Address, HttpVersion.Version20));
        Assert.Equal(1, received);
    }

    private static HttpMessageInvoker Client()
    {
        var handler = new SocketsHttpHandler();
        SentOnce.Watch(handler);
        return new HttpMessageInvoker(handler);
    }

    private static async Task<Exception?> SendAsync(HttpMessageInvoker client, NativeCall call, Uri address, Version version)
    {
        var exchange = new ProviderExchange(new FluxAdapter(), call, NativeRequest.Get("/"), ["flux"]);
        using var message = new HttpRequestMessage(HttpMethod.Get, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        message.Options.Set(OutgoingMessage.Key, new OutgoingMessage(exchange));
        message.Headers.TryAddWithoutValidation("User-Agent", "Framegate/0.1");
        try
        {
            using var response = await client.SendAsync(message, CancellationToken.None);
            await response.Content.LoadIntoBufferAsync();
            return null;
        }
        catch (HttpRequestException e)
        {
            return e;
        }
    }
}
