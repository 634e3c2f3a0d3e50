using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;
using Framegate.Transforms.Providers.Declared.Language;

namespace Framegate.Transforms.Providers.Declared;

/// <summary>Where results are in an answer.</summary>
internal sealed record DeclaredResults(
    Pointer? At, Pointer? Url, Pointer? Base64, Pointer? ContentType, string? FixedType, IReadOnlyList<Sign> SkipIf, Pointer? Flags, ErrorCode AllSkipped, bool OnlyAddresses, MediaType? Type)
{
    private static readonly HashSet<string> s_extensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif", ".svg", ".mp4", ".mov", ".webm", ".mkv", ".mp3", ".wav", ".flac", ".ogg", ".m4a",
    };

    /// <summary>True when the body itself is the result.</summary>
    public bool IsWholeBody => At is null;

    /// <summary>Reads them.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="type">What the model makes.</param>
    /// <param name="skipped">How many were left out.</param>
    public List<MediaSource> Read(JsonElement answer, MediaType type, out int skipped)
    {
        var media = Read(answer, type, areFiles: false, out skipped);

        // Where nothing is an address, a path without its slash is one: it may lead somewhere, and the result is paid for.
        return media.Count == 0 && skipped == 0 && OnlyAddresses ? Read(answer, type, areFiles: true, out skipped) : media;
    }

    private List<MediaSource> Read(JsonElement answer, MediaType type, bool areFiles, out int skipped)
    {
        skipped = 0;
        var media = new List<MediaSource>();
        var items = At!.All(answer);
        var flags = Flags?.First(answer).Items().ToList();
        for (var i = 0; i < items.Count; i++)
        {
            if (SkipIf.Any(s => s.Shows(items[i])) || (flags is not null && i < flags.Count && flags[i].ValueKind == JsonValueKind.True))
            {
                skipped++;
            }
            else if (Source(items[i], Type ?? type, areFiles) is { } source)
            {
                media.Add(source);
            }
        }

        return media;
    }

    /// <summary>
    /// Whether the rest of an answer may take back a result that has arrived. That is the flags beside it, or a sign behind a result that is a member of the document itself.
    /// An item, or an object inside the document, is complete when it is closed.
    /// </summary>
    /// <param name="answer">What arrived.</param>
    /// <param name="hasSigns">Whether the answer has signs of failure that go before results.</param>
    public bool MayBeTakenBack(JsonElement answer, bool hasSigns)
    {
        var isOfDocument = At?.Names is { Count: 0 } || (At?.Names is { Count: 1 } && At.First(answer).ValueKind == JsonValueKind.String);
        return (Flags is not null && Flags.First(answer).ValueKind == JsonValueKind.Undefined) || (isOfDocument && (hasSigns || SkipIf.Count > 0));
    }

    private MediaSource? Source(JsonElement item, MediaType type, bool areFiles)
    {
        var contentType = ContentType is null ? FixedType : ContentType.First(item).Text() ?? FixedType;
        if (Base64?.First(item).Text() is { Length: > 0 } bytes)
        {
            return new MediaSource(type, bytes.StartsWith("data:", StringComparison.Ordinal) ? bytes : $"data:{contentType ?? Default(type)};base64,{bytes}") { ContentType = contentType };
        }

        if (Base64 is not null && Url is null)
        {
            return null;
        }

        var url = (Url is null ? item : Url.First(item)).Text();
        return url is { Length: > 0 } && (!OnlyAddresses || (areFiles ? IsFile(url.AsSpan().Trim(), type) : IsAddress(url.AsSpan().Trim(), type)))
            ? new MediaSource(type, url) { ContentType = contentType, IsAsNamed = true }
            : null;
    }

    /// <summary>Whether a text that may be anything is an address. A path, or a scheme that nobody here can fetch, is one only where no text is made.</summary>
    private static bool IsAddress(ReadOnlySpan<char> text, MediaType type) =>
        text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("data:", StringComparison.OrdinalIgnoreCase)
        || (type != MediaType.Text && (text.StartsWith('/') || (text.IndexOf("://") is > 1 and < 16 && !text.ContainsAny(" \t\r\n"))));

    /// <summary>Whether a text that is no address names a file of media.</summary>
    private static bool IsFile(ReadOnlySpan<char> text, MediaType type) =>
        type != MediaType.Text && !text.ContainsAny(" \t\r\n") && System.IO.Path.GetExtension(text) is { Length: > 1 } extension && s_extensions.GetAlternateLookup<ReadOnlySpan<char>>().Contains(extension);

    private static string Default(MediaType type) => type switch
    {
        MediaType.Video => "video/mp4",
        MediaType.Audio => "audio/mpeg",
        _ => "image/png",
    };
}
