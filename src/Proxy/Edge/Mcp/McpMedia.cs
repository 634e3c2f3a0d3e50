using System.ComponentModel;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>The bytes of results, for agents that cannot follow a link with a key.</summary>
[McpServerResourceType]
internal sealed class McpMedia(IMediaCatalogue catalogue, MediaStore media, ClientKeys clients, TimeProvider time)
{
    private const long Largest = 16 * 1024 * 1024;

    /// <summary>Reads one.</summary>
    /// <exception cref="McpProtocolException">There is none for this client, or it is too large to go into an answer.</exception>
    [McpServerResource(UriTemplate = McpCalls.Scheme + "{id}", Name = "media", Title = "A result")]
    [Description("The bytes of a result, up to 16 MiB. Larger ones are fetched by their URL.")]
    public async Task<ResourceContents> ReadAsync(RequestContext<ReadResourceRequestParams> request, string id, CancellationToken cancellationToken)
    {
        var client = clients.Required ? Client.Of(McpCalls.Context) : null;
        if (await MediaOwner.FindAsync(catalogue, id, client, cancellationToken) is not { } found || found.ExpiresAt <= time.GetUtcNow()
            || !await media.IsWholeAsync(found.Id, found.Bytes, found.Sha256, cancellationToken))
        {
            throw new McpProtocolException($"There is no media '{Problems.Shown(id)}', or it has expired.", McpErrorCode.ResourceNotFound);
        }

        return found.Bytes > Largest
            ? throw new McpProtocolException($"It has {found.Bytes} bytes; fetch it by its URL.", McpErrorCode.InvalidRequest)
            : BlobResourceContents.FromBytes(await File.ReadAllBytesAsync(media.PathOf(found.Id), cancellationToken), request.Params!.Uri, found.ContentType);
    }
}
