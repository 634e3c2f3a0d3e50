using System.Net;
using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Egress;
using Framegate.Transforms.Forwarding;
using Yarp.ReverseProxy.Forwarder;

namespace Framegate.Proxy.Tests.Engine;

/// <summary>What comes back for one call.</summary>
internal sealed record Reply(int Status, string Body = "")
{
    private const int Piece = 10_000;

    public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>True when the pipeline finds no destination.</summary>
    public bool NothingAvailable { get; init; }

    public TimeSpan? AvailableAfter { get; init; }

    /// <summary>Where nothing is sent for an empty account, or a refused key.</summary>
    public (string Destination, ErrorCode Code)? Suspended { get; init; }

    /// <summary>True when the body breaks off.</summary>
    public bool IsBroken { get; init; }

    public ForwarderError Error { get; init; }

    public Exception? Exception { get; init; }

    /// <summary>What had arrived when the body broke off; null for nothing.</summary>
    public string? Arrived { get; init; }

    /// <summary>The bytes of a download.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>What happens before there is a connection.</summary>
    public Func<Task>? Connecting { get; init; }

    /// <summary>What happens while the request is sent, before its last bytes leave.</summary>
    public Func<Task>? Sending { get; init; }

    /// <summary>What happens before the answer comes.</summary>
    public Func<Task>? Meanwhile { get; init; }

    /// <summary>False when there is no connection to send on.</summary>
    public bool IsConnected => !TransportFailures.NeverSent(Error, Exception);

    public static Reply Job => new(200, "job");

    public static Reply Text => new(200, "text");

    public static Reply Transport(HttpRequestError error) => new(0) { Error = ForwarderError.Request, Exception = new HttpRequestException(error) };

    public Reply With(string header, string value)
    {
        Headers[header] = value;
        return this;
    }

    public async Task FillAsync(ProviderExchange exchange, CancellationToken cancellationToken)
    {
        exchange.Status = Status;
        (exchange.Error, exchange.Exception) = (Error, Exception);
        if (exchange.Consume is { } consume && Status is 200 or 203 or 206)
        {
            using var message = new HttpResponseMessage((HttpStatusCode)Status) { Content = new ByteArrayContent(Bytes ?? []) };
            foreach (var (name, value) in Headers)
            {
                _ = message.Headers.TryAddWithoutValidation(name, value) || message.Content.Headers.TryAddWithoutValidation(name, value);
            }

            await consume(message, cancellationToken);
        }
        else if (Arrived is not null)
        {
            exchange.CutResponse = new NativeResponse(Status, Headers, Encoding.UTF8.GetBytes(Arrived));
        }
        else if (Status != 0 && !IsBroken)
        {
            exchange.Response = new NativeResponse(Status, Headers, Read(exchange.Sink, Encoding.UTF8.GetBytes(Body)));
        }
    }

    /// <summary>As the pipeline does with an answer in JSON.</summary>
    private byte[] Read(IAnswerSink? sink, byte[] body)
    {
        if (sink is null || Status is < 200 or > 299 || body is not [(byte)'{', ..])
        {
            return body;
        }

        foreach (var piece in body.Chunk(Piece))
        {
            sink.Feed(piece);
        }

        return sink.Finish();
    }
}
