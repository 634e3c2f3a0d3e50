using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Edge.OpenAi.Wire;
using Framegate.Proxy.Media;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi;

/// <summary>Writes images: links, or base64 that is encoded on its way from the media store, so that no file is in memory as a whole.</summary>
internal sealed class ImageAnswer(MediaStore media, MediaLinks links, TimeProvider time)
{
    private const int Chunk = 48 * 1024; // a multiple of 3: only the last one is padded

    /// <summary>Writes the answer of a call that does not stream.</summary>
    /// <param name="context">The call.</param>
    /// <param name="asUrl">True for links, false for base64.</param>
    /// <param name="quality">The quality to name.</param>
    /// <param name="background">The background to name.</param>
    /// <param name="images">The images.</param>
    /// <param name="usage">What was used for them.</param>
    /// <param name="baseUrl">Where links lead.</param>
    /// <param name="answering">Called before the last of it is sent.</param>
    public async Task WriteAsync(
        HttpContext context, bool asUrl, string quality, string background, IReadOnlyList<MediaItem> images, ImageUsage usage, string baseUrl, Action? answering = null)
    {
        foreach (var image in asUrl ? [] : images)
        {
            if (!await IsThereAsync(image, context.RequestAborted))
            {
                answering?.Invoke();
                await OpenAiErrorWriter.WriteAsync(context, Expired, StatusCodes.Status410Gone);
                return;
            }
        }

        OpenAiHeaders.Stamp(context);
        context.Response.ContentType = "application/json";
        var created = time.GetUtcNow().ToUnixTimeSeconds();
        var (format, size) = (FormatOf(images[0]), SizeOf(images[0]));
        if (asUrl)
        {
            answering?.Invoke();
            await JsonSerializer.SerializeAsync(
                context.Response.BodyWriter,
                new ImageLinks(created, [.. images.Select(i => new ImageLink(links.Of(baseUrl, i, LinkKind.Signed)))], background, format, quality, size, usage),
                OpenAiJson.Default.ImageLinks,
                context.RequestAborted);
            return;
        }

        var output = context.Response.BodyWriter;
        Put(output, string.Create(CultureInfo.InvariantCulture, $"{{\"created\":{created},\"data\":["));
        for (var i = 0; i < images.Count; i++)
        {
            Put(output, i == 0 ? "{\"b64_json\":\"" : ",{\"b64_json\":\"");
            await WriteBase64Async(output, images[i], context.RequestAborted);
            Put(output, "\"}");
        }

        Put(output, $"],\"background\":\"{background}\"");
        if (format is not null)
        {
            Put(output, $",\"output_format\":\"{format}\"");
        }

        if (size is not null)
        {
            Put(output, $",\"size\":\"{size}\"");
        }

        Put(output, $",\"quality\":\"{quality}\",\"usage\":{JsonSerializer.Serialize(usage, OpenAiJson.Default.ImageUsage)}}}");
        answering?.Invoke();
        await output.FlushAsync(context.RequestAborted);
    }

    /// <summary>Why an image cannot be written.</summary>
    public static OpenAiError Expired { get; } = new("The image was made, and has been deleted from the media store since.", "invalid_request_error", null, "expired");

    /// <summary>Whether an image is still in the store.</summary>
    public ValueTask<bool> IsThereAsync(MediaItem image, CancellationToken cancellationToken) => media.IsWholeAsync(image.Id, image.Bytes, image.Sha256, cancellationToken);

    /// <summary>Writes an image as base64 without quotes.</summary>
    public async Task WriteBase64Async(PipeWriter output, MediaItem image, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(
            media.PathOf(image.Id), FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1, FileOptions.Asynchronous | FileOptions.SequentialScan);
        await WriteBase64Async(output, file, cancellationToken);
    }

    /// <summary>Writes a file as base64 without quotes.</summary>
    public static async Task WriteBase64Async(PipeWriter output, Stream file, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            for (int read; (read = await file.ReadAtLeastAsync(buffer.AsMemory(0, Chunk), Chunk, throwOnEndOfStream: false, cancellationToken)) > 0;)
            {
                Base64.EncodeToUtf8(buffer.AsSpan(0, read), output.GetSpan(Base64.GetMaxEncodedToUtf8Length(read)), out _, out var written);
                output.Advance(written);
                await output.FlushAsync(cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The image's format as the dialect names it; null for one it has no name for.</summary>
    public static string? FormatOf(MediaItem image) => image.ContentType switch
    {
        "image/png" => "png",
        "image/jpeg" => "jpeg",
        "image/webp" => "webp",
        "image/gif" => "gif",
        "image/svg+xml" => "svg",
        _ => null,
    };

    /// <summary>The image's size; null when the file states none.</summary>
    public static string? SizeOf(MediaItem image) =>
        image is { Width: { } width, Height: { } height } ? new PixelCount(width, height).ToString() : null;

    /// <summary>Writes text that needs no escaping.</summary>
    public static void Put(PipeWriter output, string text) => Encoding.ASCII.GetBytes(text, output);
}
