using System.Globalization;
using System.IO.Pipelines;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine.Generations;
using Framegate.Proxy.Media;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Writes generations as chat completions. Pictures are <c>images</c> of the message, as gateways of chat have them; a picture is encoded on its way from the media store.</summary>
internal sealed class ChatBody(ImageAnswer images, MediaLinks links)
{
    private const string Tokens =
        "\"prompt_tokens_details\":{\"cached_tokens\":0,\"audio_tokens\":0},\"completion_tokens_details\":{\"reasoning_tokens\":0,\"audio_tokens\":0,\"accepted_prediction_tokens\":0,\"rejected_prediction_tokens\":0}";

    /// <summary>Whether what it has made is still kept.</summary>
    public async ValueTask<bool> IsThereAsync(GenerationState state, CancellationToken cancellationToken)
    {
        foreach (var item in state.Result!.Media)
        {
            if (!await images.IsThereAsync(item, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A completion.</summary>
    public async Task PutWholeAsync(PipeWriter output, ChatCall call, GenerationState state, string baseUrl, CancellationToken cancellationToken)
    {
        Put(output, $"{Head(call, state, "chat.completion")}\"choices\":[{{\"index\":0,\"message\":{{\"role\":\"assistant\",");
        await PutMadeAsync(output, call, state, baseUrl, cancellationToken);
        Put(output, $",\"refusal\":null,\"annotations\":[]}},\"logprobs\":null,\"finish_reason\":\"{FinishOf(call, state)}\"}}],\"usage\":{Usage(state)}}}");
    }

    /// <summary>The first chunk, before there is any content.</summary>
    public static void PutRole(PipeWriter output, ChatCall call, GenerationState state) => PutChunk(output, call, state, "\"role\":\"assistant\",\"content\":\"\"", end: false);

    /// <summary>What has been made, and the end.</summary>
    public async Task PutRestAsync(PipeWriter output, ChatCall call, GenerationState state, string baseUrl, CancellationToken cancellationToken)
    {
        Put(output, $"data: {Head(call, state, "chat.completion.chunk")}\"choices\":[{{\"index\":0,\"delta\":{{");
        await PutMadeAsync(output, call, state, baseUrl, cancellationToken);
        Put(output, $"}},\"logprobs\":null,\"finish_reason\":null}}]{NoUsage(call)}}}\n\n");
        PutChunk(output, call, state, "", end: true);
        if (call.WithUsage)
        {
            Put(output, $"data: {Head(call, state, "chat.completion.chunk")}\"choices\":[],\"usage\":{Usage(state)}}}\n\n");
        }

        Put(output, "data: [DONE]\n\n");
    }

    private static void PutChunk(PipeWriter output, ChatCall call, GenerationState state, string delta, bool end) => Put(
        output,
        $"data: {Head(call, state, "chat.completion.chunk")}\"choices\":[{{\"index\":0,\"delta\":{{{delta}}},\"logprobs\":null,\"finish_reason\":{(end ? $"\"{FinishOf(call, state)}\"" : "null")}}}]{NoUsage(call)}}}\n\n");

    private static string Head(ChatCall call, GenerationState state, string kind) => string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"id\":{ResponseBody.Json("chatcmpl-" + ResponseBody.OwnOf(state))},\"object\":\"{kind}\",\"created\":{state.CreatedAt.ToUnixTimeSeconds()},\"model\":{ResponseBody.Json(call.Model)},\"service_tier\":null,\"system_fingerprint\":null,");

    // What the caller's own stop has cut ends as it was to end.
    private static string FinishOf(ChatCall call, GenerationState state) =>
        state is { TextIsCut: true, Result.Text: { } text } && Cut(text, call.Stops).Length == text.Length ? "length" : "stop";

    private static string NoUsage(ChatCall call) => call.WithUsage ? ",\"usage\":null" : "";

    private async Task PutMadeAsync(PipeWriter output, ChatCall call, GenerationState state, string baseUrl, CancellationToken cancellationToken)
    {
        var (result, made) = (state.Result!, state.Result!.Media);
        var text = made.Count == 0 ? Cut(result.Text ?? "", call.Stops)
            : call.WithLinks ? string.Join("\n\n", made.Select(m => $"![image]({links.Of(baseUrl, m, LinkKind.Signed)})")) : "";
        Put(output, $"\"content\":{ResponseBody.Json(text)}");
        for (var i = 0; i < made.Count; i++)
        {
            Put(output, string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? ",\"images\":[" : ",")}{{\"type\":\"image_url\",\"index\":{i},\"image_url\":{{\"url\":\"data:{made[i].ContentType};base64,"));
            await images.WriteBase64Async(output, made[i], cancellationToken);
            Put(output, i == made.Count - 1 ? "\"}}]" : "\"}}");
        }
    }

    private static string Cut(string text, IReadOnlyList<string> stops)
    {
        var end = stops.Select(s => text.IndexOf(s, StringComparison.Ordinal)).Where(static at => at >= 0).DefaultIfEmpty(text.Length).Min();
        return text[..end];
    }

    private static string Usage(GenerationState state)
    {
        var tokens = TokenCount.Of([state]);
        return string.Create(CultureInfo.InvariantCulture, $"{{\"prompt_tokens\":{tokens.Input},\"completion_tokens\":{tokens.Output},\"total_tokens\":{tokens.Total},{Tokens}}}");
    }

    private static void Put(PipeWriter output, string text) => ImageAnswer.Put(output, text);
}
