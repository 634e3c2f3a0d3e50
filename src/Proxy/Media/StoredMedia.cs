namespace Framegate.Proxy.Media;

/// <summary>One file of the media store.</summary>
/// <param name="Id">Its id, which is its file's name too.</param>
/// <param name="ContentType">Its media type.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Lower-case hex.</param>
/// <param name="CreatedAt">When it was stored.</param>
/// <param name="ExpiresAt">When it is deleted; null for never.</param>
internal sealed record StoredMedia(string Id, string ContentType, long Bytes, string Sha256, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt);
