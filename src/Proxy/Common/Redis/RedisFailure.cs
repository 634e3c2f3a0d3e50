using System.Net;
using StackExchange.Redis;

namespace Framegate.Proxy.Common.Redis;

/// <summary>Why a Redis cannot be used, in words; the library's own are half a page, and the cause is two exceptions down.</summary>
internal static class RedisFailure
{
    /// <summary>Before the first connection was tried.</summary>
    public const string NotYet = "it has not been reached yet";

    private static readonly string[] Refusals = ["WRONGPASS", "NOAUTH", "NOPERM", "invalid password"];

    /// <summary>Asks once more, and reads what comes back.</summary>
    public static async Task<string> ReasonAsync(ConnectionMultiplexer multiplexer) => await WhyAwayAsync(multiplexer) ?? $"{NameOf(multiplexer)} answers again";

    /// <summary>Asks, and reads what comes back.</summary>
    /// <returns>Null when it can be used.</returns>
    public static async Task<string?> WhyAwayAsync(ConnectionMultiplexer multiplexer)
    {
        try
        {
            await multiplexer.GetDatabase().PingAsync();
            return null;
        }
        catch (Exception e) when (e is RedisException or TimeoutException or ObjectDisposedException)
        {
            return Describe(e, NameOf(multiplexer));
        }
    }

    private static string NameOf(ConnectionMultiplexer multiplexer) =>
        string.Join(", ", multiplexer.GetEndPoints(configuredOnly: true).Select(e => e is DnsEndPoint dns ? $"{dns.Host}:{dns.Port}" : e.ToString()));

    /// <summary>What an exception of the library comes to.</summary>
    public static string Describe(Exception exception, string address)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (Refusals.FirstOrDefault(r => e.Message.Contains(r, StringComparison.OrdinalIgnoreCase)) is { } refusal)
            {
                return $"{address} refuses user or password: {refusal}";
            }

            if (e is RedisConnectionException { FailureType: ConnectionFailureType.AuthenticationFailure })
            {
                return $"{address} refuses to be used: {(e.InnerException is { } tls ? tls.Message.Split('\n')[0] : "TLS or the password does not fit")}";
            }
        }

        return exception is RedisConnectionException { InnerException: null }
            ? $"no connection to {address}: nothing speaks Redis there, or only with TLS, or only without"
            : $"{address} cannot be reached";
    }
}
