using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.OpenAi;

/// <summary>Judges texts: <c>sandbox:moderated</c> is flagged, <c>sandbox:error</c> is answered 500, and <c>sandbox:hang</c> not at all.</summary>
internal static class OpenAiModerations
{
    private const string Flagged = "violence";
    private static readonly string[] s_categories =
    [
        "harassment", "harassment/threatening", "hate", "hate/threatening", "illicit", "illicit/violent", "self-harm", "self-harm/intent", "self-harm/instructions", "sexual",
        "sexual/minors", Flagged, "violence/graphic",
    ];

    public static async Task AnswerAsync(HttpContext context)
    {
        JsonNode? body;
        try
        {
            body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        }
        catch (JsonException)
        {
            body = null;
        }

        string[]? texts = body?["input"] switch
        {
            JsonValue single when single.TryGetValue<string>(out var text) => [text],
            JsonArray many when many.All(m => m is JsonValue v && v.TryGetValue<string>(out _)) => [.. many.Select(m => m!.GetValue<string>())],
            _ => null,
        };
        if (context.Request.Headers.Authorization.Count == 0 || texts is null)
        {
            context.Response.StatusCode = texts is null ? 400 : 401;
            return;
        }

        var magic = texts.Select(MagicPrompt.Parse).ToList();
        if (magic.Exists(m => m.Hang))
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (magic.Exists(m => m.Ending == JobEnding.Error))
        {
            context.Response.StatusCode = 500;
            return;
        }

        await new Engine.Reply(200, new JsonObject
        {
            ["id"] = "modr-sandbox", ["model"] = "omni-moderation-latest",
            ["results"] = new JsonArray([.. magic.Select(m => Result(m.Ending == JobEnding.Moderated))]),
        }).WriteAsync(context);
    }

    private static JsonObject Result(bool flagged) => new JsonObject
    {
        ["flagged"] = flagged,
        ["categories"] = new JsonObject(s_categories.Select(c => KeyValuePair.Create(c, (JsonNode?)(flagged && c == Flagged)))),
        ["category_scores"] = new JsonObject(s_categories.Select(c => KeyValuePair.Create(c, (JsonNode?)(flagged && c == Flagged ? 0.97 : 0.0001)))),
    };
}
