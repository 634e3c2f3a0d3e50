using System.Buffers;

namespace Framegate.Proxy.Http;

/// <summary>Reads the body of a client's request.</summary>
internal static class RequestBody
{
    /// <summary>Reads it to the end; the server's size limit holds.</summary>
    /// <returns>Its bytes, which are kept until the provider has accepted the job.</returns>
    /// <exception cref="BadHttpRequestException">It is too large, or not HTTP.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.IsCompleted)
            {
                var body = read.Buffer.ToArray();
                reader.AdvanceTo(read.Buffer.End);
                return body;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
