using Framegate.Plugins;

namespace Framegate.Transforms.Providers.Pika;

/// <summary>URLs of the queue: they leave out the end of the endpoint's id, so those from the answer are used as they are.</summary>
internal static class PikaLinks
{
    public const string Result = "response_url";
    public const string Cancel = "cancel_url";

    /// <summary>Set once the job is completed and only its result is missing.</summary>
    private const string CompletedFlag = "completed";

    /// <summary>Set once an answer that may come from the way has called the job failed.</summary>
    private const string UnconfirmedFlag = "doubt";

    /// <summary>How long after the first word that ends a job in place of its result the next one counts.</summary>
    public static readonly TimeSpan RecheckAfter = TimeSpan.FromSeconds(15);

    // The hosts that take the key. Whatever else there is below fal.run may belong to fal's customers.
    private static readonly string[] s_hosts = ["queue.fal.run", "fal.run", "api.fal.ai"];

    /// <summary>A URL that can be called, or null: a relative one would be taken for a path at the destination, key included.</summary>
    public static string? Absolute(string? text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp) ? text : null;

    public static bool IsCompleted(JobHandle job) => job.State.ContainsKey(CompletedFlag);

    public static JobHandle Completed(JobHandle job) => With(job, CompletedFlag);

    public static bool IsUnconfirmed(JobHandle job) => job.State.ContainsKey(UnconfirmedFlag);

    public static JobHandle Unconfirmed(JobHandle job) => With(job, UnconfirmedFlag);

    private static JobHandle With(JobHandle job, string flag) => job with { State = new Dictionary<string, string>(job.State, StringComparer.Ordinal) { [flag] = "1" } };

    public static string PollTarget(JobHandle job) => IsCompleted(job)
        ? job.State.GetValueOrDefault(Result) ?? PathOf(job)
        : job.PollUrl ?? PathOf(job) + "/status";

    public static string CancelTarget(JobHandle job) => job.State.GetValueOrDefault(Cancel) ?? PathOf(job) + "/cancel";

    public static UrlTrust TrustOf(Uri url, Uri destination, UrlUse use)
    {
        if (use == UrlUse.Download)
        {
            // Files are public; the key has no business there, not even at the destination's own origin.
            return url.Scheme == Uri.UriSchemeHttps || Origin.Same(url, destination) || Origin.BothLoopback(url, destination)
                ? UrlTrust.WithoutKey
                : UrlTrust.Refused;
        }

        return Origin.Same(url, destination) || IsFal(url) ? UrlTrust.WithKey
            : Origin.BothLoopback(url, destination) ? UrlTrust.WithoutKey
            : UrlTrust.Refused;
    }

    /// <summary>Where a call goes whose URL the client named in a header: the queue to the destination; fal's other hosts only when the
    /// destination is fal itself.</summary>
    public static Uri? Resolve(Uri target, Uri destination)
    {
        if (Origin.Same(target, destination))
        {
            return target.AbsolutePath.StartsWith(destination.AbsolutePath.TrimEnd('/') + "/", StringComparison.Ordinal) ? target : null;
        }

        if (target.Scheme != Uri.UriSchemeHttps || !target.IsDefaultPort)
        {
            return null;
        }

        return target.IdnHost switch
        {
            "queue.fal.run" => new Uri(destination.AbsoluteUri.TrimEnd('/') + target.PathAndQuery),
            "fal.run" when IsFal(destination) => target,
            "rest.fal.ai" or "rest.alpha.fal.ai" when IsFal(destination) && target.AbsolutePath.StartsWith("/storage/upload/", StringComparison.Ordinal) => target,
            _ => null,
        };
    }

    private static bool IsFal(Uri url) => url.Scheme == Uri.UriSchemeHttps && url.IsDefaultPort && s_hosts.Contains(url.IdnHost, StringComparer.OrdinalIgnoreCase);

    private static string PathOf(JobHandle job) => $"/fal-ai/pika/requests/{Uri.EscapeDataString(job.NativeId)}";
}
