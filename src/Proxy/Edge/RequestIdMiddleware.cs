using System.Buffers;
using Framegate.Proxy.Common;
using Framegate.Proxy.Common.Secrets;
using Framegate.Proxy.Edge.Http;

namespace Framegate.Proxy.Edge;

/// <summary>
/// Gives every request an id, and every answer that id: a proxy's <c>X-Request-Id</c> where there is a fit one, so that both logs can be read together, else one of our own.
/// One that holds a secret is not fit: it would stand in traces.
/// It stands in the log lines of what the request began, however much later they come.
/// </summary>
internal sealed class RequestIdMiddleware(RequestDelegate next, SecretVault vault, TimeProvider time)
{
    /// <summary>The header of the answer.</summary>
    public const string Header = "Framegate-Request-Id";

    /// <summary>The header that proxies send.</summary>
    public const string Given = "X-Request-Id";

    private const int Longest = 128;
    private static readonly SearchValues<char> Fit = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-");

    public Task InvokeAsync(HttpContext context)
    {
        context.Features.Get<SendingEnded>()?.Ask();
        context.TraceIdentifier = context.Request.Headers[Given] is [{ Length: > 0 and <= Longest } given] && !given.AsSpan().ContainsAnyExcept(Fit) && ReferenceEquals(vault.Mask.Apply(given), given)
            ? given
            : Ids.New("req_", time.GetUtcNow());

        // At the last moment: an answer may be cleared on the way and written anew.
        context.Response.OnStarting(
            static state =>
            {
                var context = (HttpContext)state;
                context.Response.Headers[Header] = context.TraceIdentifier;
                return Task.CompletedTask;
            },
            context);
        return next(context);
    }
}
