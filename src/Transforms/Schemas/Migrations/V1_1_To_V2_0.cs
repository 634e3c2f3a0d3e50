using System.Text.Json;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Schemas.Responses;

namespace Framegate.Transforms.Schemas.Migrations;

/// <summary>2.0 took provider and model out of their common object, and put everything about a failure into one.</summary>
internal sealed class V1_1_To_V2_0() : SchemaMigration("1.1", "2.0", backwardCompatible: false)
{
    private static readonly string[] _providerFields = ["name", "model"];

    public override IReadOnlyList<string> RequestFields { get; } =
    [
        "schema_version", "request_id", "provider", "prompt", "media_type", "parameters", "metadata", "timestamp", "timeout", "retry_config",
        "callback_url",
    ];

    public override string FieldOf(string field) => field switch
    {
        "provider" => "provider.name",
        "model" => "provider.model",
        _ => field,
    };

    protected override bool UpgradeMember(in JsonMember member, Utf8JsonWriter output, FieldErrorList errors)
    {
        if (!member.Is("provider"u8))
        {
            return false;
        }

        if (member.Kind == JsonTokenType.StartObject)
        {
            foreach (var part in member.Members)
            {
                if (part.Is("name"u8))
                {
                    part.WriteAs("provider"u8, output);
                }
                else if (part.Is("model"u8))
                {
                    part.WriteTo(output);
                }
                else
                {
                    errors.Add(FieldErrorList.PathOf("provider", part.ReadName()), "It is no field of provider.", _providerFields);
                }
            }
        }
        else if (member.Kind != JsonTokenType.Null)
        {
            errors.Add("provider", "It must be an object with name and model.", _providerFields);
        }

        return true;
    }

    /// <summary>1.1 has the failure's text and code, and nothing else of it.</summary>
    protected override bool DowngradeMember(in JsonMember member, Utf8JsonWriter output)
    {
        if (member.Is("provider"u8))
        {
            output.WriteStartObject("provider"u8);
            member.WriteAs("name"u8, output);
            if (member.TrySibling("model"u8, out var model))
            {
                model.WriteTo(output);
            }

            output.WriteEndObject();
            return true;
        }

        if (member.Is("error"u8))
        {
            WriteError(member, output);
            return true;
        }

        if (member.Is("result"u8) && member.Value.IndexOf("\"provenance\""u8) >= 0)
        {
            // 1.1 does not state where a file comes from.
            var result = JsonSerializer.Deserialize(member.Value, ContractJson.Default.GenerationResult)!;
            output.WritePropertyName("result"u8);
            JsonSerializer.Serialize(output, result with { Media = [.. result.Media.Select(m => m with { Provenance = null })] }, ContractJson.Default.GenerationResult);
            return true;
        }

        if (member.Is("metadata"u8) && member.Kind == JsonTokenType.StartObject)
        {
            WriteMetadata(member, output);
            return true;
        }

        return member.Is("model"u8);
    }

    /// <summary>An attempt of 1.1 states neither why an answer was lost nor how that was made up for, nor what status it had.</summary>
    private static void WriteMetadata(in JsonMember metadata, Utf8JsonWriter output)
    {
        output.WriteStartObject("metadata"u8);
        foreach (var member in metadata.Members)
        {
            if (member.Is("attempts"u8) && (member.Value.IndexOf("\"reconciled\""u8) >= 0 || member.Value.IndexOf("\"cause\""u8) >= 0 || member.Value.IndexOf("\"http_status\""u8) >= 0))
            {
                output.WriteStartArray("attempts"u8);
                foreach (var attempt in JsonSerializer.Deserialize(member.Value, ContractJson.Default.IReadOnlyListAttemptReport)!)
                {
                    JsonSerializer.Serialize(output, attempt with { Reconciled = null, Cause = null, HttpStatus = null }, ContractJson.Default.AttemptReport);
                }

                output.WriteEndArray();
            }
            else
            {
                member.WriteTo(output);
            }
        }

        output.WriteEndObject();
    }

    private static void WriteError(in JsonMember error, Utf8JsonWriter output)
    {
        if (error.Kind == JsonTokenType.Null)
        {
            output.WriteNull("error"u8);
            output.WriteNull("error_code"u8);
            return;
        }

        var full = JsonSerializer.Deserialize(error.Value, ContractJson.Default.GenerationError)!;
        // The message of 2.0 names the first field and points to the details for the rest; here the text is all there is.
        output.WriteString("error"u8, full.Details?.Fields is { Count: > 1 } fields ? string.Join(' ', fields) : full.Message);
        output.WriteString("error_code"u8, ContractNames.NameOf(full.Code));
    }
}
