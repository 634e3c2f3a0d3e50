using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Edge.Http;

/// <summary>The header that leads from a failure to the page that explains its code (RFC 8288).</summary>
internal static class HelpLink
{
    /// <summary>The page.</summary>
    public const string Page = "/docs/errors";

    /// <summary>Where on the page a code stands.</summary>
    public static string AnchorOf(ErrorCode code) => code.ToWireName().ToLowerInvariant();

    /// <summary>Adds it.</summary>
    /// <param name="headers">The headers of the answer.</param>
    /// <param name="baseUrl">Where clients reach Framegate, without a slash at its end.</param>
    /// <param name="code">The code of the failure.</param>
    public static void Write(IHeaderDictionary headers, string baseUrl, ErrorCode code) => headers.Link = $"<{baseUrl}{Page}#{AnchorOf(code)}>; rel=\"help\"";
}
