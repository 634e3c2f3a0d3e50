namespace Framegate.Proxy.Edge.Http;

/// <summary>A body that is decoded as it is read. It ends with a refusal where its coding is another than declared, or decodes to more than a request may have.</summary>
/// <param name="decoded">Decodes it.</param>
/// <param name="largest">How many bytes it may decode to.</param>
internal sealed class DecodedBody(Stream decoded, long largest) : ReadOnlyBody
{
    private long _read;

    /// <exception cref="BadHttpRequestException">It is not in its coding, or too large.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var read = await decoded.ReadAsync(buffer, cancellationToken);
            _read += read;
            return _read <= largest ? read : throw new BadHttpRequestException("Request body too large.", StatusCodes.Status413PayloadTooLarge);
        }
        catch (Exception e) when (e is InvalidDataException or InvalidOperationException)
        {
            throw new BadHttpRequestException("The body is not in the coding that Content-Encoding names.", StatusCodes.Status400BadRequest, e);
        }
    }
}
