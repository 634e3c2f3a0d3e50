using System.Buffers;
using System.IO.Pipelines;

namespace Framegate.Proxy.Edge.Http;

/// <summary>Reads the body of a client's request.</summary>
internal static class RequestBody
{
    /// <summary>Bytes of one body that lie in memory: all of a small one, and of a large one what stays when long <c>data:</c> URIs were taken out.</summary>
    public const int MostInMemory = 16 * 1024 * 1024;

    /// <summary>The refusal of a body with more.</summary>
    public static BadHttpRequestException TooLarge() => new(
        $"The body is too large: outside of long data: URIs there may be {MostInMemory / 1024 / 1024} MiB.", StatusCodes.Status413PayloadTooLarge);

    /// <summary>A body without the byte order mark that programs on Windows put in front (RFC 8259, section 8.1, lets a reader pass over it).</summary>
    public static byte[] Unmarked(byte[] body) => body is [0xEF, 0xBB, 0xBF, ..] ? body[3..] : body;

    /// <summary>Waits until it is there to the end; the server's size limit holds.</summary>
    /// <returns>Its bytes in the reader's own buffer, to be advanced over by the caller.</returns>
    /// <exception cref="BadHttpRequestException">It is too large, or not HTTP.</exception>
    public static async ValueTask<ReadOnlySequence<byte>> WaitAsync(PipeReader reader, CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                return read.Buffer;
            }

            if (read.Buffer.Length > MostInMemory)
            {
                // Else the server cannot throw away what is still to come.
                reader.AdvanceTo(read.Buffer.End);
                throw TooLarge();
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Reads it to the end; the server's size limit holds.</summary>
    /// <returns>Its bytes, which are kept until the provider has accepted the job.</returns>
    /// <exception cref="BadHttpRequestException">It is too large, or not HTTP.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = await WaitAsync(request.BodyReader, cancellationToken);
        var bytes = body.ToArray();
        request.BodyReader.AdvanceTo(body.End);
        return bytes;
    }
}
