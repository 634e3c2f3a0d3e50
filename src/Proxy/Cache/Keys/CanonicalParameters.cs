using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Cache.Keys;

/// <summary>Writes parameters so that two requests for the same have the same bytes. What is not given, or equals the default, is left out.</summary>
internal static class CanonicalParameters
{
    /// <summary>Writes them.</summary>
    /// <param name="output">Takes the bytes.</param>
    /// <param name="p">The parameters.</param>
    /// <param name="defaults">What the model takes where nothing is given.</param>
    /// <param name="held">The inputs whose placeholders may stand in native parameters.</param>
    /// <param name="hashOfStored">The SHA-256 of something in the media store; null when it is unknown.</param>
    public static void Write(IBufferWriter<byte> output, GenerationParameters p, GenerationParameters defaults, IReadOnlyList<HeldInput> held, Func<string, string?> hashOfStored)
    {
        // The size is one choice: half of a default size is not the default, nor is a default size beside a shape.
        var usualSize = p is { AspectRatio: null, Resolution: null } && (p.Width ?? defaults.Width) == defaults.Width && (p.Height ?? defaults.Height) == defaults.Height;
        foreach (var parameter in NeutralParameter.All)
        {
            if (parameter.ValueIn(p) is { } value
                && !(parameter.Name is "width" or "height" ? usualSize : value.Equals(parameter.ValueIn(defaults) ?? parameter.Usual)))
            {
                Value(output, parameter.Name, value, hashOfStored);
            }
        }

        if (p.Native.Count > 0)
        {
            foreach (var (name, value) in p.Native.OrderBy(n => n.Key, StringComparer.Ordinal))
            {
                if (value.EnumerateObject().MoveNext())
                {
                    Name(output, name);
                    if (held.Count == 0)
                    {
                        CanonicalJson.Write(output, value);
                        continue;
                    }

                    var named = new ArrayBufferWriter<byte>();
                    CanonicalJson.Write(named, value);
                    output.Write(HeldInputs.WithoutNames(named.WrittenSpan, held));
                }
            }
        }
    }

    private static void Name(IBufferWriter<byte> output, string name)
    {
        output.Write("="u8);
        CanonicalJson.WriteText(output, name);
    }

    private static void Value(IBufferWriter<byte> output, string name, object value, Func<string, string?> hashOfStored)
    {
        switch (value)
        {
            case IEnumerable<MediaInput> list:
                foreach (var item in list)
                {
                    Media(output, name, item, hashOfStored);
                }

                break;
            case MediaInput media:
                Media(output, name, media, hashOfStored);
                break;
            case string text:
                Name(output, name);
                CanonicalJson.WriteText(output, text);
                break;
            case bool flag:
                Name(output, name);
                output.Write(flag ? "t"u8 : "f"u8);
                break;
            default:
                Name(output, name);
                var span = output.GetSpan(40);
                _ = Utf8Formatter.TryFormat(Convert.ToDouble(value, CultureInfo.InvariantCulture), span, out var written);
                output.Advance(written);
                break;
        }
    }

    /// <summary>Bytes count, wherever they lie. What is behind a URL is not known here, so the address counts.</summary>
    private static void Media(IBufferWriter<byte> output, string name, MediaInput media, Func<string, string?> hashOfStored)
    {
        Name(output, name);
        if (media.Url is { } url)
        {
            output.Write("u"u8);
            CanonicalJson.WriteText(output, url.AbsoluteUri);
        }
        else if (media.MediaId is { } id)
        {
            var hash = hashOfStored(id);
            output.Write(hash is null ? "m"u8 : "s"u8);
            CanonicalJson.WriteText(output, hash ?? id);
        }
        else
        {
            output.Write("s"u8);
            CanonicalJson.WriteText(output, media.Sha256);
        }
    }
}
