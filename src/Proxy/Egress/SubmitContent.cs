using System.Net;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Egress;

/// <summary>The body of a submit. The connection asks for it when it is open; the head of the message is still in its buffer then. It can be sent again on another
/// connection, which the client does only with a request that the provider has refused unread.</summary>
internal sealed class SubmitContent(ProviderExchange exchange, ReadOnlyMemory<byte> bytes) : HttpContent
{
    // What is smaller goes out in one piece, and in one frame.
    private const int Tail = 16 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        exchange.Sent = false;
        exchange.Sendings++;
        await exchange.BeginAsync();
        var head = Math.Max(bytes.Length - Tail, 0);
        if (head > 0)
        {
            await stream.WriteAsync(bytes[..head], cancellationToken);
        }

        // From here on nobody can tell how much has left.
        exchange.Sent = true;
        await stream.WriteAsync(bytes[head..], cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = bytes.Length;
        return true;
    }
}
