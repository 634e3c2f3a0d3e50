using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge.Console;

/// <summary>
/// Serves the console at <c>/console</c>, and leads a browser there that opens <c>/</c>. It is in front of the keys: the files hold nothing of anybody, and the
/// page asks for a key only once a call is refused.
/// </summary>
internal sealed class ConsoleMiddleware(RequestDelegate next, Lazy<ConsoleFiles> files, PublicAddress address)
{
    /// <summary>Where it is.</summary>
    public const string Prefix = "/console";

    private const string Home = "/console/playground";

    // Styles are set by script where they are computed, so nothing inline is needed.
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src 'self' blob:; connect-src 'self'; form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
        {
            return request.Path.StartsWithSegments(Prefix) ? WrongMethod.AnswerAsync(context, WrongMethod.Reads) : next(context);
        }

        if (request.Path == "/" || request.Path == Prefix || request.Path == Prefix + "/")
        {
            if (request.Path == "/" && !IsBrowser(request))
            {
                return next(context);
            }

            context.Response.StatusCode = StatusCodes.Status302Found;
            context.Response.Headers.Location = address.OnPage(context, Home);
            context.Response.Headers.Vary = "Accept";
            return Task.CompletedTask;
        }

        return request.Path.StartsWithSegments(Prefix, out var rest) ? ServeAsync(context, rest.Value!.TrimStart('/')) : next(context);
    }

    private static bool IsBrowser(HttpRequest request) => request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private Task ServeAsync(HttpContext context, string name)
    {
        // An address of the page is no file. A file that is gone is a 404, since a page in its place could not be run.
        var isPage = !name.StartsWith("assets/", StringComparison.Ordinal) && files.Value.Find(name) is null;
        if ((isPage ? files.Value.Page(address.OnPage(context, Prefix + "/")) : files.Value.Find(name)) is not { } file)
        {
            return Problems.NotFound($"There is no file '{Problems.Shown(name)}' of the console.").ExecuteAsync(context);
        }

        return file.AnswerAsync(context, Policy, lasts: name.StartsWith("assets/", StringComparison.Ordinal));
    }
}
