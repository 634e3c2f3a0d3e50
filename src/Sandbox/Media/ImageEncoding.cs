namespace Framegate.Sandbox.Media;

/// <summary>An image encoding the painter can write.</summary>
internal enum ImageEncoding
{
    Png,
    Jpeg,
    Webp,
}
