namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Calls of OpenAI's API, and slips of clients, that lead nowhere here: what to do instead.</summary>
internal static class OtherCalls
{
    private const string NoFiles = "There is no Files API here: images go with the call, and file_id takes the id of a result (med_...).";

    private static readonly (string Begin, string Instead)[] s_calls =
    [
        ("/v1/v1", "The base URL ends with /v1 once."),
        ("/v1/images/variations", "A picture is made from a picture and a text by POST /v1/images/edits."),
        ("/v1/images", "There are POST /v1/images/generations and /v1/images/edits."),
        ("/v1/videos/characters", "Characters are Sora's own; the native route /sora/v1/videos/characters has them."),
        ("/v1/videos/generations", "A video is made by POST /v1/videos."),
        ("/v1/video", "A video is made by POST /v1/videos."),
        ("/v1/files", NoFiles),
        ("/v1/uploads", NoFiles),
        ("/v1/completions", "Texts are made by POST /v1/chat/completions and /v1/responses."),
        ("/v1/chat", "There is POST /v1/chat/completions; completions are not kept."),
        ("/v1/engines", "Models are at GET /v1/models."),
        ("/v1/audio", "Speech is made by POST /v1/audio/speech; sound is not turned into text here."),
        ("/v1/responses/input_tokens", "Tokens are not counted beforehand; POST /quotes returns what a request costs."),
        ("/v1/responses/compact", "Nothing is kept between two calls; send fewer messages as input of POST /v1/responses."),
        ("/v1/conversations", "Nothing is kept between two calls; send the messages again as input of POST /v1/responses."),
    ];

    // Paths that a route with an id would take for one.
    private static readonly string[] s_noIds = ["/v1/videos/characters", "/v1/videos/generations", "/v1/responses/input_tokens", "/v1/responses/compact"];

    /// <summary>Whether a path is a call of its own, though a route with an id fits it.</summary>
    public static bool IsNone(PathString path) => s_noIds.Any(n => path.StartsWithSegments(n));

    /// <summary>What to do in the place of a call that is not here; null where there is no advice.</summary>
    public static string? Instead(PathString path)
    {
        if (path.Value?.Contains("//", StringComparison.Ordinal) == true)
        {
            return "It has a slash too many; the base URL ends with /v1.";
        }

        foreach (var (begin, instead) in s_calls)
        {
            if (path.StartsWithSegments(begin))
            {
                return instead;
            }
        }

        return null;
    }
}
