using System.IO.Pipelines;
using Framegate.Proxy.Edge.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Framegate.Proxy.Edge.Mcp;

/// <summary>Takes the large inputs out of an agent's message before the package reads that, which holds all of it in memory.</summary>
internal sealed class McpInputs(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        // A small message has no lease.
        if (BodyLease.Of(context) is null || !HttpMethods.IsPost(context.Request.Method))
        {
            await next(context);
            return;
        }

        var inputs = RequestInputs.Of(context);
        var (rest, _) = await inputs.SplitAsync(context.Request, context.RequestAborted);
        await inputs.FlushAsync(context.RequestAborted);
        context.Request.Body = new MemoryStream(rest);
        context.Request.ContentLength = rest.Length;
        context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(PipeReader.Create(context.Request.Body)));
        await next(context);
    }
}
