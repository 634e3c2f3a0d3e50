using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Schemas;

/// <summary>Writes a request as JSON of schema 2.0, so that it can be stored and read again. The same request makes the same bytes.</summary>
public static class GenerationRequestWriter
{
    // Base64 is full of '+', which the default encoder writes with six characters. The text never goes into HTML.
    private static readonly JsonWriterOptions s_options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes a request.</summary>
    /// <param name="request">The request, whatever version its caller wrote in.</param>
    /// <returns>One JSON object, UTF-8.</returns>
    public static byte[] Write(GenerationRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            Write(writer, request);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes parameters alone.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <returns>One JSON object, UTF-8.</returns>
    public static byte[] WriteParameters(GenerationParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, s_options))
        {
            writer.WriteStartObject();
            WriteParameters(writer, parameters);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void Write(Utf8JsonWriter writer, GenerationRequest request)
    {
        writer.WriteStartObject();
        writer.WriteString("schema_version", GenerationRequest.CurrentVersion);
        WriteText(writer, "request_id", request.RequestId);
        writer.WriteString("provider", request.Provider);
        writer.WriteString("model", request.Model);
        writer.WriteString("prompt", request.Prompt);
        writer.WriteString("media_type", ContractNames.NameOf(request.MediaType));
        writer.WriteStartObject("parameters");
        WriteParameters(writer, request.Parameters);
        writer.WriteEndObject();
        if (request.Metadata.ValueKind == JsonValueKind.Object)
        {
            writer.WritePropertyName("metadata");
            request.Metadata.WriteTo(writer);
        }

        if (request.Timestamp is { } timestamp)
        {
            writer.WriteString("timestamp", timestamp);
        }

        writer.WriteNumber("timeout", (decimal)request.Timeout.Ticks / TimeSpan.TicksPerSecond);
        if (request.Retry is { } retry)
        {
            WriteRetry(writer, retry);
        }

        WriteText(writer, "callback_url", request.CallbackUrl?.OriginalString);
        if (request.CallbackEvents is { } events)
        {
            writer.WriteStartArray("callback_events");
            foreach (var name in ContractNames.NamesOf(events))
            {
                writer.WriteStringValue(name);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteParameters(Utf8JsonWriter writer, GenerationParameters parameters)
    {
        WriteNumber(writer, "width", parameters.Width);
        WriteNumber(writer, "height", parameters.Height);
        WriteText(writer, "aspect_ratio", parameters.AspectRatio);
        WriteText(writer, "resolution", parameters.Resolution);
        WriteNumber(writer, "duration", parameters.Duration);
        WriteNumber(writer, "fps", parameters.Fps);
        WriteNumber(writer, "n", parameters.N);
        WriteNumber(writer, "seed", parameters.Seed);
        WriteText(writer, "negative_prompt", parameters.NegativePrompt);
        WriteMedia(writer, "image", parameters.Image);
        WriteMedia(writer, "last_image", parameters.LastImage);
        WriteMedia(writer, "mask", parameters.Mask);
        WriteMedia(writer, "control_image", parameters.ControlImage);
        if (parameters.ReferenceImages.Count > 0)
        {
            writer.WriteStartArray("reference_images");
            foreach (var image in parameters.ReferenceImages)
            {
                WriteMedia(writer, image);
            }

            writer.WriteEndArray();
        }

        WriteMedia(writer, "video", parameters.Video);
        WriteNumber(writer, "strength", parameters.Strength);
        WriteNumber(writer, "guidance", parameters.Guidance);
        WriteNumber(writer, "steps", parameters.Steps);
        WriteText(writer, "output_format", parameters.OutputFormat);
        WriteFlag(writer, "audio", parameters.Audio);
        WriteText(writer, "voice", parameters.Voice);
        WriteFlag(writer, "enhance_prompt", parameters.EnhancePrompt);
        WriteNumber(writer, "safety", parameters.Safety);
        foreach (var (provider, native) in parameters.Native)
        {
            writer.WritePropertyName(provider);
            native.WriteTo(writer);
        }
    }

    private static void WriteRetry(Utf8JsonWriter writer, RetryConfig retry)
    {
        writer.WriteStartObject("retry_config");
        WriteNumber(writer, "max_attempts", retry.MaxAttempts);
        WriteNumber(writer, "base_delay_ms", (long?)retry.BaseDelay?.TotalMilliseconds);
        WriteNumber(writer, "max_delay_ms", (long?)retry.MaxDelay?.TotalMilliseconds);
        WriteFlag(writer, "jitter", retry.Jitter);
        if (retry.MaxCost is { } most)
        {
            writer.WriteNumber("max_cost", most);
        }

        if (retry.RetryOn is { } codes)
        {
            writer.WriteStartArray("retry_on");
            foreach (var code in codes)
            {
                writer.WriteStringValue(ContractNames.NameOf(code));
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteMedia(Utf8JsonWriter writer, string name, MediaInput? media)
    {
        if (media is not null)
        {
            writer.WritePropertyName(name);
            WriteMedia(writer, media);
        }
    }

    private static void WriteMedia(Utf8JsonWriter writer, MediaInput media)
    {
        if (media.Url is { } url)
        {
            writer.WriteStringValue(url.OriginalString); // the escaped form may be longer than a URL may be
            return;
        }

        if (media.MediaId is { } id)
        {
            writer.WriteStringValue($"media:{id}");
            return;
        }

        if (media.Held is not null)
        {
            writer.WriteStringValue(media.ToUri());
            return;
        }

        // As bytes: an inline clip as a string would take three times its size.
        var prefix = Encoding.UTF8.GetBytes($"data:{media.ContentType};base64,");
        var length = prefix.Length + Base64.GetMaxEncodedToUtf8Length(media.Bytes.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        prefix.CopyTo(buffer, 0);
        Base64.EncodeToUtf8(media.Bytes.Span, buffer.AsSpan(prefix.Length), out _, out var written);
        writer.WriteStringValue(buffer.AsSpan(0, prefix.Length + written));
        ArrayPool<byte>.Shared.Return(buffer);
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void WriteFlag(Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } flag)
        {
            writer.WriteBoolean(name, flag);
        }
    }
}
