using System.Buffers;
using System.Net;
using Framegate.Transforms.Forwarding;

namespace Framegate.Proxy.Egress;

/// <summary>The body of a submit. The connection asks for it when it is open; the head of the message is still in its buffer then. It can be sent again on another
/// connection, which the client does only with a request that the provider has refused unread.</summary>
internal sealed class SubmitContent(ProviderExchange exchange, OutgoingBody body) : HttpContent
{
    // What is smaller goes out in one piece, and in one frame.
    private const int Tail = 16 * 1024;
    private const int Block = 64 * 1024;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        exchange.Sent = false;
        exchange.Sendings++;

        if (body.Whole is { } whole)
        {
            await exchange.BeginAsync();
            var most = Math.Max(whole.Length - Tail, 0);
            if (most > 0)
            {
                await stream.WriteAsync(whole[..most], cancellationToken);
            }

            // From here on it is unknown how much has left.
            exchange.OnLeaving?.Invoke();
            exchange.Sent = true;
            await stream.WriteAsync(whole[most..], cancellationToken);
            return;
        }

        // Before anything is written down: what is gone by now is not sent.
        await using var content = body.Open();
        await exchange.BeginAsync();
        var buffer = ArrayPool<byte>.Shared.Rent(Block);
        try
        {
            for (var head = body.Length - Tail; head > 0;)
            {
                var size = (int)Math.Min(head, Block);
                await content.ReadExactlyAsync(buffer.AsMemory(0, size), cancellationToken);
                await stream.WriteAsync(buffer.AsMemory(0, size), cancellationToken);
                head -= size;
            }

            var tail = (int)Math.Min(body.Length, Tail);
            await content.ReadExactlyAsync(buffer.AsMemory(0, tail), cancellationToken);
            exchange.OnLeaving?.Invoke();
            exchange.Sent = true;
            await stream.WriteAsync(buffer.AsMemory(0, tail), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}
