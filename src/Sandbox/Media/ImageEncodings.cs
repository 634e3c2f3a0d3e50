namespace Framegate.Sandbox.Media;

/// <summary>Names of an encoding on the wire.</summary>
internal static class ImageEncodings
{
    public static string ContentType(this ImageEncoding encoding) => encoding switch
    {
        ImageEncoding.Jpeg => "image/jpeg",
        ImageEncoding.Webp => "image/webp",
        _ => "image/png",
    };

    public static string Extension(this ImageEncoding encoding) => encoding switch
    {
        ImageEncoding.Jpeg => "jpeg",
        ImageEncoding.Webp => "webp",
        _ => "png",
    };
}
