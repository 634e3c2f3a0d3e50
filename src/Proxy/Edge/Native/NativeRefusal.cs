using Framegate.Plugins;

namespace Framegate.Proxy.Edge.Native;

/// <summary>Answers a native call in the place of the provider, in its own error shape.</summary>
internal static class NativeRefusal
{
    /// <summary>Refuses a call.</summary>
    /// <param name="context">The client's call.</param>
    /// <param name="adapter">The provider's adapter.</param>
    /// <param name="status">What happened, as a status.</param>
    /// <param name="message">What happened.</param>
    /// <param name="answered">The status to answer with; null for <paramref name="status"/>.</param>
    public static async Task WriteAsync(HttpContext context, ProviderAdapter adapter, int status, string message, int? answered = null)
    {
        context.Response.StatusCode = answered ?? status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(adapter.NativeError(status, message), context.RequestAborted);
    }
}
