using System.Text.Json;
using Framegate.Sandbox.Core;

namespace Framegate.Sandbox.Fal;

/// <summary><c>GET .../status/stream</c>: the status as server-sent events, one at each change, until the request is completed.</summary>
internal sealed class FalStream(StandInSite site, FalRequests requests)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(0.5);

    public async Task HandleAsync(HttpContext context)
    {
        if (requests.Find(context) is not { } job)
        {
            await FalAnswer.NoRequestAsync(context);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-cache";
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, site.Stopping);
        var last = "";
        while (!end.IsCancellationRequested)
        {
            // The timer is set before anything is sent: whoever has read an event may rely on the next look being due.
            var tick = Task.Delay(Interval, site.Services.Time, end.Token);
            var status = requests.Describe(context, job);
            var text = JsonSerializer.Serialize(status, FalJson.Default.FalStatus);
            if (text != last)
            {
                await context.Response.WriteAsync($"data: {text}\n\n", context.RequestAborted);
                await context.Response.Body.FlushAsync(context.RequestAborted);
                last = text;
            }

            if (status.Status == "COMPLETED")
            {
                return;
            }

            await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        context.Abort();
    }
}
