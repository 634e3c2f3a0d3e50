using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.OpenAi.Wire;

/// <summary>Writes an order as the body of a unified request. The same order makes the same bytes.</summary>
internal static class UnifiedBody
{
    /// <summary>Only for the wire between here and the unified reader: base64 is not escaped.</summary>
    private static readonly JsonWriterOptions s_plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The body without an id.</summary>
    public static byte[] Write(UnifiedOrder order, OrderWording wording = default)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + order.Mask.Length + order.Images.Sum(i => i.Length));
        using (var writer = new Utf8JsonWriter(buffer, s_plain))
        {
            writer.WriteStartObject();
            writer.WriteString("provider", order.Model.Provider);
            writer.WriteString("model", order.Model.Model);
            writer.WriteString("media_type", order.MediaType == MediaType.Video ? "video" : "image");
            writer.WriteString("prompt", order.Prompt);
            WriteParameters(writer, order, wording);
            if (order.Part is { } part)
            {
                writer.WriteStartObject("metadata");
                writer.WriteNumber("part", part);
                writer.WriteNumber("of", order.N);
                writer.WriteEndObject();
            }

            writer.WriteNumber("timeout", (int)order.Timeout.TotalSeconds);
            if (order.CallbackUrl is { } callback)
            {
                writer.WriteString("callback_url", callback);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The body with the id of its generation.</summary>
    public static byte[] WithId(ReadOnlySpan<byte> body, string id) => [.. Encoding.ASCII.GetBytes($"{{\"request_id\":\"{id}\","), .. body[1..]];

    /// <summary>What a repeated request is recognised by.</summary>
    public static byte[] FingerprintOf(ReadOnlySpan<byte> body) => SHA256.HashData(body);

    private static void WriteParameters(Utf8JsonWriter writer, UnifiedOrder order, OrderWording wording)
    {
        writer.WriteStartObject("parameters");
        if (order.Size is { } size)
        {
            WriteSize(writer, size, order, wording);
        }

        if (order.Seconds is { } seconds)
        {
            writer.WriteNumber("duration", seconds);
        }

        if (order.N > 1 && order.Part is null)
        {
            writer.WriteNumber("n", order.N);
        }

        if (order.OutputFormat is { } format)
        {
            writer.WriteString("output_format", format);
        }

        WriteImages(writer, order.Images, wording);
        if (!order.Mask.IsEmpty)
        {
            writer.WritePropertyName("mask");
            writer.WriteRawValue(order.Mask.Span, skipInputValidation: true);
        }

        if (order.Clip is { } clip)
        {
            writer.WriteString("video", clip);
        }

        foreach (var (name, json) in order.More)
        {
            writer.WritePropertyName(name);
            writer.WriteRawValue(json.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    private static void WriteSize(Utf8JsonWriter writer, PixelCount size, UnifiedOrder order, OrderWording wording)
    {
        if (wording.SizeAsShape)
        {
            writer.WriteString("aspect_ratio", size.Shape);
            if (order.Model.Known?.Limits.Resolutions.Count > 0)
            {
                writer.WriteString("resolution", size.Class);
            }

            return;
        }

        writer.WriteNumber("width", size.Width);
        writer.WriteNumber("height", size.Height);
    }

    private static void WriteImages(Utf8JsonWriter writer, IReadOnlyList<ReadOnlyMemory<byte>> images, OrderWording wording)
    {
        var first = wording.ImagesAsReferences ? 0 : 1;
        if (images.Count > 0 && first == 1)
        {
            writer.WritePropertyName("image");
            writer.WriteRawValue(images[0].Span, skipInputValidation: true);
        }

        if (images.Count > first)
        {
            writer.WriteStartArray("reference_images");
            foreach (var image in images.Skip(first))
            {
                writer.WriteRawValue(image.Span, skipInputValidation: true);
            }

            writer.WriteEndArray();
        }
    }
}

/// <summary>How an order is put where models differ in what they take.</summary>
/// <param name="SizeAsShape">Aspect ratio and resolution instead of pixels.</param>
/// <param name="ImagesAsReferences">Every input image is a reference; the model starts from none.</param>
internal readonly record struct OrderWording(bool SizeAsShape, bool ImagesAsReferences)
{
    private static readonly string[] s_size = ["parameters.width", "parameters.height"];

    /// <summary>Another way to say the same to a model that has refused this one.</summary>
    /// <returns>Null when there is none.</returns>
    public OrderWording? After(GenerationError refusal, UnifiedOrder order)
    {
        if (refusal.Code != ErrorCode.InvalidRequest || refusal.Details?.Fields is not { Count: > 0 } fields)
        {
            return null;
        }

        if (!SizeAsShape && order.Size?.Shape is { } shape && fields.All(f => s_size.Contains(f.Field))
            && order.Model.Known?.Limits is { MaxWidth: null, Sizes.Count: 0 } limits && limits.AspectRatios.Contains(shape))
        {
            return this with { SizeAsShape = true };
        }

        return !ImagesAsReferences && order.Images.Count > 0 && order.Mask.IsEmpty && fields.All(f => f.Field == "parameters.image")
            ? this with { ImagesAsReferences = true }
            : null;
    }
}
