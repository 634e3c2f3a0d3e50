using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge;
using Framegate.Proxy.Edge.Http;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.Http;

public class ErrorAnswersTests
{
    private static readonly GenerationError s_error = new() { Code = ErrorCode.UnknownError, Message = "It broke." };

    [Theory]
    [InlineData("/v1/images/generations", "openai")]
    [InlineData("/admin/cache", "admin")]
    [InlineData("/generations", "unified")]
    [InlineData("/v11", "unified")]
    [InlineData("/", "unified")]
    public async Task WriteAsync_NoEndpoint_ThePathDecides(string path, string expected)
    {
        var context = new DefaultHttpContext();
        context.Request.Path = path;

        Assert.Equal(expected, await AnswerOf(context));
    }

    [Fact]
    public async Task WriteAsync_AnEndpointNamesItsShape_ThePathDoesNotDecide()
    {
        var context = new DefaultHttpContext();
        context.Request.Path = "/generations";
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection(new Named("openai", "/v1")), null));

        Assert.Equal("openai", await AnswerOf(context));
    }

    private static async Task<string> AnswerOf(HttpContext context)
    {
        var answers = new ErrorAnswers([new Named("admin", "/admin"), new Named("openai", "/v1"), new Named("unified", "")]);

        await answers.WriteAsync(context, s_error, StatusCodes.Status500InternalServerError);

        return context.Response.Headers["By"].ToString();
    }

    private sealed class Named(string name, string prefix) : IErrorShape
    {
        public bool Owns(PathString path) => path.StartsWithSegments(prefix);

        public Task WriteAsync(HttpContext context, GenerationError error, int status)
        {
            context.Response.Headers["By"] = name;
            return Task.CompletedTask;
        }
    }
}
