using Framegate.Proxy.Media.Probe;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Media;

/// <summary>A stored file and what its own bytes show.</summary>
internal sealed record ReceivedMedia(StoredMedia Media, MediaFacts Facts)
{
    /// <summary>The file as a caller sees it; the URL is a path until it is written into an answer.</summary>
    public MediaItem ToItem() => new()
    {
        Id = Media.Id,
        Type = Facts.Type,
        Url = "/media/" + Media.Id,
        ContentType = Media.ContentType,
        Bytes = Media.Bytes,
        Sha256 = Media.Sha256,
        Width = Facts.Width,
        Height = Facts.Height,
        Duration = Facts.Duration,
        ExpiresAt = Media.ExpiresAt,
        Provenance = Facts.Provenance,
    };
}
