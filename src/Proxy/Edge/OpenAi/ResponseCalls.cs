using System.Globalization;
using System.Text.Json;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary><c>POST /v1/responses</c>: a text, or by the image tool a picture, as one generation.</summary>
internal sealed class ResponseCalls(ResponseReader reader, OneGeneration one, PublicAddress address, ImageAnswer images)
{
    /// <summary>Answers one.</summary>
    public async Task RunAsync(HttpContext context)
    {
        var caller = DialectCaller.Of(context, address.Of(context));
        var (body, problem) = caller.Problem is { } wrong ? (null, wrong) : await OpenAiBodyReader.ReadAsync(context.Request, [], context.RequestAborted);
        var (call, refused) = body is null ? (null, problem) : reader.Read(body);
        await (call is null ? OpenAiErrorWriter.WriteAsync(context, refused!) : one.RunAsync(context, call.Request, caller, state => AnswerAsync(context, call, state)));
    }

    private async Task AnswerAsync(HttpContext context, ResponseCall call, GenerationState state)
    {
        if (call.Image is not null && (state.Result!.Media is not [var first, ..] || !await images.IsThereAsync(first, context.RequestAborted)))
        {
            await OpenAiErrorWriter.WriteAsync(context, ImageAnswer.Expired, StatusCodes.Status410Gone);
            return;
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        var (output, own, tokens) = (context.Response.BodyWriter, state.ShownId[(state.ShownId.IndexOf('_') + 1)..], state.TokensUsed ?? 0);
        ImageAnswer.Put(output, string.Create(CultureInfo.InvariantCulture, $"{{\"id\":{Json("resp_" + own)},\"object\":\"response\",\"created_at\":{state.CreatedAt.ToUnixTimeSeconds()},"));
        ImageAnswer.Put(output, $"\"status\":\"completed\",\"background\":false,\"error\":null,\"incomplete_details\":null,\"instructions\":null,\"max_output_tokens\":null,\"model\":{Json(call.Model)},\"output\":[");
        if (call.Image is { } image)
        {
            var item = state.Result!.Media[0];
            ImageAnswer.Put(output, $"{{\"id\":{Json("ig_" + own)},\"type\":\"image_generation_call\",\"status\":\"completed\",\"background\":\"{image.Background}\",\"quality\":\"{image.Quality}\",");
            ImageAnswer.Put(output, $"\"output_format\":{Json(ImageAnswer.FormatOf(item))},\"size\":{Json(ImageAnswer.SizeOf(item))},\"result\":\"");
            await images.WriteBase64Async(output, item, context.RequestAborted);
            ImageAnswer.Put(output, "\"}");
        }
        else
        {
            ImageAnswer.Put(output, $"{{\"id\":{Json("msg_" + own)},\"type\":\"message\",\"status\":\"completed\",\"role\":\"assistant\",");
            ImageAnswer.Put(output, $"\"content\":[{{\"type\":\"output_text\",\"annotations\":[],\"text\":{Json(state.Result!.Text ?? "")}}}]}}");
        }

        ImageAnswer.Put(output, "],\"parallel_tool_calls\":true,\"previous_response_id\":null,\"reasoning\":{\"effort\":null,\"summary\":null},\"store\":false,\"temperature\":null,\"text\":{\"format\":{\"type\":\"text\"}},");
        ImageAnswer.Put(output, $"\"tool_choice\":\"auto\",\"tools\":[{(call.Image is null ? "" : "{\"type\":\"image_generation\"}")}],\"top_p\":null,\"truncation\":\"disabled\",\"user\":null,\"metadata\":{{}},");
        ImageAnswer.Put(output, string.Create(
            CultureInfo.InvariantCulture,
            $"\"usage\":{{\"input_tokens\":0,\"input_tokens_details\":{{\"cached_tokens\":0}},\"output_tokens\":{tokens},\"output_tokens_details\":{{\"reasoning_tokens\":0}},\"total_tokens\":{tokens}}}}}"));
        await output.FlushAsync(context.RequestAborted);
    }

    /// <summary>A JSON string, in ASCII.</summary>
    private static string Json(string? text) => text is null ? "null" : $"\"{JsonEncodedText.Encode(text)}\"";
}
