using System.Globalization;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Common.Telemetry;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Media.Bucket;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge;

/// <summary>Turns what should not have happened into an answer of the dialect that was called. A 500 is always our bug; it states so and shows nothing of the inside.</summary>
internal sealed class ExceptionMiddleware(RequestDelegate next, ErrorAnswers errors, TimeProvider time, ILogger<ExceptionMiddleware> logger)
{
    private const int RetryAfterSeconds = 5;

    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; what it started goes on.
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await errors.WriteAsync(context, RequestErrors.Of(time.GetUtcNow(), "$", e.Message), e.StatusCode);
        }
        catch (IOException e) when (!context.Response.HasStarted && e.InnerException is OverflowException)
        {
            // The server's reader of chunks: a size that no integer holds.
            context.Response.Headers.Connection = "close";
            await errors.WriteAsync(context, RequestErrors.Of(time.GetUtcNow(), "$", "The body has a chunk whose size cannot be read."), StatusCodes.Status400BadRequest);
        }
        catch (StoreUnavailableException e) when (!context.Response.HasStarted)
        {
            await WriteUnavailableAsync(context, e.Problem, e.InnerException!.Message);
        }
        catch (BucketAwayException e) when (!context.Response.HasStarted)
        {
            Log.BucketAway(logger, e.Message);
            await WriteUnavailableAsync(context, "The bucket of media cannot be used now. Nothing was done.", "bucket_unavailable");
        }
        catch (BucketAwayException e)
        {
            // A part of the file is on its way; the end of the connection shows that it is not whole.
            Log.BucketAway(logger, e.Message);
            context.Abort();
        }
        catch (NoRoomForBodyException) when (!context.Response.HasStarted)
        {
            // What a small request asks to be fetched.
            await WriteUnavailableAsync(context, "Too many bytes of media inputs are held at once (Framegate:Media:MaxHeldBytes). Nothing was done.", "overloaded");
        }
        catch (NotReservedException) when (!context.Response.HasStarted)
        {
            // Whoever ordered it is answered with the budget; this one waited for what is not there any more.
            await WriteUnavailableAsync(context, "This generation was not begun, since its client's budget was used up meanwhile. Nothing was done.", "overloaded");
        }
        catch (IOException e) when (!context.Response.HasStarted && StoreUnavailableException.ProblemOf(e) is not null)
        {
            // A file of the data folder, wherever it is written.
            await WriteUnavailableAsync(context, StoreUnavailableException.ProblemOf(e)!.Value, e.Message);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            Log.RequestFailed(logger, e, context.TraceIdentifier);
            context.Response.Clear();
            await errors.WriteAsync(
                context,
                new GenerationError { Code = ErrorCode.UnknownError, Message = "Framegate failed. This is a bug; the log has the details.", Timestamp = time.GetUtcNow() },
                StatusCodes.Status500InternalServerError);
        }
    }

    private Task WriteUnavailableAsync(HttpContext context, StoreProblem problem, string reason)
    {
        Log.StoreUnavailable(logger, problem, reason);
        return WriteUnavailableAsync(
            context,
            problem switch
            {
                StoreProblem.Full => "The disk of the data folder is full. Nothing was done.",
                StoreProblem.ReadOnly => "The data folder cannot be written. Nothing was done.",
                StoreProblem.Damaged => "What is stored is damaged. Nothing was done.",
                StoreProblem.Busy => "The database is busy. Nothing was done.",
                _ => "The disk of the data folder fails. Nothing was done.",
            },
            "store_unavailable");
    }

    private Task WriteUnavailableAsync(HttpContext context, string message, string reason)
    {
        context.Response.Clear();
        context.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return errors.WriteAsync(
            context,
            new GenerationError
            {
                Code = ErrorCode.UnknownError,
                Message = message,
                Retryable = true,
                RetryAfter = RetryAfterSeconds,
                Details = new ErrorDetails { Reason = reason },
                Timestamp = time.GetUtcNow(),
            },
            StatusCodes.Status503ServiceUnavailable);
    }
}
