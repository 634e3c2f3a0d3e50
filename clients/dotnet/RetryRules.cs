using System.Net;
using Microsoft.Extensions.Http.Resilience;
using Polly;
using Polly.Timeout;

namespace Framegate.Client;

/// <summary>What is sent again, and when. There is no breaker: a gateway's failures belong to one provider each, and Framegate has a breaker for it.</summary>
internal static class RetryRules
{
    public static void Configure(ResiliencePipelineBuilder<HttpResponseMessage> pipeline, FramegateClientOptions options)
    {
        pipeline.TimeProvider = options.Time;
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new HttpRetryStrategyOptions
            {
                MaxRetryAttempts = options.Retries,
                Delay = options.RetryDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldRetryAfterHeader = true,
                ShouldHandle = static outcome => ValueTask.FromResult(IsWorthAnother(outcome.Outcome)),
            });
        }

        pipeline.AddTimeout(options.AttemptTimeout);
    }

    // 424 is missing: a job that may have been paid for. So are 409 and 500, which stay as they are.
    private static bool IsWorthAnother(Outcome<HttpResponseMessage> outcome) => outcome.Exception is HttpRequestException or TimeoutRejectedException
        || outcome.Result?.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
            or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
