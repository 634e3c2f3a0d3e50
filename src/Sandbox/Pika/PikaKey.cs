using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Pika;

/// <summary><c>Authorization: Key ...</c>, not <c>Bearer</c>.</summary>
internal sealed class PikaKey(SandboxOptions options)
{
    private const string Scheme = "Key ";

    private readonly ApiKeyRule _rule = new(options, PikaStandIn.ProviderName);

    public RequestDelegate Guard(RequestDelegate next) => context =>
        _rule.Accepts(KeyOf(context)) ? next(context) : PikaAnswer.RefuseAsync(
            context, StatusCodes.Status401Unauthorized,
            context.Request.Headers.Authorization.ToString().Length > 0 && KeyOf(context).Length == 0
                ? "Invalid Key Authorization header format. Expected '<key_id>:<key_secret>'."
                : "No user found for Key ID and Secret");

    /// <summary>The same for the platform API, which refuses in a shape of its own.</summary>
    public RequestDelegate GuardPlatform(RequestDelegate next) => context =>
        _rule.Accepts(KeyOf(context)) ? next(context) : Answer.JsonAsync(
            context, StatusCodes.Status401Unauthorized, new PikaPlatformError(new("authorization_error", "Authentication required")),
            PikaJson.Default.PikaPlatformError);

    private static string KeyOf(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
    }
}
