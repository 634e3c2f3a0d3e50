using System.Text.Json.Nodes;

namespace Framegate.Sandbox.Engine;

/// <summary>An answer of server-sent events, each named by its <c>type</c>.</summary>
internal sealed class EventStream
{
    private readonly HttpContext _context;

    public EventStream(HttpContext context)
    {
        _context = context;
        context.Response.ContentType = "text/event-stream; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
    }

    public async Task SendAsync(JsonObject message)
    {
        byte[] text = [.. "event: "u8, .. System.Text.Encoding.UTF8.GetBytes((string)message["type"]!), .. "\ndata: "u8, .. Reply.Write(message), .. "\n\n"u8];
        await _context.Response.Body.WriteAsync(text, _context.RequestAborted);
        await _context.Response.Body.FlushAsync(_context.RequestAborted);
    }
}
