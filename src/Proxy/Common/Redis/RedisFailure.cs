using System.Net;
using StackExchange.Redis;

namespace Framegate.Proxy.Common.Redis;

/// <summary>Why a Redis cannot be used, in words; the library's own are half a page, and the cause is two exceptions down.</summary>
internal static class RedisFailure
{
    /// <summary>Before the first connection was tried.</summary>
    public const string NotYet = "it has not been reached yet";

    private const int LongestWords = 200;

    private static readonly string[] Refusals = ["WRONGPASS", "NOAUTH", "NOPERM", "invalid password"];

    /// <summary>
    /// True for what a call throws when it comes to nothing. A call that the library could not write, since the connection has just broken or others take too long, it cancels.
    /// </summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="stopping">What the caller itself may have cancelled it by.</param>
    public static bool Is(Exception exception, CancellationToken stopping = default) =>
        exception is RedisException or TimeoutException or ObjectDisposedException || (exception is OperationCanceledException && !stopping.IsCancellationRequested);

    /// <summary>A call that the library cancels ends as a failure: a mere cancellation would be taken for the caller's wish.</summary>
    public static async Task<T> AsFailureAsync<T>(Task<T> call)
    {
        try
        {
            return await call;
        }
        catch (OperationCanceledException e)
        {
            throw new RedisConnectionException(ConnectionFailureType.UnableToConnect, "The call could not be written.", e);
        }
    }

    /// <summary>Asks once more, and reads what comes back. One that answers, and refused the call all the same, is reported in its own words: it is read-only, full, or loading.</summary>
    /// <param name="multiplexer">The connection.</param>
    /// <param name="failure">What the call threw, where that is known.</param>
    public static async Task<string> ReasonAsync(ConnectionMultiplexer multiplexer, Exception? failure) =>
        await WhyAwayAsync(multiplexer) ?? (failure is RedisServerException refusal ? Refused(NameOf(multiplexer), refusal) : $"{NameOf(multiplexer)} answers again");

    private static string Refused(string name, RedisServerException refusal)
    {
        var words = refusal.Message.Split('\n')[0].TrimEnd();
        return $"{name} refuses: {(words.Length > LongestWords ? words[..LongestWords] : words)}";
    }

    /// <summary>Asks, and reads what comes back.</summary>
    /// <returns>Null when it can be used.</returns>
    public static async Task<string?> WhyAwayAsync(ConnectionMultiplexer multiplexer)
    {
        try
        {
            await multiplexer.GetDatabase().PingAsync();
            return null;
        }
        catch (Exception e) when (Is(e))
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
