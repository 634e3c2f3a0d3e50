namespace Framegate.Proxy.Native;

/// <summary>The URL that a client on a native route has named in a header, once it has been found to be allowed.</summary>
internal static class NativeTarget
{
    private static readonly object Key = new();

    /// <summary>The URL of this request.</summary>
    /// <returns>Null when the client named none.</returns>
    public static Uri? Of(HttpContext context) => context.Items[Key] as Uri;

    /// <summary>Keeps it for the transform.</summary>
    public static void Set(HttpContext context, Uri target) => context.Items[Key] = target;
}
