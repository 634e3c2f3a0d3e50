using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Edge.Unified;
using Framegate.Proxy.Engine.Generations;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Writes generations as responses. A picture is encoded on its way from the media store, so that no file is in memory as a whole.</summary>
internal sealed class ResponseBody(ImageAnswer images, GenerationView views)
{
    public const string Completed = "completed";

    /// <summary>The status of a text that the limit of tokens has cut.</summary>
    public const string Incomplete = "incomplete";
    private const string InProgress = "in_progress";

    /// <summary>The part of a generation's id that its response and the items in it share.</summary>
    public static string OwnOf(GenerationState state) => state.ShownId[(state.ShownId.IndexOf('_') + 1)..];

    /// <summary>The id of a response.</summary>
    public static string IdOf(GenerationState state) => "resp_" + OwnOf(state);

    /// <summary>The id of what it holds.</summary>
    public static string ItemOf(ResponseFacts facts, GenerationState state) => (facts.IsImage ? "ig_" : "msg_") + OwnOf(state);

    /// <summary>How it stands. One that the provider still works on has not failed, even when its caller's patience is over.</summary>
    public static string StatusOf(GenerationState state) => state switch
    {
        { Status: GenerationStatus.Success, TextIsCut: true } => Incomplete,
        { Status: GenerationStatus.Success } => Completed,
        { ClientCancelled: true } or { CancelRequested: true } => "cancelled",
        { IsOpen: false } => "failed",
        { Phase: GenerationPhase.Queued or GenerationPhase.Submitting } => "queued",
        _ => InProgress,
    };

    /// <summary>Whether a response of a status holds what was made.</summary>
    public static bool HasResult(string status) => status is Completed or Incomplete;

    /// <summary>A response, with what it holds once it is complete.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="facts">What was asked for.</param>
    /// <param name="state">The generation.</param>
    /// <param name="status">Its status.</param>
    /// <param name="failure">Why it has none, where the generation states no error; null otherwise.</param>
    /// <param name="cancellationToken">The client has gone.</param>
    public async Task PutAsync(PipeWriter output, ResponseFacts facts, GenerationState state, string status, GenerationError? failure, CancellationToken cancellationToken)
    {
        var error = status == "failed" ? failure ?? views.Of(state, "").Error : null;
        Put(output, string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{Json(IdOf(state))},\"object\":\"response\",\"created_at\":{state.CreatedAt.ToUnixTimeSeconds()},"));
        Put(output, $"\"status\":\"{status}\",\"background\":{(facts.InBackground ? "true" : "false")},");
        Put(output, error is null ? "\"error\":null," : $"\"error\":{{\"code\":\"{CodeOf(error, facts)}\",\"message\":{Json(error.Message)}}},");
        Put(output, $"\"incomplete_details\":{(status == Incomplete ? "{\"reason\":\"max_output_tokens\"}" : "null")},\"instructions\":null,\"max_output_tokens\":null,\"model\":{Json(facts.Model)},\"output\":[");
        if (HasResult(status))
        {
            await PutItemAsync(output, facts, state, cancellationToken);
        }

        Put(output, $"],\"parallel_tool_calls\":true,\"previous_response_id\":null,\"reasoning\":{{\"effort\":null,\"summary\":null}},\"store\":{(facts.Store ? "true" : "false")},\"temperature\":null,");
        Put(output, $"\"text\":{{\"format\":{{\"type\":\"text\"}}}},\"tool_choice\":\"auto\",\"tools\":[{(facts.IsImage ? "{\"type\":\"image_generation\"}" : "")}],\"top_p\":null,\"truncation\":\"disabled\",\"user\":null,");
        Put(output, $"\"metadata\":{JsonSerializer.Serialize(facts.Metadata ?? [], OpenAiJson.Default.JsonObject)},\"usage\":{(HasResult(status) ? Usage(state) : "null")}}}");
    }

    /// <summary>What a complete response holds: its picture, or its text.</summary>
    public async Task PutItemAsync(PipeWriter output, ResponseFacts facts, GenerationState state, CancellationToken cancellationToken)
    {
        if (!facts.IsImage)
        {
            Put(output, Message(facts, state, StatusOf(state), $"{TextPart(state.Result!.Text ?? "")}"));
            return;
        }

        var item = state.Result!.Media[0];
        Put(output, $"{{\"id\":{Json(ItemOf(facts, state))},\"type\":\"image_generation_call\",\"status\":\"completed\",\"background\":\"{facts.Background}\",\"quality\":\"{facts.Quality}\",");
        Put(output, $"\"output_format\":{Json(ImageAnswer.FormatOf(item))},\"size\":{Json(ImageAnswer.SizeOf(item))},\"result\":\"");
        await images.WriteBase64Async(output, item, cancellationToken);
        Put(output, "\"}");
    }

    /// <summary>The same before there is anything in it.</summary>
    public static string Begun(ResponseFacts facts, GenerationState state) => facts.IsImage
        ? $"{{\"id\":{Json(ItemOf(facts, state))},\"type\":\"image_generation_call\",\"status\":\"in_progress\",\"result\":null}}"
        : Message(facts, state, InProgress, "");

    /// <summary>A text in an answer.</summary>
    public static string TextPart(string text) => $"{{\"type\":\"output_text\",\"annotations\":[],\"logprobs\":[],\"text\":{Json(text)}}}";

    /// <summary>Whether what it has made is still kept.</summary>
    public async ValueTask<bool> IsThereAsync(ResponseFacts facts, GenerationState state, CancellationToken cancellationToken) =>
        !facts.IsImage || (state.Result!.Media is [var first, ..] && await images.IsThereAsync(first, cancellationToken));

    /// <summary>A JSON string, in ASCII.</summary>
    public static string Json(string? text) => text is null ? "null" : $"\"{JsonEncodedText.Encode(text)}\"";

    /// <summary>Writes text that is ASCII.</summary>
    public static void Put(PipeWriter output, string text) => ImageAnswer.Put(output, text);

    private static string Message(ResponseFacts facts, GenerationState state, string status, string content) =>
        $"{{\"id\":{Json(ItemOf(facts, state))},\"type\":\"message\",\"status\":\"{status}\",\"role\":\"assistant\",\"content\":[{content}]}}";

    private static string Usage(GenerationState state)
    {
        var tokens = TokenCount.Of([state]);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{{\"input_tokens\":{tokens.Input},\"input_tokens_details\":{{\"cached_tokens\":0}},\"output_tokens\":{tokens.Output},\"output_tokens_details\":{{\"reasoning_tokens\":0}},\"total_tokens\":{tokens.Total}}}");
    }

    /// <summary>OpenAI's own words for why a response failed; there are no others in its clients' types.</summary>
    private static string CodeOf(GenerationError error, ResponseFacts facts) => error.Code switch
    {
        ErrorCode.ContentPolicyViolation => facts.IsImage ? "image_content_policy_violation" : "invalid_prompt",
        ErrorCode.RateLimitExceeded => "rate_limit_exceeded",
        ErrorCode.InvalidRequest or ErrorCode.InvalidModel => "invalid_prompt",
        _ => "server_error",
    };
}
