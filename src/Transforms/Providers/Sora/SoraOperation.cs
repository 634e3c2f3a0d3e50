using Framegate.Plugins;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Providers.Sora;

/// <summary>Which of Sora's four submits a request is, by the native parameter that names an earlier video.</summary>
/// <param name="Kind">The submit.</param>
/// <param name="VideoId">The video it starts from; null for a new one.</param>
internal readonly record struct SoraOperation(SoraOperationKind Kind, string? VideoId)
{
    public const string Remix = "remix_video_id";
    public const string Extend = "extend_video_id";
    public const string Edit = "edit_video_id";

    public string Target => Kind switch
    {
        SoraOperationKind.Remix => $"/v1/videos/{VideoId}/remix",
        SoraOperationKind.Extend => "/v1/videos/extensions",
        SoraOperationKind.Edit => "/v1/videos/edits",
        _ => "/v1/videos",
    };

    public static SoraOperation Of(NativeExtras extras, MappingIssues issues)
    {
        var chosen = new SoraOperation(SoraOperationKind.Create, null);
        foreach (var (name, kind) in (ReadOnlySpan<(string, SoraOperationKind)>)
            [(Remix, SoraOperationKind.Remix), (Extend, SoraOperationKind.Extend), (Edit, SoraOperationKind.Edit)])
        {
            if (!extras.Has(name))
            {
                continue;
            }

            if (extras.Find(name).Text() is not { } id || !IsId(id))
            {
                issues.Refuse(extras.PathOf(name), "must be the id of a video at the provider.");
            }
            else if (chosen.Kind != SoraOperationKind.Create)
            {
                issues.Refuse(extras.PathOf(name), "cannot go with another video id.");
            }
            else
            {
                chosen = new SoraOperation(kind, id);
            }
        }

        return chosen;
    }

    // The id becomes a part of the path, so nothing may be in it that ends or climbs a path.
    private static bool IsId(string id) =>
        id.Length is > 0 and <= 256 && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');
}

/// <summary>What is done.</summary>
internal enum SoraOperationKind
{
    /// <summary>A new video.</summary>
    Create,

    /// <summary>A variation of a video; size and length stay. The guide calls it legacy and prefers edits.</summary>
    Remix,

    /// <summary>More seconds at the end of a video.</summary>
    Extend,

    /// <summary>A change to a video; size and length stay.</summary>
    Edit,
}
