namespace Framegate.Proxy.Edge.Http;

/// <summary>Answers a method that a path does not have with those that there are (RFC 9110, section 15.5.6). OPTIONS asks for just that (section 9.3.7).</summary>
internal static class WrongMethod
{
    /// <summary>Those of what can only be read.</summary>
    public const string Reads = "GET, HEAD";

    /// <summary>Answers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="allowed">The methods that there are.</param>
    public static Task AnswerAsync(HttpContext context, string allowed)
    {
        if (HttpMethods.IsOptions(context.Request.Method))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            context.Response.Headers.Allow = $"{allowed}, {HttpMethods.Options}";
            return Task.CompletedTask;
        }

        context.Response.Headers.Allow = allowed;
        return TypedResults.Problem($"{context.Request.Method} is not served here; there is {allowed}.", statusCode: StatusCodes.Status405MethodNotAllowed, title: "Method not allowed")
            .ExecuteAsync(context);
    }
}
