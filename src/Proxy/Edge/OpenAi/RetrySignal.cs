using System.Globalization;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>What a request says about being a repetition that its SDK sends by itself.</summary>
internal enum RetrySignal
{
    /// <summary>It is the first try, or nothing says otherwise.</summary>
    First,

    /// <summary>Its SDK repeats without saying so; it may be one when the answer to the same request was lost a moment ago.</summary>
    Possible,

    /// <summary>The SDK counts its tries, and this is not the first.</summary>
    Certain,
}

/// <summary>Reads it.</summary>
internal static class RetrySignals
{
    /// <summary>OpenAI's SDKs for JavaScript and Python count in a header; the one for .NET repeats at once and tells nobody.</summary>
    public static RetrySignal Of(HttpRequest request)
    {
        var count = request.Headers["X-Stainless-Retry-Count"].ToString();
        if (count.Length > 0)
        {
            return int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var tries) && tries > 0 ? RetrySignal.Certain : RetrySignal.First;
        }

        var agent = request.Headers.UserAgent.ToString();
        return agent.StartsWith("OpenAI/", StringComparison.Ordinal) && agent.Contains("(.NET", StringComparison.Ordinal) ? RetrySignal.Possible : RetrySignal.First;
    }
}
