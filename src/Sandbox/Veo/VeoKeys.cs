using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Veo;

/// <summary>Who may call: an API key (Gemini, and Vertex in express mode) or an OAuth token (Vertex, Cloud Storage).</summary>
/// <remarks>The one key that the options may require stands for both; tokens of the sandbox's own token endpoint count as well.</remarks>
internal sealed class VeoKeys(SandboxOptions options, VeoTokens tokens)
{
    public const string VertexService = "aiplatform.googleapis.com";

    private const string GeminiService = "generativelanguage.googleapis.com";

    private const string Scheme = "Bearer ";

    private readonly ApiKeyRule _rule = new(options, VeoStandIn.ProviderName);

    public RequestDelegate WithKey(RequestDelegate next) => context => RefuseKey(context) is { } fault ? fault.WriteAsync(context) : next(context);

    public RequestDelegate WithToken(RequestDelegate next) => context => RefuseToken(context) is { } fault ? fault.WriteAsync(context) : next(context);

    /// <summary>Express mode has a key and no project; a token is taken there, too.</summary>
    public RequestDelegate WithEither(RequestDelegate next) => context =>
        context.Request.Headers.Authorization.Count > 0 ? WithToken(next)(context) : WithKey(next)(context);

    /// <summary>A wrong key is a 400 here, not a 401.</summary>
    private VeoFault? RefuseKey(HttpContext context)
    {
        var key = context.Request.Headers["x-goog-api-key"].ToString();
        key = key.Length > 0 ? key : context.Request.Query["key"].ToString();
        return key.Length == 0
            ? VeoFault.Denied("Method doesn't allow unregistered callers (callers without established identity). "
                + "Please use API Key or other form of API consumer identity to call this API.")
            : _rule.Accepts(key) ? null
            : VeoFault.Invalid("API key not valid. Please pass a valid API key.") with
            {
                Details = () => [VeoFault.ErrorInfo("API_KEY_INVALID", "googleapis.com", ("service", GeminiService))],
            };
    }

    private VeoFault? RefuseToken(HttpContext context)
    {
        var header = context.Request.Headers.Authorization.ToString();
        var token = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        return token.Length == 0 ? VeoFault.Unauthenticated("CREDENTIALS_MISSING", VertexService)
            : (VeoTokens.IsOurs(token) ? tokens.IsValid(token) : _rule.Accepts(token)) ? null
            : VeoFault.Unauthenticated("ACCESS_TOKEN_EXPIRED", VertexService);
    }
}
