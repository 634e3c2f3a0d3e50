using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.OpenAi;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.AspNetCore.Http;

namespace Framegate.Proxy.Tests.OpenAi;

public sealed class OpenAiErrorsTests
{
    [Theory]
    [InlineData(ErrorCode.InvalidModel, 404, "invalid_request_error", "model_not_found", 404)]
    [InlineData(ErrorCode.AuthenticationFailed, 401, "invalid_request_error", "invalid_api_key", 401)]
    [InlineData(ErrorCode.AuthenticationFailed, 403, "invalid_request_error", "request_forbidden", 403)]
    [InlineData(ErrorCode.AuthenticationFailed, 502, "server_error", "upstream_authentication_failed", 502)]
    [InlineData(ErrorCode.InsufficientCredits, 402, "insufficient_quota", "insufficient_quota", 429)]
    [InlineData(ErrorCode.ContentPolicyViolation, 422, "image_generation_user_error", "moderation_blocked", 400)]
    [InlineData(ErrorCode.RateLimitExceeded, 429, "requests", "rate_limit_exceeded", 429)]
    [InlineData(ErrorCode.ProviderError, 502, "server_error", null, 502)]
    [InlineData(ErrorCode.NetworkError, 502, "server_error", "upstream_unreachable", 502)]
    [InlineData(ErrorCode.Timeout, 504, "server_error", "timeout", 504)]
    [InlineData(ErrorCode.UnknownError, 500, "server_error", null, 500)]
    [InlineData(ErrorCode.InvalidRequest, 409, "invalid_request_error", "invalid_value", 409)]
    [InlineData(ErrorCode.InvalidRequest, 400, "invalid_request_error", "invalid_value", 400)]
    public void Of_EveryCode_IsWhatOpenAiWouldSay(ErrorCode code, int status, string type, string? openAiCode, int openAiStatus)
    {
        var (error, answered) = OpenAiErrors.Of(new GenerationError { Code = code, Message = "m" }, status, DialectCall.Image);

        Assert.Equal((type, openAiCode, openAiStatus), (error.Type, error.Code, answered));
    }

    /// <remarks>An SDK gives up at once where it must not try again.</remarks>
    [Theory]
    [InlineData(ErrorCode.UnknownError, true, true)]
    [InlineData(ErrorCode.UnknownError, false, false)]
    [InlineData(ErrorCode.InsufficientCredits, false, false)]
    [InlineData(ErrorCode.RateLimitExceeded, true, true)]
    public async Task WriteAsync_ForbidsAnotherTry_OnlyWhereNoneMayPass(ErrorCode code, bool retryable, bool mayRetry)
    {
        var context = new DefaultHttpContext { Request = { Path = "/v1/images/generations" }, Response = { Body = new MemoryStream() } };

        await OpenAiErrorWriter.WriteAsync(context, new GenerationError { Code = code, Message = "m", Retryable = retryable, RetryAfter = 5 }, 503);

        Assert.Equal(mayRetry, !context.Response.Headers.ContainsKey("x-should-retry"));
    }

    [Theory]
    [InlineData("parameters.width", "size", "size")]
    [InlineData("parameters.resolution", "size", "size")]
    [InlineData("parameters.duration", "seconds", "seconds")]
    [InlineData("parameters.image", "image", "input_reference")]
    [InlineData("parameters.reference_images[1]", "image", "input_reference")]
    [InlineData("parameters.seed", "seed", "seed")]
    [InlineData("parameters.flux.raw", "flux.raw", "flux.raw")]
    [InlineData("media_type", "model", "model")]
    [InlineData("prompt", "prompt", "prompt")]
    [InlineData("$", null, null)]
    public void Of_FieldError_NamesTheCallersParameter(string field, string? image, string? video)
    {
        var error = RequestErrors.Of(DateTimeOffset.UnixEpoch, field, "It is wrong.");

        Assert.Equal(image, OpenAiErrors.Of(error, 400, DialectCall.Image).Error.Param);
        Assert.Equal(video, OpenAiErrors.Of(error, 400, DialectCall.Video).Error.Param);
    }

    [Theory]
    [InlineData("size", "size", "size", null, null, null)]
    [InlineData("width", "size", "size", null, null, null)]
    [InlineData("aspect_ratio", null, null, null, null, null)]
    [InlineData("image[0]", "image", "input_reference", null, "input", "messages")]
    [InlineData("input[0].content", "prompt", "prompt", "input", "input", "messages")]
    [InlineData("text", null, null, "input", "text", "response_format")]
    [InlineData("voice.id", null, null, "voice", null, null)]
    [InlineData("max_output_tokens", null, null, null, "max_output_tokens", "max_completion_tokens")]
    [InlineData("promptText", null, null, null, null, null)]
    public void Of_FieldThatTheProviderNames_IsTheCallersParameterWhereThereIsOne(string native, string? image, string? video, string? speech, string? response, string? chat)
    {
        var error = new GenerationError { Code = ErrorCode.InvalidRequest, Message = "m", Details = new ErrorDetails { NativeField = native } };
        DialectCall[] calls = [DialectCall.Image, DialectCall.Video, DialectCall.Speech, DialectCall.Text, DialectCall.Chat];

        Assert.Equal([image, video, speech, response, chat], calls.Select(call => OpenAiErrors.Of(error, 400, call).Error.Param));
    }

    /// <summary>Who says a shape by the unified name reads of that name, and not of the size that others say it by.</summary>
    [Theory]
    [InlineData("aspect_ratio")]
    [InlineData("resolution")]
    public void Of_ShapeThatTheCallerHasNamed_IsItsParameter(string name)
    {
        var given = new GenerationError { Code = ErrorCode.InvalidRequest, Message = "m", Details = new ErrorDetails { NativeField = name } };
        var call = DialectCall.Video with { Shapes = [name] };

        Assert.Equal(name, OpenAiErrors.Of(RequestErrors.Of(DateTimeOffset.UnixEpoch, "parameters." + name, "It is wrong."), 400, call).Error.Param);
        Assert.Equal(name, OpenAiErrors.Of(given, 400, call).Error.Param);
        Assert.Equal("size", OpenAiErrors.Of(RequestErrors.Of(DateTimeOffset.UnixEpoch, "parameters.width", "It is wrong."), 400, call).Error.Param);
    }

    /// <summary>A response has no size; that of its image tool is none of its own fields.</summary>
    [Theory]
    [InlineData("parameters.width")]
    [InlineData("parameters.aspect_ratio")]
    public void Of_SizeOfAResponse_HasNoParameter(string field) =>
        Assert.Null(OpenAiErrors.Of(RequestErrors.Of(DateTimeOffset.UnixEpoch, field, "It is wrong."), 400, DialectCall.Text).Error.Param);

    [Theory]
    [InlineData("image")]
    [InlineData("size")]
    [InlineData("seconds")]
    public void Of_FieldThatARemixLacks_HasNoParameter(string native) =>
        Assert.Null(OpenAiErrors.Of(new GenerationError { Code = ErrorCode.InvalidRequest, Message = "m", Details = new ErrorDetails { NativeField = native } }, 400, DialectCall.Remix).Error.Param);

    [Fact]
    public void Of_SizesOfAProvider_AreWrittenAsTheCallerWritesThem()
    {
        var error = RequestErrors.Of(DateTimeOffset.UnixEpoch, "parameters.width", "is no size.", ["1280:720", "16:9", "720p"]);

        Assert.Equal("size: is no size. Supported values are: 1280x720, 16:9, 720p.", OpenAiErrors.Of(error, 400, DialectCall.Image).Error.Message);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("0", false)]
    [InlineData("-1", false)]
    [InlineData("many", false)]
    [InlineData(null, false)]
    public void IsRepetition_TheCountOfTheSdks_IsUnderstood(string? count, bool isRepetition)
    {
        var context = new Microsoft.AspNetCore.Http.DefaultHttpContext();
        context.Request.Headers["X-Stainless-Retry-Count"] = count;

        Assert.Equal(isRepetition, DialectCaller.Of(context, "http://localhost").IsRepetition);
    }
}
