using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Looks into the body of a native call and leaves it where it is.</summary>
internal static class NativeBody
{
    /// <summary>The jobs that a body names.</summary>
    /// <param name="request">The request.</param>
    /// <param name="members">The members that name one, as <see cref="Framegate.Plugins.NativeEndpoint.IdMember"/> has them.</param>
    /// <param name="cancellationToken">The caller is gone.</param>
    /// <returns>Null when the body is packed, too large, or nothing that can be read, so that nobody can tell what it names.</returns>
    public static async ValueTask<IReadOnlySet<string>?> IdsAsync(HttpRequest request, string members, CancellationToken cancellationToken)
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
                return null;
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
}
