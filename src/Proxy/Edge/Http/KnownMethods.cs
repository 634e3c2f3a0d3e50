using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.Routing.Template;

namespace Framegate.Proxy.Edge.Http;

/// <summary>Which methods the routes below a prefix have. A catch-all there takes every other one, so the framework never answers with it.</summary>
internal sealed class KnownMethods(IEndpointRouteBuilder routes, string prefix)
{
    private readonly Lazy<(TemplateMatcher Matcher, IReadOnlyList<string> Methods)[]> _routes = new(() => [.. routes.DataSources
        .SelectMany(static s => s.Endpoints).OfType<RouteEndpoint>()
        .Where(e => e.RoutePattern.RawText?.StartsWith(prefix, StringComparison.Ordinal) == true)
        .Select(static e => (e.RoutePattern, Methods: e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? []))
        .Where(static e => e.Methods.Count > 0)
        .Select(static e => (MatcherOf(e.RoutePattern), e.Methods))]);

    /// <summary>Those of a path, in order; none where there is nothing.</summary>
    public IReadOnlyList<string> Of(PathString path) =>
        [.. _routes.Value.Where(r => r.Matcher.TryMatch(path, [])).SelectMany(static r => r.Methods).Distinct().Order(StringComparer.Ordinal)];

    private static TemplateMatcher MatcherOf(RoutePattern pattern) => new(new RouteTemplate(pattern), []);
}
