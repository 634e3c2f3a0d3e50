using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Framegate.Proxy.Tests.Http;

public sealed class BodyBudgetMiddlewareTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly BodyBudget _budget;
    private readonly Shape _shape = new();

    public BodyBudgetMiddlewareTests() => _budget = new BodyBudget(Options.Create(new MediaOptions { MaxBytesInFlight = 1024 * 1024 }), _time);

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)]
    public async Task InvokeAsync_UnknownLengthLookedAtThroughItsReader_IsThereForItsStream(int length)
    {
        var body = Encoding.ASCII.GetBytes(new string('x', length));
        var streamed = new MemoryStream();
        var context = ContextOf(body);

        await InvokeAsync(context, async c =>
        {
            var looked = await RequestBody.WaitAsync(c.Request.BodyReader, default);
            Assert.Equal(length, looked.Length);
            c.Request.BodyReader.AdvanceTo(looked.Start);
            await c.Request.Body.CopyToAsync(streamed);
        });

        Assert.Equal(body, streamed.ToArray());
        Assert.Equal(0, _budget.Held);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task InvokeAsync_UnknownLengthOutgrowsTheRoom_Is503AndMayBeTriedAgain(bool wrapped)
    {
        var other = await _budget.EnterAsync("other", 1_000_000, default);
        var context = ContextOf(new byte[300_000]);

        await InvokeAsync(context, async c =>
        {
            try
            {
                await RequestBody.ReadAsync(c.Request, default);
            }
            catch (Exception e) when (wrapped)
            {
                Assert.True(NoRoomForBodyException.IsCauseOf(new AggregateException(new HttpRequestException("sending", new IOException("copying", e)))));
                throw;
            }
        });

        var (error, status) = _shape.Written!.Value;
        Assert.Equal((503, ErrorCode.UnknownError, true, "overloaded"), (status, error.Code, error.Retryable, error.Details?.Reason));
        Assert.Equal("2", context.Response.Headers.RetryAfter);
        other!.Answered();
        Assert.Equal(0, _budget.Held);
    }

    private static DefaultHttpContext ContextOf(byte[] body)
    {
        var context = new DefaultHttpContext();
        context.Request.Body = new MemoryStream(body);
        return context;
    }

    private Task InvokeAsync(HttpContext context, RequestDelegate next) =>
        new BodyBudgetMiddleware(next, _budget, new ErrorAnswers([_shape]), _time).InvokeAsync(context);

    private sealed class Shape : IErrorShape
    {
        public (GenerationError Error, int Status)? Written { get; private set; }

        public bool Owns(PathString path) => true;

        public Task WriteAsync(HttpContext context, GenerationError error, int status)
        {
            Written = (error, status);
            return Task.CompletedTask;
        }
    }
}
