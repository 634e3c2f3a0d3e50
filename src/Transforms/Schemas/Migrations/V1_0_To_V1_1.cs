using System.Text.Json;

namespace Framegate.Transforms.Schemas.Migrations;

/// <summary>1.1 added <c>metadata</c>, to requests and responses, and <c>retry_config</c>; nothing else changed.</summary>
internal sealed class V1_0_To_V1_1() : SchemaMigration("1.0", "1.1", backwardCompatible: true)
{
    public override IReadOnlyList<string> RequestFields { get; } =
        ["schema_version", "request_id", "provider", "prompt", "media_type", "parameters", "timestamp", "timeout", "callback_url"];

    /// <summary>1.0 has no metadata: progress, warnings, attempts and the caller's own notes are left out.</summary>
    protected override bool DowngradeMember(in JsonMember member, Utf8JsonWriter output) => member.Is("metadata"u8);
}
