using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Selection.Budgets;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace Framegate.Proxy.Tests.Http;

public class ExceptionMiddlewareTests
{
    [Theory]
    [InlineData("Full")]
    [InlineData("Busy")]
    [InlineData("ReadOnly")]
    [InlineData("Failing")]
    [InlineData("Damaged")]
    public async Task InvokeAsync_TheStoreIsUnavailable_SaysWhyAndWhenToTryAgain(string problem)
    {
        var shape = new Shape();
        var context = new DefaultHttpContext();
        var middleware = new ExceptionMiddleware(
            _ => throw new StoreUnavailableException(Enum.Parse<StoreProblem>(problem), new IOException("inside")), new ErrorAnswers([shape]), TimeProvider.System,
            NullLogger<ExceptionMiddleware>.Instance);

        await middleware.InvokeAsync(context);

        var (error, written) = shape.Written!.Value;
        Assert.Equal((503, ErrorCode.UnknownError, true, "store_unavailable"), (written, error.Code, error.Retryable, error.Details?.Reason));
        Assert.DoesNotContain("bug", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("inside", error.Message, StringComparison.Ordinal);
        Assert.Equal("5", context.Response.Headers.RetryAfter);
    }

    [Theory]
    [InlineData(28)]
    [InlineData(122)]
    [InlineData(30)]
    [InlineData(5)]
    public async Task InvokeAsync_ADiskFailsUnderAnyFile_IsTheSame(int number)
    {
        var shape = new Shape();
        var middleware = new ExceptionMiddleware(
            _ => throw new IOException("inside", number), new ErrorAnswers([shape]), TimeProvider.System, NullLogger<ExceptionMiddleware>.Instance);

        await middleware.InvokeAsync(new DefaultHttpContext());

        Assert.Equal((503, "store_unavailable"), (shape.Written!.Value.Status, shape.Written!.Value.Error.Details?.Reason));
    }

    [Fact]
    public async Task InvokeAsync_WhatWasWaitedForHasLostItsMoney_IsNoBug()
    {
        var shape = new Shape();
        var middleware = new ExceptionMiddleware(
            _ => throw new NotReservedException(new BudgetRoom("PerDay", 1, 0, null)), new ErrorAnswers([shape]), TimeProvider.System, NullLogger<ExceptionMiddleware>.Instance);

        await middleware.InvokeAsync(new DefaultHttpContext());

        Assert.Equal((503, true), (shape.Written!.Value.Status, shape.Written!.Value.Error.Retryable));
    }

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
