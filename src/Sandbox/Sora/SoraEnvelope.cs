using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Sora;

/// <summary>What every call has: the bearer key, and the debugging headers of the answer.</summary>
internal sealed class SoraEnvelope(SandboxServices services)
{
    private const string Scheme = "Bearer ";

    private readonly ApiKeyRule _rule = new(services.Options, SoraStandIn.ProviderName);

    public RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        AddHeaders(context);
        var header = context.Request.Headers.Authorization.ToString();
        var key = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : "";
        return _rule.Accepts(key) ? next(context) : Refuse(key).WriteAsync(context);
    };

    private static SoraFault Refuse(string key) => new(
        StatusCodes.Status401Unauthorized,
        key.Length == 0
            ? "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
                + "(i.e. Authorization: Bearer YOUR_KEY)."
            : $"Incorrect API key provided: {Masked(key)}. You can find your API key at https://platform.openai.com/account/api-keys.",
        Code: "invalid_api_key");

    private static string Masked(string key) => key.Length <= 12 ? new string('*', key.Length) : key[..8] + "********************" + key[^4..];

    private void AddHeaders(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers["x-request-id"] = "req_" + services.Chance.Hex(16);
        headers["openai-version"] = "2020-10-01";
        headers["openai-organization"] = "org-sandbox";
        headers["openai-processing-ms"] = "1";
    }
}
