using Framegate.Proxy.Common;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Admin;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Framegate.Proxy.Tests.Http;

/// <summary>How many requests are served at once.</summary>
public class RequestBoundTests
{
    private readonly TaskCompletionSource _end = new();
    private readonly RequestBound _bound;

    public RequestBoundTests()
    {
        _bound = new RequestBound(_ => _end.Task, new ErrorAnswers([new AdminErrors()]), new ChangingOptions<SecurityOptions>(new SecurityOptions { MaxRequestsAtOnce = 10 }), TimeProvider.System);
    }

    [Fact]
    public async Task Invoke_MoreThanMayBe_IsAnsweredUntilOneHasEnded()
    {
        var served = Enumerable.Range(0, 10).Select(_ => CallAsync("/admin/cache").Answer).ToList();
        var (refused, answer) = CallAsync("/admin/cache");
        await answer;

        Assert.All(served, s => Assert.False(s.IsCompleted));
        Assert.Equal((503, "1"), (refused.Response.StatusCode, refused.Response.Headers.RetryAfter.ToString()));
        Assert.False(CallAsync("/health/live").Answer.IsCompleted); // let through
        Assert.Equal(503, CallAsync("/admin/cache").Context.Response.StatusCode);

        _end.SetResult();
        await Task.WhenAll(served);
        var (context, later) = CallAsync("/admin/cache");
        await later;
        Assert.Equal(200, context.Response.StatusCode);
    }

    private (HttpContext Context, Task Answer) CallAsync(string path)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().AddSingleton<ILoggerFactory, LoggerFactory>().BuildServiceProvider() };
        context.Request.Path = path;
        context.Response.Body = new MemoryStream();
        return (context, _bound.InvokeAsync(context));
    }
}
