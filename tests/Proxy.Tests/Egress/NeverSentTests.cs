using System.Net;
using System.Net.Sockets;
using Framegate.Plugins;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;
using Framegate.Transforms.Providers.Flux;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace Framegate.Proxy.Tests.Egress;

/// <summary>What a broken submit says about the provider, with servers that break it in every way.</summary>
public sealed class NeverSentTests
{
    private const int RefusedStream = 7;
    private const int InternalError = 2;
    private const int Small = 2_000;
    private const int Large = 20_000_000;

    /// <summary>HTTP/1.1: what the server does, the size of the body, whether the provider may have a job, and whether the attempt was written down.</summary>
    public static TheoryData<string, int, Acceptance, bool> Broken { get; } = new()
    {
        { "refuses the connection", Small, Acceptance.No, false },
        { "resets when something has come", Small, Acceptance.Unknown, true },
        { "resets in the middle of the body", Large, Acceptance.No, true },
        { "reads all and closes", Small, Acceptance.Unknown, true },
        { "reads all and closes", 100_000, Acceptance.Unknown, true },
    };

    /// <summary>HTTP/2: the same.</summary>
    public static TheoryData<string, Acceptance> BrokenStreams { get; } = new()
    {
        { "refuses the stream", Acceptance.No },
        { "refuses the stream after the body", Acceptance.No },
        { "goes away before the stream", Acceptance.No },
        { "goes away before the stream, with an error", Acceptance.No },
        { "goes away after the stream", Acceptance.Unknown },
        { "goes away after the stream, in peace", Acceptance.Unknown },
        { "breaks the stream", Acceptance.Unknown },
        { "closes", Acceptance.Unknown },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public async Task Submit_Http1_IsUnknownOnlyWhereTheWholeRequestMayHaveArrived(string what, int size, Acceptance acceptance, bool begun)
    {
        await using var server = new RawServer(async connection =>
        {
            switch (what)
            {
                case "resets when something has come":
                    await connection.ReadAsync(1);
                    connection.Reset();
                    break;
                case "resets in the middle of the body":
                    await connection.ReadAsync(size / 10);
                    connection.Reset();
                    break;
                default:
                    await connection.ReadUntilAsync("\r\n\r\n"u8.ToArray());
                    await connection.ReadAsync(size);
                    break;
            }
        });
        var address = what == "refuses the connection" ? NobodyListens() : server.Address;

        var (exchange, writes) = await SendAsync(address, HttpVersion.Version11, size);

        Assert.Equal(acceptance, TransportFailures.FromTransport(exchange).Acceptance);
        Assert.Equal(begun ? 1 : 0, writes);
    }

    [Theory]
    [MemberData(nameof(BrokenStreams))]
    public async Task Submit_Http2_IsUnknownOnlyWhereTheProviderMayHaveReadIt(string what, Acceptance acceptance)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.GreetAsync();
            var stream = await connection.ReadRequestAsync(wholeBody: !what.StartsWith("goes away before", StringComparison.Ordinal) && what != "refuses the stream");
            switch (what)
            {
                case "refuses the stream" or "refuses the stream after the body":
                    do
                    {
                        await connection.ResetStreamAsync(stream, RefusedStream);
                        stream = await connection.ReadRequestAsync(what != "refuses the stream");
                    }
                    while (true);
                case "goes away before the stream" or "goes away before the stream, with an error":
                    await connection.GoAwayAsync(0, what.EndsWith("error", StringComparison.Ordinal) ? InternalError : 0);
                    await connection.WaitAsync();
                    break;
                case "goes away after the stream" or "goes away after the stream, in peace":
                    await connection.GoAwayAsync(stream, what.EndsWith("peace", StringComparison.Ordinal) ? 0 : InternalError);
                    break;
                case "breaks the stream":
                    await connection.ResetStreamAsync(stream, InternalError);
                    await connection.WaitAsync();
                    break;
                default:
                    break;
            }
        });

        var (exchange, writes) = await SendAsync(server.Address, HttpVersion.Version20, Small);

        Assert.True(acceptance == TransportFailures.FromTransport(exchange).Acceptance, exchange.Exception?.ToString());
        Assert.InRange(writes, 0, 1);
        Assert.True(acceptance == Acceptance.No || writes == 1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_Http2_RefusedUnreadAndThenTaken_IsOneAttempt(bool stream)
    {
        var refusals = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.GreetAsync();
            var id = await connection.ReadRequestAsync(wholeBody: false);
            if (Interlocked.Increment(ref refusals) == 1)
            {
                if (!stream)
                {
                    await connection.GoAwayAsync(0, 0);
                    await connection.WaitAsync();
                    return;
                }

                await connection.ResetStreamAsync(id, RefusedStream);
                id = await connection.ReadRequestAsync(wholeBody: false);
            }

            await connection.AnswerAsync(id);
            await connection.WaitAsync();
        });

        var (exchange, writes) = await SendAsync(server.Address, HttpVersion.Version20, Small);

        Assert.Null(exchange.Exception);
        Assert.Equal(1, writes);
    }

    [Theory]
    [InlineData("clé")]
    [InlineData("key")]
    public async Task Submit_AKeyThatNoHeaderCarries_IsNotSent(string key)
    {
        await using var server = new RawServer(connection => connection.WaitAsync());

        var sending = SendAsync(server.Address, HttpVersion.Version11, Small, key, TimeSpan.FromSeconds(2));

        var (exchange, writes) = await sending;
        Assert.Equal((key == "key" ? Acceptance.Unknown : Acceptance.No, key == "key" ? 1 : 0), (TransportFailures.FromTransport(exchange).Acceptance, writes));
    }

    [Fact]
    public async Task Submit_CannotBeWrittenDown_NothingLeaves()
    {
        var received = 0;
        await using var server = new RawServer(async connection =>
        {
            await connection.ReadAsync(1);
            Interlocked.Increment(ref received);
        });
        var exchange = New(Small, () => throw new IOException("The disk is full."));

        await SendAsync(exchange, server.Address, HttpVersion.Version11, "key", null);

        var thrown = await Assert.ThrowsAsync<IOException>(exchange.WhenBegunAsync);
        Assert.Equal(("The disk is full.", 0, Acceptance.No), (thrown.Message, received, TransportFailures.FromTransport(exchange).Acceptance));
    }

    private static async Task<(ProviderExchange Exchange, int Writes)> SendAsync(Uri address, Version version, int size, string key = "key", TimeSpan? timeout = null)
    {
        var writes = 0;
        var exchange = New(size, () => writes++);
        await SendAsync(exchange, address, version, key, timeout);
        return (exchange, writes);
    }

    private static ProviderExchange New(int size, Action onSending) =>
        new(new FluxAdapter(), NativeCall.Submit, NativeRequest.PostJson("/", new byte[size]), ["flux"])
        {
            Picked = new DestinationState("eu", new DestinationModel(new DestinationConfig { Address = "https://api.example/" })),
            OnSending = (_, _) =>
            {
                onSending();
                return ValueTask.CompletedTask;
            },
        };

    /// <summary>As the forwarder does: what breaks is left in the exchange.</summary>
    private static async Task SendAsync(ProviderExchange exchange, Uri address, Version version, string key, TimeSpan? timeout)
    {
        using var client = new HttpMessageInvoker(new SubmitHandler(new SocketsHttpHandler()));
        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromSeconds(5));
        using var message = new HttpRequestMessage(HttpMethod.Post, address) { Version = version, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        message.Options.Set(AdapterTransformer.Sending, exchange);
        message.Headers.TryAddWithoutValidation("x-key", key);
        try
        {
            using var response = await client.SendAsync(message, limit.Token);
            exchange.Status = (int)response.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            (exchange.Error, exchange.Exception) = (ForwarderError.Request, e);
        }
    }

    private static Uri NobodyListens()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }
}
