using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;
using Framegate.Sandbox.Engine;
using Framegate.Sandbox.Media;

namespace Framegate.Sandbox.OpenAi;

/// <summary><c>/v1/responses</c>: words, and a picture where the tool for it is given; at once, as events, or in the background.</summary>
internal sealed class OpenAiResponses(Func<Refusal, Reply> refuse)
{
    public void Map(IEndpointRouteBuilder routes, JobEndpoints endpoints)
    {
        routes.MapPost("v1/responses", endpoints.Submit((body, _) => Read(body), async (view, context) =>
            {
            if (!view.Order.Facts["background"]!.GetValue<bool>() && !await endpoints.WaitAsync(context, view.Job, TimeSpan.MaxValue))
            {
                context.Abort();
                return;
            }

            await AnswerAsync(endpoints.ViewOf(view), context, isNew: true);
        }, false, refuse));
        routes.MapGet("v1/responses/{id}", endpoints.Guard(context => LookAsync(endpoints, context)));
        routes.MapPost("v1/responses/{id}/cancel", endpoints.Guard(context =>
            {
            endpoints.Find(JobEndpoints.RouteValue("id")(context)!)?.Clock.Cancel(endpoints.Now);
            return LookAsync(endpoints, context);
        }));
    }

    private static Order Read(Reading body)
    {
        body.Only(
            "model", "input", "instructions", "max_output_tokens", "temperature", "top_p", "stream", "stream_options", "tools", "tool_choice", "background",
            "store", "metadata", "previous_response_id", "reasoning", "text",
            "truncation", "parallel_tool_calls", "user", "safety_identifier", "include", "service_tier", "prompt_cache_key", "max_tool_calls", "top_logprobs",
            "conversation", "prompt");
        var model = body.Model("model", OpenAiModels.Text);
        var prompt = body.Value.Member("input") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : Inputs(body);
        if (prompt.Length == 0)
        {
            body.Fail("input", "is required", WrongKind.Missing);
        }

        body.MaybeText("instructions");
        var most = body.MaybeWhole("max_output_tokens", 16);
        body.MaybeNumber("temperature", 0, 2);
        body.MaybeNumber("top_p", 0, 1);
        var (streams, background) = (body.MaybeFlag("stream") == true, body.MaybeFlag("background") == true);
        IReadOnlyList<Piece> pieces = [];
        foreach (var tool in body.List("tools").Where(t => t.Text("type") == "image_generation"))
        {
            tool.Only("type", "model", "size", "quality", "output_format", "output_compression", "background", "moderation", "partial_images", "input_fidelity",
                "input_image_mask", "action");
            tool.MaybeOneOf("quality", "auto", "low", "medium", "high", "xhigh", "max");
            pieces = [Piece.Image(tool.MaybeOneOf("output_format", "png", "jpeg", "webp") ?? "png", OpenAiImages.Size(tool, isSecond: true))];
        }

        var format = body.Object("text").Object("format");
        var reply = format.MaybeOneOf("type", "text", "json_object", "json_schema") is null or "text" ? EchoText.Of(prompt) : SampleJson.Of(format.Value.Member("schema"), EchoText.Of(prompt));
        return new(model, prompt, pieces)
        {
            Facts = new() { ["stream"] = streams, ["background"] = background, ["instructions"] = body.Copy("instructions"), ["most"] = most, ["reply"] = reply },
        };
    }

    /// <summary>The last text of the user; pictures are checked and otherwise ignored.</summary>
    private static string Inputs(Reading body)
    {
        var prompt = "";
        foreach (var message in body.List("input"))
        {
            if (message.Value.Member("content") is { ValueKind: JsonValueKind.String } text)
            {
                prompt = text.GetString()!;
                continue;
            }

            foreach (var content in message.List("content"))
            {
                if (content.OneOf("type", "input_text", "input_image", "input_file", "output_text") is "input_text" or "output_text")
                {
                    prompt = content.Text("text");
                }
                else
                {
                    content.MaybeLink("image_url");
                }
            }
        }

        return prompt;
    }

    private Task LookAsync(JobEndpoints endpoints, HttpContext context) => endpoints.Find(JobEndpoints.RouteValue("id")(context)!) is { } job
        ? endpoints.PollAsync(context, job, () => AnswerAsync(endpoints.ViewOf(context, job), context, isNew: false))
        : refuse(new(RefusalKind.UnknownJob)).WriteAsync(context);

    private async Task AnswerAsync(View view, HttpContext context, bool isNew)
    {
        var background = view.Order.Facts["background"]!.GetValue<bool>();
        if (!background && view.State is JobState.Moderated or JobState.Failed or JobState.TimedOut)
        {
            await refuse(view.Failure).WriteAsync(context);
            return;
        }

        var status = isNew && background ? "queued" : view.State switch
        {
            JobState.Queued => "queued",
            JobState.Running => "in_progress",
            JobState.Succeeded => "completed",
            JobState.Cancelled => "cancelled",
            _ => "failed",
        };
        var response = Response(view, status);
        var (text, isCut) = EchoText.Within((string)view.Order.Facts["reply"]!, (long?)view.Order.Facts["most"], thoughts: 16);
        if (status == "completed")
        {
            if (isCut)
            {
                (response["status"], response["incomplete_details"]) = ("incomplete", new JsonObject { ["reason"] = "max_output_tokens" });
            }

            response["output"] = await OutputAsync(view, text, context.RequestAborted);
            response["usage"] = Usage(view, text);
        }

        if (isNew && view.Order.Facts["stream"]!.GetValue<bool>())
        {
            await StreamAsync(view, response, text, context);
            return;
        }

        await Reply.Ok(response).With("x-request-id", "req_" + view.Job.Id).WriteAsync(context);
    }

    private static JsonObject Response(View view, string status) => new()
    {
        ["id"] = view.Job.Id, ["object"] = "response", ["created_at"] = view.AcceptedSeconds, ["status"] = status,
        ["background"] = view.Order.Facts["background"]!.DeepClone(),
        ["error"] = status != "failed" ? null : view.State == JobState.Moderated
            ? new JsonObject { ["code"] = "image_content_policy_violation", ["message"] = "Your request was rejected by the safety system." }
            : new JsonObject { ["code"] = "server_error", ["message"] = "The server had an error while processing your request." },
        ["incomplete_details"] = null, ["instructions"] = view.Order.Facts["instructions"]?.DeepClone(), ["max_output_tokens"] = null, ["model"] = view.Order.Model,
        ["output"] = new JsonArray(),
        ["parallel_tool_calls"] = true, ["previous_response_id"] = null, ["reasoning"] = new JsonObject { ["effort"] = null, ["summary"] = null }, ["store"] = true,
        ["temperature"] = 1.0,
        ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } }, ["tool_choice"] = "auto", ["tools"] = new JsonArray(), ["top_p"] = 1.0,
        ["truncation"] = "disabled", ["usage"] = null,
        ["user"] = null, ["metadata"] = new JsonObject(),
    };

    private static async Task<JsonArray> OutputAsync(View view, string text, CancellationToken cancel)
    {
        var output = new JsonArray();
        if (view.Order.Pieces.Count > 0)
        {
            output.Add((JsonNode)new JsonObject
            {
                ["id"] = "ig_" + view.Job.Id[5..], ["type"] = "image_generation_call", ["status"] = "completed", ["output_format"] = view.Order.Pieces[0].Format,
                ["size"] = $"{view.Order.Pieces[0].Width}x{view.Order.Pieces[0].Height}", ["result"] = Convert.ToBase64String(await view.DrawAsync(0, cancel)),
            });
        }

        output.Add((JsonNode)(text.Length > 0 ? Message(view, text, "completed") : new() { ["id"] = "rs_" + view.Job.Id[5..], ["type"] = "reasoning", ["summary"] = new JsonArray() }));
        return output;
    }

    private static JsonObject Message(View view, string? text, string status) => new()
    {
        ["id"] = "msg_" + view.Job.Id[5..], ["type"] = "message", ["status"] = status, ["role"] = "assistant", ["content"] = text is null ? [] : new JsonArray(Part(text)),
    };

    private static JsonObject Part(string text) => new() { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = text };

    private static JsonObject Usage(View view, string text)
    {
        var (asked, answered) = (EchoText.Tokens(view.Order.Prompt), EchoText.Tokens(text));
        return new()
        {
            ["input_tokens"] = asked, ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 }, ["output_tokens"] = answered,
            ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 }, ["total_tokens"] = asked + answered,
        };
    }

    /// <summary>The events of a text, word by word.</summary>
    private static async Task StreamAsync(View view, JsonObject completed, string text, HttpContext context)
    {
        var events = new EventStream(context);
        var number = 0;
        var (item, index) = ("msg_" + view.Job.Id[5..], view.Order.Pieces.Count > 0 ? 1 : 0);
        await SendAsync("response.created", new() { ["response"] = Response(view, "in_progress") });
        await SendAsync("response.in_progress", new() { ["response"] = Response(view, "in_progress") });
        if (index > 0)
        {
            await SendAsync("response.output_item.done", new() { ["output_index"] = 0, ["item"] = completed["output"]![0]!.DeepClone() });
        }

        await SendAsync("response.output_item.added", new() { ["output_index"] = index, ["item"] = Message(view, null, "in_progress") });
        await SendAsync("response.content_part.added", At(new() { ["part"] = Part("") }));
        var words = text.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            await SendAsync("response.output_text.delta", At(new() { ["delta"] = i == 0 ? words[i] : " " + words[i], ["logprobs"] = new JsonArray() }));
        }

        await SendAsync("response.output_text.done", At(new() { ["text"] = text, ["logprobs"] = new JsonArray() }));
        await SendAsync("response.content_part.done", At(new() { ["part"] = Part(text) }));
        await SendAsync("response.output_item.done", new() { ["output_index"] = index, ["item"] = Message(view, text, "completed") });
        await SendAsync($"response.{completed["status"]}", new() { ["response"] = completed });

        JsonObject At(JsonObject message)
        {
            (message["item_id"], message["output_index"], message["content_index"]) = (item, index, 0);
            return message;
        }

        Task SendAsync(string type, JsonObject message)
        {
            message["type"] = type;
            message["sequence_number"] = number++;
            return events.SendAsync(message);
        }
    }
}
