using System.Text.Json.Nodes;
using Framegate.Proxy.Engine.StoreContract;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>
/// Long work as tasks, for clients that name the protocol's extension for them. Where a generation is not done in time they get a task in the place of an answer with
/// <c>processing</c>, and ask for it until its end. A task is its generation under the same id, so any replica answers, and nothing is lost with a process.
/// </summary>
internal static class McpTasks
{
    private const string Extension = "io.modelcontextprotocol/tasks";
    private const string Id = "taskId";
    private const string Kind = "resultType";
    private const string Complete = "complete";
    private const int PollMilliseconds = 2000;

    private static readonly string[] s_tools = ["generate_image", "edit_image", "generate_video", "generate_audio"];

    /// <summary>Adds them to what the server can do.</summary>
    public static void AddTo(McpServerOptions options)
    {
        // The package has the places for an extension, and marks them as not settled.
#pragma warning disable MCPEXP001, MCPEXP002
        options.Capabilities ??= new();
        options.Capabilities.Extensions = new Dictionary<string, object> { [Extension] = new JsonObject() };
        options.RequestHandlers =
        [
            new() { Method = "tasks/get", RoutingNameParameter = Id, Handler = static async (request, cancellationToken) => await GetAsync(request, cancellationToken) },
            new() { Method = "tasks/cancel", RoutingNameParameter = Id, Handler = static async (request, cancellationToken) => await CancelAsync(request, cancellationToken) },

            // Nothing here asks an agent for more; the answer is that of the protocol for what was not asked for.
            new() { Method = "tasks/update", RoutingNameParameter = Id, Handler = static async (request, cancellationToken) => { await GetAsync(request, cancellationToken); return Done(); } },
        ];
        options.Filters.Request.CallToolWithAlternateFilters.Add(static async (request, next, cancellationToken) =>
        {
            var answer = await next(request, cancellationToken);
            return request.JsonRpcRequest.Context?.ClientCapabilities?.Extensions?.ContainsKey(Extension) == true && s_tools.Contains(request.Params?.Name)
                && !answer.IsAlternate && answer.Result?.StructuredContent is { } content && content.GetProperty("status").ValueEquals("processing")
                && await TaskOfAsync(content.GetProperty("id").GetString()!, cancellationToken) is { } task
                ? ResultOrAlternate<CallToolResult>.FromAlternate(
                    new McpTask
                    {
                        ResultType = "task", TaskId = task.Id, Status = WordOf(task.Standing), StatusMessage = task.Phase, CreatedAt = task.CreatedAt, LastUpdatedAt = task.ChangedAt, TtlMs = task.KeptMs, PollIntervalMs = PollMilliseconds,
                    },
                    McpJson.Default.McpTask)
                : answer;
        });
#pragma warning restore MCPEXP001, MCPEXP002
    }

    private static McpCalls Calls => McpCalls.Context.RequestServices.GetRequiredService<McpCalls>();

    /// <summary>The task of a generation that was just begun.</summary>
    /// <returns>Null while the store cannot be asked: the tool's own answer has the id, and an error would be taken for a call to repeat.</returns>
    private static async Task<McpStandingTask?> TaskOfAsync(string id, CancellationToken cancellationToken)
    {
        try
        {
            return await Calls.TaskAsync(id, cancellationToken);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private static async Task<JsonNode?> GetAsync(RequestContext<JsonNode?> request, CancellationToken cancellationToken)
    {
        var task = await FindAsync(request, cancellationToken);
        var answer = new JsonObject
        {
            [Kind] = Complete, [Id] = task.Id, ["status"] = WordOf(task.Standing), ["statusMessage"] = task.Phase, ["createdAt"] = task.CreatedAt, ["lastUpdatedAt"] = task.ChangedAt, ["ttlMs"] = task.KeptMs,
            ["pollIntervalMs"] = PollMilliseconds,
        };
        if (task.Standing == McpStanding.Ended)
        {
            // What went wrong with a generation is the tool's answer, with its reason, and no fault of the protocol.
            var result = System.Text.Json.JsonSerializer.SerializeToNode(await Calls.ResultAsync(task.State, cancellationToken), McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(CallToolResult)))!;
            result[Kind] = Complete;
            answer["result"] = result;
        }

        return answer;
    }

    private static async Task<JsonNode?> CancelAsync(RequestContext<JsonNode?> request, CancellationToken cancellationToken)
    {
        var task = await FindAsync(request, cancellationToken);
        await Calls.CancelAsync(task.Id, cancellationToken);
        return Done();
    }

    private static async Task<McpStandingTask> FindAsync(RequestContext<JsonNode?> request, CancellationToken cancellationToken)
    {
        var id = (request.Params as JsonObject)?[Id] is JsonValue value && value.TryGetValue(out string? text) ? text : null;
        return (id is null ? null : await Calls.TaskAsync(id, cancellationToken)) ?? throw new McpProtocolException("There is no such task.", McpErrorCode.InvalidParams);
    }

    private static JsonObject Done() => new() { [Kind] = Complete };

    private static string WordOf(McpStanding standing) => standing switch { McpStanding.Working => "working", McpStanding.Cancelled => "cancelled", _ => "completed" };
}
