using System.Text.Json;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.Sora;

/// <summary>The <c>input_reference</c> of a create: a file part, or an object with exactly one of <c>file_id</c> and <c>image_url</c>.</summary>
internal static class SoraReference
{
    private const string Name = "input_reference";

    private const int LongestUrl = 20_971_520;

    private static readonly IReadOnlyList<string> Types = ["image/jpeg", "image/png", "image/webp"];

    /// <summary>The image's pixels must equal the size asked for; that of a URL or a file id is not known here and passes.</summary>
    public static SoraFault? Check(SoraBody body, string size)
    {
        if (body.Files.TryGetValue(Name, out var file))
        {
            return CheckImage(file.ContentType, file.Bytes, size);
        }

        if (!body.Has(Name))
        {
            return null;
        }

        var reference = body.Fields.GetProperty(Name);
        if (reference.ValueKind != JsonValueKind.Object)
        {
            return SoraFault.WrongType(Name, "an object or a file", SoraChecks.Named(reference));
        }

        var members = reference.EnumerateObject().Where(m => m.Value.ValueKind != JsonValueKind.Null).ToList();
        if (members.FirstOrDefault(m => m.Name is not ("file_id" or "image_url")) is { Value.ValueKind: not JsonValueKind.Undefined } unknown)
        {
            return SoraFault.Unknown($"{Name}.{unknown.Name}");
        }

        if (members.Count != 1)
        {
            return SoraFault.Invalid($"Invalid '{Name}': expected exactly one of 'file_id' and 'image_url'.", Name, "invalid_value");
        }

        var (member, value) = (members[0].Name, members[0].Value);
        return value.ValueKind != JsonValueKind.String ? SoraFault.WrongType($"{Name}.{member}", "a string", SoraChecks.Named(value))
            : member == "file_id" ? null
            : CheckUrl(value.GetString()!, size);
    }

    private static SoraFault? CheckUrl(string url, string size)
    {
        if (url.Length > LongestUrl)
        {
            return SoraFault.Invalid($"Invalid '{Name}.image_url': string too long. Expected a string with maximum length {LongestUrl}.",
                $"{Name}.image_url", "string_above_max_length");
        }

        if (url.StartsWith("data:", StringComparison.Ordinal))
        {
            var comma = url.IndexOf(',');
            var head = comma < 0 ? [] : url["data:".Length..comma].Split(';');
            return head.Length > 1 && head[^1] == "base64" && ImageProbe.FromBase64(url.AsSpan(comma + 1)) is { } bytes
                ? CheckImage(head[0], bytes, size)
                : BadUrl();
        }

        return Uri.TryCreate(url, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) ? null : BadUrl();
    }

    private static SoraFault? CheckImage(string contentType, byte[] bytes, string size) =>
        !Types.Contains(contentType, StringComparer.OrdinalIgnoreCase)
            ? SoraFault.Invalid($"Invalid file '{Name}': unsupported mimetype ('{contentType}'). Supported file formats are {SoraFault.Listed(Types, "and")}.",
                Name, "unsupported_file_mimetype")
            : ImageProbe.SizeOf(bytes) is not { } pixels
            ? SoraFault.Invalid("The image data you provided does not represent a valid image.", Name, "invalid_image")
            : $"{pixels.Width}x{pixels.Height}" == size ? null : SoraFault.ImageSize;

    private static SoraFault BadUrl() => SoraFault.Invalid(
        $"Invalid '{Name}.image_url'. Expected a valid URL, but got a value with an invalid format.", $"{Name}.image_url", "invalid_image_url");
}
