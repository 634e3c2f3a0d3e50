using System.Collections.Concurrent;
using Framegate.Proxy.Edge.Http;
using Scalar.AspNetCore;

namespace Framegate.Proxy.Edge.Reference;

/// <summary>
/// Serves the API reference: a page at <c>/docs</c>, the meaning of every code at <c>/docs/errors</c>, and the documents at <c>/openapi</c>. It is in front of the
/// keys, or nobody could read how to send one. Nothing of it asks another host.
/// </summary>
internal sealed class ReferenceMiddleware(RequestDelegate next, ApiDocuments documents, PublicAddress address)
{
    private const string Pages = "/docs";
    private const string Documents = "/openapi";
    private const string Script = "text/javascript; charset=utf-8";

    // Scalar writes styles into the page while it runs; scripts come from here alone, and none is made from text.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

    private readonly ConcurrentDictionary<string, EmbeddedFile?> _pages = new(StringComparer.Ordinal);

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return request.Path.StartsWithSegments(Documents) || request.Path.StartsWithSegments(Pages) ? WrongMethod.AnswerAsync(context, WrongMethod.Reads) : next(context);
        }

        if (request.Path.StartsWithSegments(Documents, out var document))
        {
            return documents.Find(document.Value!.Trim('/').Replace(".json", "", StringComparison.Ordinal), address.Of(context)) is { } json
                ? EmbeddedFile.Of(json, "application/json; charset=utf-8").AnswerAsync(context, Policy)
                : Problems.NotFound("There are /openapi/v2.json and /openapi/openai.json.").ExecuteAsync(context);
        }

        if (!request.Path.StartsWithSegments(Pages, out var page))
        {
            return next(context);
        }

        if (page.Value == "/")
        {
            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = address.OnPage(context, Pages);
            return Task.CompletedTask;
        }

        return Find(page.Value!.TrimStart('/')) is { } file
            ? file.AnswerAsync(context, Policy)
            : Problems.NotFound("There are /docs and /docs/errors.").ExecuteAsync(context);
    }

    private EmbeddedFile? Find(string name) => name is "" or "errors" or "start.js" or "docs.css" or "scalar.js" ? _pages.GetOrAdd(name, Load) : null;

    private static EmbeddedFile Load(string name) => name switch
    {
        "" => EmbeddedFile.Of(Own("docs.html"), "text/html; charset=utf-8"),
        "errors" => EmbeddedFile.Of(ErrorPage.Render(), "text/html; charset=utf-8"),
        "start.js" => EmbeddedFile.Of(Own(name), Script),
        "docs.css" => EmbeddedFile.Of(Own(name), "text/css; charset=utf-8"),
        _ => EmbeddedFile.OfPacked(Bytes(typeof(ScalarOptions).Assembly.GetManifestResourceStream("ScalarStaticAssets.scalar.js")!), Script),
    };

    private static byte[] Own(string name) => Bytes(typeof(ReferenceMiddleware).Assembly.GetManifestResourceStream("reference/" + name)!);

    private static byte[] Bytes(Stream stream)
    {
        using (stream)
        {
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            return bytes;
        }
    }
}
