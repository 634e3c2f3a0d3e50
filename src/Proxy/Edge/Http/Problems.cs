namespace Framegate.Proxy.Edge.Http;

/// <summary>Answers outside the unified contract: problem+json.</summary>
internal static class Problems
{
    private const int LongestEcho = 80;

    /// <summary>404.</summary>
    public static IResult NotFound(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>410.</summary>
    public static IResult Gone(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status410Gone, title: "Gone");

    /// <summary>400 for a query parameter.</summary>
    public static IResult BadQuery(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");

    /// <summary>A caller's text, short and without control characters, for a message.</summary>
    public static string Shown(string text) =>
        new([.. text.Take(LongestEcho).Select(c => char.IsControl(c) ? '?' : c)]);
}
