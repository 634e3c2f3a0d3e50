using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Runway;

/// <summary>What every call must have: the bearer key and the API version.</summary>
internal sealed class RunwayEnvelope(SandboxOptions options)
{
    /// <summary>The only version there is.</summary>
    public const string Version = "2024-11-06";

    private const string Scheme = "Bearer ";

    private readonly ApiKeyRule _rule = new(options, RunwayStandIn.ProviderName);

    public RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        var header = context.Request.Headers.Authorization.ToString();
        var key = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        return !_rule.Accepts(key) ? RunwayFault.Unauthorized.WriteAsync(context)
            : context.Request.Headers["X-Runway-Version"] != Version ? RunwayFault.Version.WriteAsync(context)
            : next(context);
    };
}
