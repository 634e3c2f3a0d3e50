using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Edge.Unified;

/// <summary><c>POST /media</c>: an input that requests can name as <c>media:ID</c> from then on. The body is the file; its bytes decide what it is.</summary>
internal static class UploadEndpoint
{
    /// <summary>The generation that stands with the file of an upload: there is none.</summary>
    private const string NoGeneration = "";

    /// <summary>Maps it.</summary>
    public static void MapUploads(this IEndpointRouteBuilder routes) => routes.MapPost("/media", Receive);

    private static async Task<IResult> Receive(
        HttpContext context, MediaStore store, IMediaCatalogue catalogue, IOptions<MediaOptions> options, PublicAddress address, MediaLinks links, CancellationToken aborted)
    {
        var largest = options.Value.MaxInputBytes;
        if (context.Request.ContentLength > largest)
        {
            return TooLarge(largest);
        }

        if (context.Request.HasFormContentType)
        {
            return TypedResults.Problem(
                "The body is a form. Send the file's own bytes as the body, as in: curl --data-binary @FILE -H 'Content-Type: image/png'.",
                statusCode: StatusCodes.Status415UnsupportedMediaType, title: "Unsupported media type");
        }

        ReceivedMedia received;
        try
        {
            await using var body = new LimitedStream(context.Request.Body, largest);
            received = await store.ReceiveInputAsync(body, Expected(context.Request.ContentType), context.Request.ContentType, Client.Of(context), aborted);
        }
        catch (MediaTooLargeException)
        {
            return TooLarge(largest);
        }
        catch (InvalidDataException e)
        {
            return TypedResults.Problem($"The body cannot be kept: {e.Message}.", statusCode: StatusCodes.Status415UnsupportedMediaType, title: "Unsupported media type");
        }

        await catalogue.AddAsync(NoGeneration, received.Media, aborted);
        var item = received.ToItem();
        return TypedResults.Json(item with { Url = links.Of(address.Of(context), item) }, UploadJson.Default.MediaItem, statusCode: StatusCodes.Status201Created);
    }

    private static MediaType Expected(string? contentType) =>
        contentType?.StartsWith("video/", StringComparison.OrdinalIgnoreCase) == true ? MediaType.Video
        : contentType?.StartsWith("audio/", StringComparison.OrdinalIgnoreCase) == true ? MediaType.Audio
        : MediaType.Image;

    private static Microsoft.AspNetCore.Http.HttpResults.ProblemHttpResult TooLarge(long largest) => TypedResults.Problem(
        $"An input has {largest} bytes at most (Framegate:Media:MaxInputBytes).", statusCode: StatusCodes.Status413PayloadTooLarge, title: "Too large");
}

[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
[System.Text.Json.Serialization.JsonSerializable(typeof(MediaItem))]
internal sealed partial class UploadJson : System.Text.Json.Serialization.JsonSerializerContext;
