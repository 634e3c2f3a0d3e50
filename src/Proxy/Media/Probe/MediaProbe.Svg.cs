using System.Text;
using System.Text.RegularExpressions;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Media.Probe;

/// <content>SVG: a document whose root is <c>svg</c>. A page that has a drawing in it is none.</content>
internal static partial class MediaProbe
{
    private const int SvgHead = 1024;

    private static async ValueTask<MediaFacts?> ReadSvgAsync(MediaProbeReader reader, ReadOnlyMemory<byte> header)
    {
        if (header.Span.TrimStart("\uFEFF \r\n\t"u8) is not [(byte)'<', ..])
        {
            return null;
        }

        var head = await reader.ReadAsync(0, (int)Math.Min(reader.Length, SvgHead));
        return SvgRoot().IsMatch(Encoding.UTF8.GetString(head.Span)) ? new MediaFacts("image/svg+xml", MediaType.Image) : null;
    }

    [GeneratedRegex(@"^\uFEFF?\s*(?:<\?xml[^>]*\?>\s*)?(?:<!--(?:[^-]|-(?!->))*-->\s*)*(?:<!DOCTYPE svg[^>]*>\s*)?<svg[\s>]", RegexOptions.CultureInvariant)]
    private static partial Regex SvgRoot();
}
