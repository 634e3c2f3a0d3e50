using System.Text;
using System.Text.Json;

namespace Framegate.Transforms.Schemas;

/// <summary>One member of a JSON object, as bytes.</summary>
/// <param name="owner">The object it is in.</param>
/// <param name="name">Its name, unescaped.</param>
/// <param name="value">Its value, as it is written.</param>
/// <param name="kind">The first token of the value.</param>
internal readonly ref struct JsonMember(ReadOnlySpan<byte> owner, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, JsonTokenType kind)
{
    private readonly ReadOnlySpan<byte> _owner = owner;
    private readonly ReadOnlySpan<byte> _name = name;

    public ReadOnlySpan<byte> Value { get; } = value;

    public JsonTokenType Kind { get; } = kind;

    /// <summary>The members of the value, which must be an object.</summary>
    public JsonMembers Members => new(Value);

    public bool Is(ReadOnlySpan<byte> name) => _name.SequenceEqual(name);

    public string ReadName() => Encoding.UTF8.GetString(_name);

    /// <summary>Another member of the same object.</summary>
    public bool TrySibling(ReadOnlySpan<byte> name, out JsonMember sibling)
    {
        foreach (var member in new JsonMembers(_owner))
        {
            if (member.Is(name))
            {
                sibling = member;
                return true;
            }
        }

        sibling = default;
        return false;
    }

    /// <summary>Copies it.</summary>
    public void WriteTo(Utf8JsonWriter output) => WriteAs(_name, output);

    /// <summary>Copies it under another name.</summary>
    public void WriteAs(ReadOnlySpan<byte> name, Utf8JsonWriter output)
    {
        output.WritePropertyName(name);
        output.WriteRawValue(Value, skipInputValidation: true); // it comes out of JSON that has been parsed
    }
}
