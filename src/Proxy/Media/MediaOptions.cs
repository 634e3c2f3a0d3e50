using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Media;

/// <summary>The media store and what goes in.</summary>
internal sealed class MediaOptions
{
    public const string Section = "Framegate:Media";

    /// <summary>The largest result that is stored, bytes. Default 2 GiB; 1 KiB to 64 GiB.</summary>
    [Range(1024L, 64L * 1024 * 1024 * 1024)]
    public long MaxBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How long a result is kept. Default 7 d; 1 min to 3650 d.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3650.00:00:00")]
    public TimeSpan Retention { get; set; } = TimeSpan.FromDays(7);

    /// <summary>The largest request, media in <c>data:</c> URIs included, bytes. Default 64 MiB; 1 KiB to 1 GiB.</summary>
    [Range(1024L, 1024L * 1024 * 1024)]
    public long MaxRequestBytes { get; set; } = 64L * 1024 * 1024;

    /// <summary>Bytes of request bodies that are held at once, of all requests together; one client has three quarters of them at most. What is refused for it
    /// is answered with 503. Default 192 MiB; 1 MiB to 64 GiB.</summary>
    [Range(1024L * 1024, 64L * 1024 * 1024 * 1024)]
    public long MaxBytesInFlight { get; set; } = 192L * 1024 * 1024;

    /// <summary>Bytes of large inputs that are held as files, from when they come in until a provider has them, of all requests together. What is refused for it is
    /// answered with 503. Default 4 GiB; 1 MiB to 1 TiB.</summary>
    [Range(1024L * 1024, 1024L * 1024 * 1024 * 1024)]
    public long MaxHeldBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>The lowest rate of a request's body, bytes a second, once the first ten seconds are over; a slower one is answered with 408. Default 4096; 0 to 1 GiB, 0 for any.</summary>
    [Range(0L, 1024L * 1024 * 1024)]
    public long MinUploadRate { get; set; } = 4096;

    /// <summary>The largest input that is fetched for a model which takes only bytes. Default 20 MiB; 1 KiB to 1 GiB.</summary>
    [Range(1024L, 1024L * 1024 * 1024)]
    public long MaxInputBytes { get; set; } = 20L * 1024 * 1024;

    /// <summary>Whether the place where a picture was made (GPS in EXIF and XMP of JPEG, PNG, WebP, HEIC and AVIF) is taken out of inputs before they are stored or sent. Default false.</summary>
    public bool RemoveLocation { get; set; }

    /// <summary>How long a download may stand still. Default 30 s; 1 s to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan IdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The lowest rate of a download, bytes a second, measured over <see cref="IdleTimeout"/>. Default 1024; 0 to 1 GiB, 0 for any.</summary>
    [Range(0L, 1024L * 1024 * 1024)]
    public long MinDownloadRate { get; set; } = 1024;

    /// <summary>How long a download may take in all. Default 30 min; 1 s to 1 d.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan MaxDownloadTime { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The program that draws stills of clips: a name that is looked for on <c>PATH</c>, or a path; empty for none. Default <c>ffmpeg</c>.</summary>
    public string Ffmpeg { get; set; } = "ffmpeg";

    /// <summary>How clients reach Framegate, for the URLs in answers. Null (the default): the address the request came in on.</summary>
    public Uri? PublicUrl { get; set; }

    /// <summary>Who may open the links in answers, where there are client keys. Null (the default): Signed for those of the OpenAI dialect, whose own open for whoever has them; Owner
    /// for all others.</summary>
    public LinkKind? Links { get; set; }

    /// <summary>How long a signed link opens at least; a quarter more at most. Default 1 h; 1 min to 30 d.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan LinkLifetime { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Part of what is signed: another number, and no link that was given out before opens any more. Default 0.</summary>
    public int LinkEpoch { get; set; }

    /// <summary>Ids of files whose signed links open no more, whenever they were given out. Default: none; at most 1000.</summary>
    [MaxLength(1000)]
    public IReadOnlyList<string> RevokedLinks { get; set; } = [];
}

/// <summary>Who may open a link to a result.</summary>
internal enum LinkKind
{
    /// <summary>Its client, with its key.</summary>
    Owner,

    /// <summary>Whoever has the link, for as long as it is good.</summary>
    Signed,

    /// <summary>Whoever has the link, for as long as the file is kept.</summary>
    Public,
}

[OptionsValidator]
internal sealed partial class MediaOptionsValidator : IValidateOptions<MediaOptions>;

/// <summary>Rules that no attribute expresses.</summary>
internal sealed class MediaOptionsRules : IValidateOptions<MediaOptions>
{
    public ValidateOptionsResult Validate(string? name, MediaOptions options)
    {
        var failures = new List<string>();
        if (options.PublicUrl is not (null or { IsAbsoluteUri: true, Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" }))
        {
            failures.Add($"{MediaOptions.Section}:PublicUrl: It must be a URL like https://media.example.com, without user info, query or fragment.");
        }

        // A link that is named in another way would stay open.
        failures.AddRange(options.RevokedLinks.Index().Where(l => !l.Item.StartsWith("med_", StringComparison.Ordinal) || l.Item.AsSpan().ContainsAny("/?#. "))
            .Select(l => $"{MediaOptions.Section}:{nameof(options.RevokedLinks)}:{l.Index}: It must be the id of a file, as med_..., without the rest of the link."));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
