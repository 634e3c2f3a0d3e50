namespace Framegate.Sandbox.Core;

/// <summary>Applies the magic words that keep a submit from being accepted; none of these reaches the ledger.</summary>
internal static class SubmitGate
{
    /// <summary>The <c>Retry-After</c> of <see cref="Admission.RateLimited"/>, in seconds.</summary>
    public const int RetryAfterSeconds = 1;

    public static async Task<Admission> AdmitAsync(HttpContext context, StandInSite site, string provider, string prompt, MagicPrompt magic)
    {
        if (magic.Hang)
        {
            await HangAsync(context, site);
            return Admission.Gone;
        }

        if (magic.Late > TimeSpan.Zero)
        {
            await Task.Delay(magic.Late, site.Services.Time, site.Stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (site.Services.Flaky.ShouldFail(provider, prompt, magic.FlakyTimes))
        {
            return Admission.Unavailable;
        }

        return magic.RateLimited ? Admission.RateLimited : magic.NoCredits ? Admission.NoCredits : Admission.Accepted;
    }

    private static async Task HangAsync(HttpContext context, StandInSite site)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, site.Stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, site.Services.Time, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        context.Abort();
    }
}
