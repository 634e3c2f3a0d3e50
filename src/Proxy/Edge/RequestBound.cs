using Framegate.Plugins.Contract;
using Framegate.Proxy.Common;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge;

/// <summary>Bounds how many requests are served at once, whoever sends them; the health routes are always answered.</summary>
internal sealed class RequestBound(RequestDelegate next, ErrorAnswers errors, IOptionsMonitor<SecurityOptions> security, TimeProvider time)
{
    private const int RetryAfterSeconds = 1;
    private int _open;

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/health"))
        {
            await next(context);
            return;
        }

        try
        {
            if (Interlocked.Increment(ref _open) > security.CurrentValue.MaxRequestsAtOnce)
            {
                context.Response.Headers.RetryAfter = "1";
                await errors.WriteAsync(
                    context,
                    new GenerationError
                    {
                        Code = ErrorCode.RateLimitExceeded,
                        Message = "The gateway serves as many requests as it may already (Framegate:Security:MaxRequestsAtOnce). Nothing was done.",
                        Retryable = true,
                        RetryAfter = RetryAfterSeconds,
                        Timestamp = time.GetUtcNow(),
                    },
                    StatusCodes.Status503ServiceUnavailable);
                return;
            }

            await next(context);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
