using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Fal;

/// <summary><c>Authorization: Key ...</c>, not <c>Bearer</c>.</summary>
internal sealed class FalKey(SandboxOptions options, string provider)
{
    private const string Scheme = "Key ";

    private readonly ApiKeyRule _rule = new(options, provider);

    public RequestDelegate Guard(RequestDelegate next) => context =>
        _rule.Accepts(KeyOf(context)) ? next(context) : FalAnswer.RefuseAsync(
            context, StatusCodes.Status401Unauthorized,
            context.Request.Headers.Authorization.ToString().Length > 0 && KeyOf(context).Length == 0
                ? "Invalid Key Authorization header format. Expected '<key_id>:<key_secret>'."
                : "No user found for Key ID and Secret");

    /// <summary>The same for the platform API, which refuses in a shape of its own.</summary>
    public RequestDelegate GuardPlatform(RequestDelegate next) => context =>
        _rule.Accepts(KeyOf(context)) ? next(context) : Answer.JsonAsync(
            context, StatusCodes.Status401Unauthorized, new FalPlatformError(new("authorization_error", "Authentication required")),
            FalJson.Default.FalPlatformError);

    private static string KeyOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
    }
}
