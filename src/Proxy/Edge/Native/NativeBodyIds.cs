using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Looks into the body of a native call and leaves it where it is.</summary>
internal static class NativeBodyIds
{
    /// <summary>The jobs that a body names.</summary>
    /// <param name="request">The request.</param>
    /// <param name="members">The members that name one, as <see cref="Framegate.Plugins.NativeEndpoint.IdMember"/> has them.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    /// <param name="ofLarge">False to leave a large one alone.</param>
    /// <returns>Null when the body is packed, or nothing that can be read, so that nobody can tell what it names.</returns>
    /// <exception cref="NoRoomForBodyException">There is no room for a large one.</exception>
    /// <exception cref="StoreUnavailableException">The disk is full, or fails.</exception>
    public static async ValueTask<IReadOnlySet<string>?> IdsAsync(HttpRequest request, string members, CancellationToken cancellationToken, bool ofLarge = true)
    {
        if (request.Headers.ContentEncoding.ToString() is not ("" or "identity"))
        {
            return null;
        }

        var reader = request.BodyReader;
        while (true)
        {
            var read = await reader.ReadAsync(cancellationToken);
            if (read.Buffer.Length > RequestBody.MostInMemory)
            {
                reader.AdvanceTo(read.Buffer.Start);
                return !ofLarge ? null : await LargeIdsAsync(request, members, cancellationToken);
            }

            if (read.IsCompleted)
            {
                var ids = await new NamedIds(members).ReadAsync(read.Buffer, request.ContentType);
                reader.AdvanceTo(read.Buffer.Start);
                return ids;
            }

            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>The end of a body may name a job, and nothing may go out before: a large one waits on the disk.</summary>
    private static async ValueTask<IReadOnlySet<string>?> LargeIdsAsync(HttpRequest request, string members, CancellationToken cancellationToken)
    {
        var begun = new byte[ShortJson.LongestText];
        var read = await request.Body.ReadAtLeastAsync(begun, begun.Length, throwOnEndOfStream: false, cancellationToken);
        var file = await RequestInputs.Of(request.HttpContext).WriteAsync(begun.AsMemory(0, read), request.Body, long.MaxValue, cancellationToken);
        var body = file.Open();
        request.HttpContext.Response.RegisterForDispose(body);
        request.Body = body;
        var ids = await new NamedIds(members).ReadLargeAsync(body, request.ContentType, cancellationToken);
        body.Position = 0;
        return ids;
    }
}
