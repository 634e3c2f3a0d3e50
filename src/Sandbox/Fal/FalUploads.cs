using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Fal;

/// <summary>Uploads, as at <c>rest.fal.ai</c>: a call for two addresses, and a file put to the first that can be read at the second.</summary>
internal sealed class FalUploads(StandInSite site)
{
    private const int MostFiles = 100;
    private const int LargestFile = 32 * 1024 * 1024;
    private readonly ConcurrentDictionary<string, (string Type, byte[]? Bytes)> _files = new(StringComparer.Ordinal);

    public void Map(IEndpointRouteBuilder routes, FalKey key)
    {
        routes.MapPost("rest.fal.ai/storage/upload/initiate", key.Guard(InitiateAsync));
        routes.MapPut("uploads/{id}", PutAsync);
        routes.MapGet("uploads/{id}", GetAsync);
    }

    private async Task InitiateAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if (_files.Count >= MostFiles)
        {
            _files.Clear();
        }

        var id = site.Services.Chance.Uuid();
        _files[id] = ((string?)body?["content_type"] ?? "application/octet-stream", null);
        var url = $"{site.BaseUrl(context).TrimEnd('/')}/uploads/{id}";
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(new JsonObject { ["upload_url"] = url, ["file_url"] = url }.ToJsonString(), context.RequestAborted);
    }

    private async Task PutAsync(HttpContext context)
    {
        var id = (string)context.Request.RouteValues["id"]!;
        if (!_files.TryGetValue(id, out var file) || context.Request.ContentLength > LargestFile)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        _files[id] = (file.Type, bytes.ToArray());
    }

    private Task GetAsync(HttpContext context)
    {
        if (!_files.TryGetValue((string)context.Request.RouteValues["id"]!, out var file) || file.Bytes is null)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = file.Type;
        return context.Response.Body.WriteAsync(file.Bytes, context.RequestAborted).AsTask();
    }
}
