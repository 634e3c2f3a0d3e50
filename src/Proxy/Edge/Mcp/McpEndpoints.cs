using System.Text.Json;
using System.Text.Json.Nodes;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media.Bucket;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary><c>/mcp</c>: the endpoint for agents, the Model Context Protocol over streamable HTTP. Without sessions, so that any replica answers any call.</summary>
internal static class McpEndpoints
{
    /// <summary>Where it is.</summary>
    public const string Path = "/mcp";

    private const string InvalidParams = """{"jsonrpc":"2.0","id":null,"error":{"code":-32602,"message":"The parameters of the request cannot be read."}}""";

    // The package reads no other type, and fails on a call without one.
    private const string NoJson = """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Send the message as JSON, with Content-Type: application/json."}}""";

    // Later versions have no handshake.
    private const string LatestHandshake = "2025-11-25";

    private const string Instructions =
        "Makes images, videos and sound with models of many providers. list_models lists them, quote returns what a request costs. generate_video answers at once with an id; "
        + "get_generation waits for it. A generation goes on when a call is given up; cancel_generation ends it.";

    /// <summary>Its services.</summary>
    public static IServiceCollection AddMcpEndpoint(this IServiceCollection services)
    {
        services.AddSingleton<McpCalls>();
        services.AddMcpServer(options =>
        {
            options.ServerInfo = new() { Name = "framegate", Version = typeof(McpEndpoints).Assembly.GetName().Version?.ToString(3) ?? "0" };
            options.ServerInstructions = Instructions;
            options.Filters.Request.CallToolFilters.Add(Explain);
            options.Filters.Message.IncomingFilters.Add(OfferKnownVersion);
            McpTasks.AddTo(options);
        })
            .WithHttpTransport()
            .WithTools<McpTools>(McpJson.Default.Options)
            .WithResources<McpMedia>();
        return services;
    }

    /// <summary>Maps it. The package's parts, the descriptions of all tools among them, are made at the first call: they take memory that a gateway without agents does not need.</summary>
    public static void MapMcpEndpoint(this IEndpointRouteBuilder routes)
    {
        var pipeline = new Lazy<RequestDelegate>(() => new Pipeline(routes).Open());
        routes.MapPost(Path, (RequestDelegate)(context => pipeline.Value(context))).WithMetadata(new AcceptsMetadata(["application/json"]));
    }

    /// <summary>Large inputs of an agent become files, as those of everybody do. Stands behind what lets large bodies in.</summary>
    public static void UseMcpInputs(this IApplicationBuilder app) =>
        app.UseWhen(static context => context.Request.Path.StartsWithSegments(Path), static pipeline => pipeline.UseMiddleware<McpInputs>());

    /// <summary>Lets nobody in whom a web page of another site has sent: the package looks at no Origin.</summary>
    public static void UseMcpEndpoint(this IApplicationBuilder app) => app.UseWhen(
        static context => context.Request.Path.StartsWithSegments(Path),
        static pipeline => pipeline.Use(static async (context, next) =>
        {
            var origin = context.Request.Headers.Origin.ToString();
            var security = context.RequestServices.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<SecurityOptions>>().CurrentValue;
            if (origin.Length > 0 && !LocalCaller.IsLocalPage(origin) && !PageOrigins.Names(security, origin) && security.Origins?.Contains("*") != true)
            {
                await TypedResults.Problem("Pages of this origin are not served; Framegate:Security:Origins names those that are.", statusCode: StatusCodes.Status403Forbidden, title: "Forbidden")
                    .ExecuteAsync(context);
                return;
            }

            if (HttpMethods.IsPost(context.Request.Method) && !IsJson(context.Request))
            {
                await RefuseAsync(context, StatusCodes.Status415UnsupportedMediaType, NoJson);
                return;
            }

            McpCalls.Enter(context);
            try
            {
                await next(context);
            }
            catch (JsonException) when (!context.Response.HasStarted)
            {
                // The package reads the parameters of the first message by itself, before any handler that could answer for it.
                await RefuseAsync(context, StatusCodes.Status400BadRequest, InvalidParams);
            }
        }));

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase);

    private static Task RefuseAsync(HttpContext context, int status, string body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body, context.RequestAborted);
    }

    /// <summary>Where the package maps its endpoint, which nobody routes to.</summary>
    private sealed class Pipeline(IEndpointRouteBuilder outer) : IEndpointRouteBuilder
    {
        public IServiceProvider ServiceProvider => outer.ServiceProvider;

        public ICollection<EndpointDataSource> DataSources { get; } = [];

        public IApplicationBuilder CreateApplicationBuilder() => outer.CreateApplicationBuilder();

        public RequestDelegate Open()
        {
            this.MapMcp();
            return DataSources.SelectMany(s => s.Endpoints).First(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods.Contains(HttpMethods.Post) == true).RequestDelegate!;
        }
    }

    /// <summary>A client that begins with a version which is later than all that begin so gets the latest of these, as the protocol asks; the package answers it with an error.</summary>
    private static McpMessageHandler OfferKnownVersion(McpMessageHandler next) => (context, cancellationToken) =>
    {
        if (context.JsonRpcMessage is JsonRpcRequest { Method: "initialize", Params: JsonObject given } && given["protocolVersion"] is JsonValue value && value.TryGetValue(out string? version)
            && string.CompareOrdinal(version, LatestHandshake) > 0)
        {
            given["protocolVersion"] = LatestHandshake;
        }

        return next(context, cancellationToken);
    };

    /// <summary>Reports what is wrong with a call's arguments: the package passes over unknown names, and reports an unreadable value in words of its own.</summary>
    private static McpRequestHandler<CallToolRequestParams, CallToolResult> Explain(McpRequestHandler<CallToolRequestParams, CallToolResult> next) => async (request, cancellationToken) =>
    {
        if (request.MatchedPrimitive is McpServerTool tool && McpArguments.Check(tool.ProtocolTool, request.Params?.Arguments) is { } wrong)
        {
            return McpCalls.Refused(wrong);
        }

        try
        {
            return await next(request, cancellationToken);
        }
        catch (Exception e) when (e is ArgumentException or JsonException)
        {
            return McpCalls.Refused(e.Message);
        }
        catch (BucketAwayException e)
        {
            Log.BucketAway(McpCalls.Context.RequestServices.GetRequiredService<ILogger<McpCalls>>(), e.Message);
            return McpCalls.Refused("The bucket of media cannot be used now. Ask again in some seconds.");
        }
        catch (Exception e) when (e is not (McpException or OperationCanceledException or StoreUnavailableException))
        {
            var context = McpCalls.Context;
            Log.RequestFailed(context.RequestServices.GetRequiredService<ILogger<McpCalls>>(), e, context.TraceIdentifier);
            return McpCalls.Refused("Framegate failed. This is a bug; the log has the details.");
        }
    };
}
