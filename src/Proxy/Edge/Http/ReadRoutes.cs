namespace Framegate.Proxy.Edge.Http;

/// <summary>Endpoints that only read.</summary>
internal static class ReadRoutes
{
    /// <summary>Their methods: HEAD is GET without the body (RFC 9110, section 9.3.2).</summary>
    public static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
}
