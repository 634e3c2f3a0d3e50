using Framegate.Proxy.Media;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Http;

/// <summary>The address clients reach Framegate at: <c>Framegate:Media:PublicUrl</c>, else the one a call came in on.</summary>
internal sealed class PublicAddress(IOptions<MediaOptions> media)
{
    private volatile Address? _last;

    /// <summary>The address for the answer to a call; without a slash at its end.</summary>
    public string Of(HttpContext context)
    {
        var (request, configured, last) = (context.Request, media.Value.PublicUrl, _last);
        if (last is null || !last.Fits(configured, request))
        {
            // Nearly always the same as the last time.
            _last = last = new Address(
                configured, request.Scheme, request.Host.Value, request.PathBase.Value,
                configured is null ? $"{request.Scheme}://{request.Host}{request.PathBase}" : configured.AbsoluteUri.TrimEnd('/'));
        }

        return last.Url;
    }

    /// <summary>The address of a path here for a header that may be relative: with the base path that a front has taken off.</summary>
    public string PathTo(HttpContext context, string path) => (media.Value.PublicUrl?.AbsolutePath.TrimEnd('/') ?? context.Request.PathBase.Value) + path;

    /// <summary>The address of a path here for a page or a redirect of this origin.</summary>
    /// <remarks>
    /// Where only <c>PublicUrl</c> names a base path, the call may have come through a front that takes it off, or directly. A relative address is right for both.
    /// </remarks>
    public string OnPage(HttpContext context, string path)
    {
        var request = context.Request;
        return request.PathBase.HasValue || media.Value.PublicUrl is null or { AbsolutePath: "/" }
            ? request.PathBase.ToUriComponent() + path
            : string.Concat(Enumerable.Repeat("../", Math.Max(request.Path.Value.AsSpan().Count('/') - 1, 0))) + path[1..];
    }

    private sealed record Address(Uri? Configured, string Scheme, string? Host, string? PathBase, string Url)
    {
        public bool Fits(Uri? configured, HttpRequest request) => ReferenceEquals(configured, Configured)
            && (configured is not null || (request.Scheme == Scheme && request.Host.Value == Host && request.PathBase.Value == PathBase));
    }
}
