using System.Text.Json;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Engine.StoreContract;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Proxy.Edge.Unified;

/// <summary>Writes a page of generations, newest first, each in the version of the schema it was asked for in unless the caller names one.</summary>
internal sealed class GenerationPageWriter(ResponseWriter responses, GenerationView views, PublicAddress address, SchemaVersions versions, VersionHeaders headers)
{
    /// <summary>Writes it.</summary>
    /// <param name="context">The call.</param>
    /// <param name="page">The generations.</param>
    /// <param name="version">The version to write all of them in; null for each its own.</param>
    /// <param name="withClient">Whether whose they are shows too.</param>
    public async Task WriteAsync(HttpContext context, GenerationPage page, string? version, bool withClient = false)
    {
        var baseUrl = address.Of(context);
        context.Response.ContentType = "application/json; charset=utf-8";
        if (version is not null)
        {
            headers.Write(context.Response.Headers, version);
        }

        using (var writer = new Utf8JsonWriter(context.Response.BodyWriter))
        {
            writer.WriteStartObject();
            writer.WriteStartArray("data"u8);
            foreach (var state in page.Items)
            {
                WriteItem(writer, views.Detailed(state, baseUrl, withClient), version ?? responses.VersionOf(state));
            }

            WriteEnd(writer, page.Next, page.Count);
        }

        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Writes a page in the current version.</summary>
    /// <param name="output">Takes it.</param>
    /// <param name="page">The generations.</param>
    /// <param name="last">The generation to go on after; null on the last page.</param>
    /// <param name="count">How many there are in all; null when it was not asked for.</param>
    public void Write(System.Buffers.IBufferWriter<byte> output, IEnumerable<GenerationResponse> page, string? last, GenerationCount? count)
    {
        using var writer = new Utf8JsonWriter(output);
        writer.WriteStartObject();
        writer.WriteStartArray("data"u8);
        foreach (var view in page)
        {
            WriteItem(writer, view, SchemaVersions.Current);
        }

        WriteEnd(writer, last, count);
    }

    private static void WriteEnd(Utf8JsonWriter writer, string? last, GenerationCount? count)
    {
        writer.WriteEndArray();
        writer.WriteString("next_cursor"u8, last);
        if (count is not null)
        {
            writer.WriteNumber("count"u8, count.Value);
            writer.WriteBoolean("count_is_least"u8, count.IsLeast);
        }

        writer.WriteEndObject();
    }

    private void WriteItem(Utf8JsonWriter writer, GenerationResponse view, string version)
    {
        if (version == SchemaVersions.Current)
        {
            JsonSerializer.Serialize(writer, view, ContractJson.Default.GenerationResponse);
            return;
        }

        var older = new System.Buffers.ArrayBufferWriter<byte>();
        versions.Write(view, version, older);
        writer.WriteRawValue(older.WrittenSpan, skipInputValidation: true);
    }
}
