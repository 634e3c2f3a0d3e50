using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Framegate.Plugins.Contract;

namespace Framegate.Proxy.Cache.Keys;

/// <summary>Writes parameters so that two requests for the same have the same bytes. What is not given, or equals the default, is left out.</summary>
internal static class CanonicalParameters
{
    /// <summary>Writes them.</summary>
    /// <param name="output">Takes the bytes.</param>
    /// <param name="p">The parameters.</param>
    /// <param name="defaults">What the model takes where nothing is given.</param>
    /// <param name="hashOfStored">The SHA-256 of something in the media store; null when it is unknown.</param>
    public static void Write(IBufferWriter<byte> output, GenerationParameters p, GenerationParameters defaults, Func<string, string?> hashOfStored)
    {
        // The size is one choice: half of a default size is not the default, nor is a default size beside a shape.
        if (!(p is { AspectRatio: null, Resolution: null } && (p.Width ?? defaults.Width) == defaults.Width && (p.Height ?? defaults.Height) == defaults.Height))
        {
            Number(output, "width", p.Width, null);
            Number(output, "height", p.Height, null);
        }

        Text(output, "aspect_ratio", p.AspectRatio, defaults.AspectRatio);
        Text(output, "resolution", p.Resolution, defaults.Resolution);
        Number(output, "duration", p.Duration, defaults.Duration);
        Number(output, "fps", p.Fps, defaults.Fps);
        Number(output, "n", p.N, defaults.N ?? 1);
        Number(output, "seed", p.Seed, defaults.Seed);
        Text(output, "negative_prompt", p.NegativePrompt, defaults.NegativePrompt ?? "");
        Media(output, "image", p.Image, hashOfStored);
        Media(output, "last_image", p.LastImage, hashOfStored);
        Media(output, "mask", p.Mask, hashOfStored);
        Media(output, "control_image", p.ControlImage, hashOfStored);
        foreach (var reference in p.ReferenceImages)
        {
            Media(output, "reference_images", reference, hashOfStored);
        }

        Media(output, "video", p.Video, hashOfStored);
        Number(output, "strength", p.Strength, defaults.Strength);
        Number(output, "guidance", p.Guidance, defaults.Guidance);
        Number(output, "steps", p.Steps, defaults.Steps);
        Text(output, "output_format", p.OutputFormat, defaults.OutputFormat);
        Flag(output, "audio", p.Audio, defaults.Audio);
        Text(output, "voice", p.Voice, defaults.Voice);
        Flag(output, "enhance_prompt", p.EnhancePrompt, defaults.EnhancePrompt);
        Number(output, "safety", p.Safety, defaults.Safety);
        if (p.Native.Count > 0)
        {
            foreach (var (name, value) in p.Native.OrderBy(n => n.Key, StringComparer.Ordinal))
            {
                if (value.EnumerateObject().MoveNext())
                {
                    Name(output, name);
                    CanonicalJson.Write(output, value);
                }
            }
        }
    }

    private static void Name(IBufferWriter<byte> output, string name)
    {
        output.Write("="u8);
        CanonicalJson.WriteText(output, name);
    }

    private static void Text(IBufferWriter<byte> output, string name, string? value, string? standard)
    {
        if (value is not null && value != standard)
        {
            Name(output, name);
            CanonicalJson.WriteText(output, value);
        }
    }

    private static void Number(IBufferWriter<byte> output, string name, double? value, double? standard)
    {
        if (value is { } number && number != standard)
        {
            Name(output, name);
            var span = output.GetSpan(40);
            _ = Utf8Formatter.TryFormat(number, span, out var written);
            output.Advance(written);
        }
    }

    private static void Flag(IBufferWriter<byte> output, string name, bool? value, bool? standard)
    {
        if (value is { } flag && flag != standard)
        {
            Name(output, name);
            output.Write(flag ? "t"u8 : "f"u8);
        }
    }

    /// <summary>Bytes count, wherever they lie. What is behind a URL is not known here, so the address counts.</summary>
    private static void Media(IBufferWriter<byte> output, string name, MediaInput? media, Func<string, string?> hashOfStored)
    {
        if (media is null)
        {
            return;
        }

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
            CanonicalJson.WriteText(output, Convert.ToHexStringLower(SHA256.HashData(media.Bytes.Span)));
        }
    }
}
