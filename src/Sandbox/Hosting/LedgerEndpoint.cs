using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Hosting;

/// <summary><c>GET /sandbox/ledger[?provider=&amp;prompt=]</c>.</summary>
internal static class LedgerEndpoint
{
    public static RequestDelegate Serve(SandboxLedger ledger) => context =>
    {
        var query = context.Request.Query;
        var entries = ledger.Read(OrNull(query["provider"]), OrNull(query["prompt"]));
        return Answer.JsonAsync(context, StatusCodes.Status200OK, new LedgerAnswer(entries), LedgerJson.Default.LedgerAnswer);
    };

    private static string? OrNull(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
