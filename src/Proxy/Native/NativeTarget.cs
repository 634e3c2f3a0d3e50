using Framegate.Transforms.Native;

namespace Framegate.Proxy.Native;

/// <summary>Where a client on a native route wants to go, once it has been found to be allowed: a URL in a header, or a pin in the path.</summary>
internal static class NativeTarget
{
    private static readonly object Key = new();
    private static readonly object PinKey = new();

    /// <summary>The URL of this request.</summary>
    /// <returns>Null when the client named none.</returns>
    public static Uri? Of(HttpContext context) => context.Items[Key] as Uri;

    /// <summary>Keeps it for the transform.</summary>
    public static void Set(HttpContext context, Uri target) => context.Items[Key] = target;

    /// <summary>The pin of this request.</summary>
    /// <returns>Null when there is none.</returns>
    public static NativePin? PinOf(HttpContext context) => context.Items[PinKey] as NativePin?;

    /// <summary>Keeps it for the transform, which trusts no other.</summary>
    public static void SetPin(HttpContext context, NativePin pin) => context.Items[PinKey] = pin;
}
