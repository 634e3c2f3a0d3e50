namespace Framegate.Transforms.Providers.Flux;

/// <summary>The modes of <c>flux-3-video</c>, with their long names.</summary>
internal static class FluxVideoMode
{
    public const string Text = "t2v";
    public const string Image = "i2v";
    public const string Clip = "v2v";
    public const string Enhance = "draft_enhance";

    public static IReadOnlyList<string> Names { get; } =
        [Text, Image, Clip, Enhance, "text-to-video", "image-continuation", "video-continuation", "draft-enhance"];

    public static string Short(string name) => name switch
    {
        "text-to-video" => Text,
        "image-continuation" => Image,
        "video-continuation" => Clip,
        "draft-enhance" => Enhance,
        _ => name,
    };
}
