namespace Framegate.Proxy.Edge;

/// <summary>Lists what there is where nothing is: a base URL that lacks its path, or has it twice, is the commonest mistake of all.</summary>
internal sealed class NothingHereMiddleware(RequestDelegate next)
{
    private const string Places =
        "The OpenAI dialect is at /v1, the unified API at /generations, /models, /providers and /quotes, providers' own APIs at the routes of the configuration (/flux, /veo ...).";

    public async Task InvokeAsync(HttpContext context)
    {
        await next(context);
        if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound } && context.GetEndpoint() is null)
        {
            await Http.Problems.NotFound($"There is nothing at {context.Request.Method} {Http.Problems.Shown(context.Request.Path)}. {Places}").ExecuteAsync(context);
        }
        else if (context.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed, ContentType: null })
        {
            await Http.WrongMethod.AnswerAsync(context, context.Response.Headers.Allow.ToString());
        }
    }
}
