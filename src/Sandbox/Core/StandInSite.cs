namespace Framegate.Sandbox.Core;

/// <summary>Where a stand-in is mounted: the shared services, its path prefix and the end of its server.</summary>
internal sealed record StandInSite(SandboxServices Services, string Prefix, CancellationToken Stopping)
{
    /// <summary>The address under which the caller reached this provider, without a trailing slash.</summary>
    public string BaseUrl(HttpContext context) =>
        $"{context.Request.Scheme}://{context.Request.Host.Value}{context.Request.PathBase.Value}{Prefix}";

    /// <summary>Writes an accepted submit into the ledger.</summary>
    public void Record(string provider, string model, string prompt, string nativeId, DateTimeOffset at) =>
        Services.Ledger.Add(new LedgerEntry(provider, model, prompt, nativeId, at));
}
