using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>The version of the schema that a request's header asks for; a generation is then answered in it, whatever it was asked for in.</summary>
internal static class AskedVersion
{
    /// <summary>Reads it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="versions">The versions there are.</param>
    /// <param name="version">The version; null when none is asked for.</param>
    /// <returns>False when there is no such version.</returns>
    public static bool TryRead(HttpRequest request, SchemaVersions versions, out string? version)
    {
        var header = request.Headers[VersionHeaders.Version];
        version = header.Count == 0 ? null : header.ToString();
        if (version is null || versions.IsSupported(version))
        {
            return true;
        }

        version = null;
        return false;
    }

    /// <summary>400.</summary>
    public static IResult Unknown(SchemaVersions versions) =>
        Problems.BadQuery($"{VersionHeaders.Version}: must be one of {string.Join(", ", versions.Supported)}.");
}
