using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Transforms.Schemas;

/// <summary>Takes one message through the steps of a path, back and forth between two buffers.</summary>
internal sealed class SchemaPasses : IDisposable
{
    // The text never goes into HTML, and what is copied is not escaped again.
    private static readonly JsonWriterOptions _options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
    private readonly PooledBuffer _even = new();
    private readonly PooledBuffer _odd = new();
    private readonly Utf8JsonWriter _writer;

    public SchemaPasses() => _writer = new Utf8JsonWriter(_even, _options);

    /// <summary>Brings a request to the end of a path.</summary>
    /// <param name="request">One JSON object, valid, without duplicate names.</param>
    /// <param name="path">The steps, in order; at least one.</param>
    /// <param name="errors">Takes what is wrong, in the names of the version the request is written in.</param>
    /// <returns>The request; valid until the next call.</returns>
    public ReadOnlyMemory<byte> Upgrade(ReadOnlyMemory<byte> request, ReadOnlySpan<SchemaMigration> path, FieldErrorList errors)
    {
        for (var i = 0; i < path.Length; i++)
        {
            var target = Next(i);
            var found = i == 0 ? errors : new FieldErrorList();
            path[i].UpgradeRequest(request.Span, _writer, found, strict: i == 0);
            _writer.Flush();
            request = target.Written;
            if (i > 0)
            {
                foreach (var error in found.ToList())
                {
                    errors.Add(FieldOf(error.Field, path[..i]), error.Message, error.Allowed);
                }
            }
        }

        return request;
    }

    /// <summary>Writes a response as the version at the start of a path.</summary>
    /// <param name="response">The response, of the version at the end of the path.</param>
    /// <param name="path">The steps, in order; at least one.</param>
    /// <param name="output">Takes the JSON.</param>
    public void Downgrade(GenerationResponse response, ReadOnlySpan<SchemaMigration> path, IBufferWriter<byte> output)
    {
        _even.Clear();
        _writer.Reset(_even);
        JsonSerializer.Serialize(_writer, response, ContractJson.Default.GenerationResponse);
        _writer.Flush();
        Downgrade(_even.Written, path, output);
    }

    /// <inheritdoc cref="Downgrade(GenerationResponse, ReadOnlySpan{SchemaMigration}, IBufferWriter{byte})"/>
    public void Downgrade(ReadOnlyMemory<byte> response, ReadOnlySpan<SchemaMigration> path, IBufferWriter<byte> output)
    {
        for (var i = path.Length - 1; i >= 0; i--)
        {
            PooledBuffer? target = null;
            if (i == 0)
            {
                _writer.Reset(output);
            }
            else
            {
                target = Next(path.Length - i);
            }

            path[i].DowngradeResponse(response.Span, _writer);
            _writer.Flush();
            response = target?.Written ?? default;
        }
    }

    /// <summary>What a field at the end of a path is called at its start.</summary>
    public static string FieldOf(string field, ReadOnlySpan<SchemaMigration> path)
    {
        for (var i = path.Length - 1; i >= 0; i--)
        {
            field = path[i].FieldOf(field);
        }

        return field;
    }

    public void Dispose()
    {
        _writer.Dispose();
        _even.Dispose();
        _odd.Dispose();
    }

    private PooledBuffer Next(int step)
    {
        var target = step % 2 == 0 ? _even : _odd;
        target.Clear();
        _writer.Reset(target);
        return target;
    }
}
