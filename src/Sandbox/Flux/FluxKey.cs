using Framegate.Sandbox.Core;
using Framegate.Sandbox.FastApi;

namespace Framegate.Sandbox.Flux;

/// <summary>The <c>x-key</c> header.</summary>
internal sealed class FluxKey(SandboxOptions options)
{
    private readonly ApiKeyRule _rule = new(options, FluxStandIn.ProviderName);

    /// <summary>Lets an authenticated call through; any other gets its refusal.</summary>
    public RequestDelegate Guard(RequestDelegate next) => context =>
    {
        var key = context.Request.Headers["x-key"].ToString();
        if (_rule.Accepts(key) && !IsMalformed(key))
        {
            return next(context);
        }

        // A malformed key is a validation error there, not 401 (seen on the live service in August 2026).
        return key.Length > 0 && IsMalformed(key)
            ? FastApiAnswer.DetailAsync(context, StatusCodes.Status422UnprocessableEntity, "Invalid API key format")
            : FastApiAnswer.DetailAsync(context, StatusCodes.Status403Forbidden, "Not authenticated");
    };

    private static bool IsMalformed(string key) => key.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'));
}
