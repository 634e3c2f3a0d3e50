using System.Net;

namespace Framegate.Sandbox.Hosting;

/// <summary>What options must hold before anything starts.</summary>
internal static class SandboxOptionsRules
{
    public static void Check(SandboxOptions options)
    {
        if (options.Url is { } url && (url.Scheme != Uri.UriSchemeHttp || !IsLoopback(url) || url.AbsolutePath != "/"))
        {
            // The sandbox has no real authentication and hands out media to anyone who asks.
            throw new ArgumentException($"The sandbox serves plain http on loopback only, without a path; '{url}' is refused.");
        }

        if (options.MaxActiveTasks < 1)
        {
            throw new ArgumentException("MaxActiveTasks must be at least 1.");
        }

        if (options.ImageTime < TimeSpan.Zero || options.VideoTime < TimeSpan.Zero || options.ResultLifetime <= TimeSpan.Zero)
        {
            throw new ArgumentException("ImageTime and VideoTime must not be negative, ResultLifetime must be positive.");
        }

        foreach (var name in options.Keys.Keys.Where(k => StandIns.All.All(s => s.Name != k)))
        {
            throw new ArgumentException(
                $"There is no provider '{name}' to give a key to; known are {string.Join(", ", StandIns.All.Select(s => s.Name))}.");
        }
    }

    private static bool IsLoopback(Uri url) =>
        url.Host == "localhost" || (IPAddress.TryParse(url.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));
}
