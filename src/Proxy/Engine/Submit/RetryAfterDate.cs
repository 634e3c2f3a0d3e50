using System.Globalization;
using Framegate.Plugins;

namespace Framegate.Proxy.Engine.Submit;

/// <summary><c>Retry-After</c> as a date, which an adapter cannot read since it has no clock.</summary>
internal static class RetryAfterDate
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>Adds the wait that the header asks for, where the adapter found none.</summary>
    public static ProviderFailure AddTo(ProviderFailure failure, NativeResponse? response, DateTimeOffset now)
    {
        if (failure.RetryAfter is not null || response?.Header("Retry-After") is not { } text
            || !DateTimeOffset.TryParseExact(text, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return failure;
        }

        var wait = date - now;
        return wait > Longest ? failure : failure with { RetryAfter = wait > TimeSpan.Zero ? wait : TimeSpan.Zero };
    }
}
