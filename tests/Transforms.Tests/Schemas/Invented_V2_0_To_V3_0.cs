using System.Text.Json;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas;

/// <summary>A version that does not exist: the prompt is called <c>text</c>, and responses say <c>state</c> where 2.0 says <c>status</c>.</summary>
internal sealed class Invented_V2_0_To_V3_0() : SchemaMigration("2.0", "3.0", backwardCompatible: false)
{
    public override IReadOnlyList<string> RequestFields => ContractNames.RequestFields;

    public override string FieldOf(string field) => field == "text" ? "prompt" : field;

    protected override bool UpgradeMember(in JsonMember member, Utf8JsonWriter output, FieldErrorList errors)
    {
        if (!member.Is("prompt"u8))
        {
            return false;
        }

        if (member.Kind != JsonTokenType.String)
        {
            errors.Add("prompt", "It must be a string.");
        }

        member.WriteAs("text"u8, output);
        return true;
    }

    protected override bool DowngradeMember(in JsonMember member, Utf8JsonWriter output)
    {
        if (!member.Is("state"u8))
        {
            return false;
        }

        member.WriteAs("status"u8, output);
        return true;
    }
}
