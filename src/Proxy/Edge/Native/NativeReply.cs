using Microsoft.Extensions.Primitives;

namespace Framegate.Proxy.Edge.Native;

/// <summary>The answer to a native submit, kept for whoever asks for the same again.</summary>
internal sealed record NativeReply(int Status, IReadOnlyList<KeyValuePair<string, StringValues>> Headers, ReadOnlyMemory<byte> Body)
{
    private static readonly string[] OfTheConnection = ["Content-Length", "Transfer-Encoding", "Connection", "Date", "Server"];

    /// <summary>What was answered.</summary>
    public static NativeReply Of(HttpResponse response, ReadOnlyMemory<byte> body) =>
        new(response.StatusCode, [.. response.Headers.Where(h => !OfTheConnection.Contains(h.Key, StringComparer.OrdinalIgnoreCase))], body);

    /// <summary>Answers with it.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        context.Response.StatusCode = Status;
        foreach (var (name, value) in Headers)
        {
            context.Response.Headers[name] = value;
        }

        context.Response.ContentLength = Body.Length;
        await context.Response.Body.WriteAsync(Body, context.RequestAborted);
    }
}
