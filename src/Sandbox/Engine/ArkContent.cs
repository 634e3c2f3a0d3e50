namespace Framegate.Sandbox.Engine;

/// <summary>The array <c>content</c> of ByteDance's and MiniMax's video calls: a text, and media each with a role.</summary>
/// <param name="Prompt">The text; empty when there is none.</param>
/// <param name="Media">How many pictures, clips and sounds it holds.</param>
/// <param name="Videos">How many of them are clips.</param>
internal sealed record ArkContent(string Prompt, int Media, int Videos)
{
    public static ArkContent Read(Reading body, int longest, int images, int others, int most)
    {
        var prompt = "";
        var roles = new List<string>();
        var entries = body.List("content");
        foreach (var entry in entries)
        {
            var type = entry.OneOf("type", "text", "image_url", "video_url", "audio_url");
            if (type == "text")
            {
                entry.Only("type", "text");
                prompt = entry.Text("text", longest);
                continue;
            }

            entry.Only("type", type, "role");
            entry.Object(type).Link("url");
            roles.Add(type switch
            {
                "image_url" => entry.MaybeOneOf("role", "first_frame", "last_frame", "reference_image") ?? "first_frame",
                "video_url" => entry.OneOf("role", "reference_video"),
                _ => entry.OneOf("role", "reference_audio"),
            });
        }

        int Count(string role) => roles.Count(r => r == role);
        var frames = Count("first_frame") + Count("last_frame");
        if (entries.Count == 0)
        {
            body.Fail("content", "is required", WrongKind.Missing);
        }
        else if (frames > 0 && frames < roles.Count)
        {
            body.Fail("content", "must not mix frames and references");
        }
        else if (Count("first_frame") > 1 || Count("last_frame") > Count("first_frame"))
        {
            body.Fail("content", "may hold one first_frame, and one last_frame with it");
        }
        else if (Count("reference_image") > images || Count("reference_video") > others || Count("reference_audio") > others || roles.Count > most)
        {
            body.Fail("content", "holds too many references");
        }

        return new(prompt, roles.Count, Count("reference_video"));
    }
}
