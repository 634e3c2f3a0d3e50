using System.Text.Json.Nodes;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary><c>POST /v1/uploads</c> and the storage it points to. Of a file only its existence is kept: a stand-in has no use for the bytes.</summary>
internal sealed class RunwayUploads(StandInSite site)
{
    public const string Scheme = "runway://";

    public const string Route = "uploads/{id}";

    /// <summary>The oldest goes when there are more.</summary>
    private const int Capacity = 10_000;

    private const int SmallestFile = 512;

    /// <summary>Documented: an upload can be used for 24 hours.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, DateTimeOffset?> _expiryById = [];

    public bool IsUsable(string uri)
    {
        lock (_lock)
        {
            return _expiryById.TryGetValue(uri[Scheme.Length..], out var expires) && site.Services.Time.GetUtcNow() < expires;
        }
    }

    public async Task BeginAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context);
        if (body?.Text("filename") is not { Length: > 0 } name || body.Value.Text("type") != "ephemeral")
        {
            await RunwayFault.Validation([RunwayIssue.Custom("Expected a filename and the type \"ephemeral\"", RunwayPath.Root)]).WriteAsync(context);
            return;
        }

        var id = site.Services.Chance.Uuid();
        lock (_lock)
        {
            _expiryById.Add(id, null);
            if (_expiryById.Count > Capacity)
            {
                _expiryById.RemoveAt(0);
            }
        }

        await Answer.JsonAsync(context, StatusCodes.Status200OK,
            new RunwayUpload($"{site.BaseUrl(context)}/uploads/{id}", new JsonObject { ["key"] = $"ephemeral/{id}/{name}", ["policy"] = "sandbox" }, Scheme + id),
            RunwayAccountJson.Default.RunwayUpload);
    }

    /// <summary>The storage's own form upload: the fields it was given, then the file. Answers 204 as S3 does.</summary>
    public async Task StoreAsync(HttpContext context)
    {
        var id = context.Request.RouteValues["id"]!.ToString()!;
        var form = context.Request.HasFormContentType ? await context.Request.ReadFormAsync(context.RequestAborted) : null;
        context.Response.StatusCode =
            form is null || form.Files["file"] is not { Length: >= SmallestFile } || !form["key"].ToString().StartsWith($"ephemeral/{id}/", StringComparison.Ordinal)
                ? StatusCodes.Status400BadRequest
            : Finish(id) ? StatusCodes.Status204NoContent
            : StatusCodes.Status403Forbidden;
    }

    private bool Finish(string id)
    {
        lock (_lock)
        {
            if (!_expiryById.ContainsKey(id))
            {
                return false;
            }

            _expiryById[id] = site.Services.Time.GetUtcNow() + Lifetime;
            return true;
        }
    }
}
