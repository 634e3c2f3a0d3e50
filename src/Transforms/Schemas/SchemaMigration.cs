using System.Text.Json;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Schemas;

/// <summary>
/// One step between two versions of the contract: requests go forward, responses back. A new version is one class like this; what it does
/// not mention stays as it is.
/// </summary>
/// <param name="from">The older version.</param>
/// <param name="to">The newer one.</param>
/// <param name="backwardCompatible">True when every request of the older version is one of the newer as it stands, but for its version.</param>
internal abstract class SchemaMigration(string from, string to, bool backwardCompatible)
{
    private byte[][]? _requestFields;

    public string From { get; } = from;

    public string To { get; } = to;

    public bool BackwardCompatible { get; } = backwardCompatible;

    /// <summary>The fields of a request of the older version; any other is refused.</summary>
    public abstract IReadOnlyList<string> RequestFields { get; }

    /// <summary>What a field of the newer version is called in the older one, so that errors name what the caller wrote.</summary>
    public virtual string FieldOf(string field) => field;

    /// <summary>Writes a request of the newer version.</summary>
    /// <param name="request">One JSON object of the older version, valid, without duplicate names.</param>
    /// <param name="output">Takes the object.</param>
    /// <param name="errors">Takes what is wrong, in the older version's names.</param>
    /// <param name="strict">True to refuse unknown fields: for the version the caller wrote in.</param>
    public void UpgradeRequest(ReadOnlySpan<byte> request, Utf8JsonWriter output, FieldErrorList errors, bool strict)
    {
        output.WriteStartObject();
        foreach (var member in new JsonMembers(request))
        {
            if (member.Is("schema_version"u8))
            {
                output.WriteString("schema_version"u8, To);
            }
            else if (strict && !IsRequestField(member))
            {
                errors.Add(FieldErrorList.PathOf("$", member.ReadName()), "It is no field of a request.", RequestFields);
            }
            else if (!UpgradeMember(member, output, errors))
            {
                member.WriteTo(output);
            }
        }

        output.WriteEndObject();
    }

    /// <summary>Writes a response of the older version.</summary>
    /// <param name="response">One JSON object of the newer version.</param>
    /// <param name="output">Takes the object.</param>
    public void DowngradeResponse(ReadOnlySpan<byte> response, Utf8JsonWriter output)
    {
        output.WriteStartObject();
        foreach (var member in new JsonMembers(response))
        {
            if (member.Is("schema_version"u8))
            {
                output.WriteString("schema_version"u8, From);
            }
            else if (!DowngradeMember(member, output))
            {
                member.WriteTo(output);
            }
        }

        output.WriteEndObject();
    }

    /// <summary>Changes one member of a request.</summary>
    /// <returns>True when it is done with, be it that it is left out; false to have it copied.</returns>
    protected virtual bool UpgradeMember(in JsonMember member, Utf8JsonWriter output, FieldErrorList errors) => false;

    /// <summary>Changes one member of a response.</summary>
    /// <returns>True when it is done with, be it that it is left out; false to have it copied.</returns>
    protected virtual bool DowngradeMember(in JsonMember member, Utf8JsonWriter output) => false;

    private bool IsRequestField(in JsonMember member)
    {
        foreach (var field in _requestFields ??= [.. RequestFields.Select(System.Text.Encoding.UTF8.GetBytes)])
        {
            if (member.Is(field))
            {
                return true;
            }
        }

        return false;
    }
}
