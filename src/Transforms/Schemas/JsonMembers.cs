using System.Text;
using System.Text.Json;

namespace Framegate.Transforms.Schemas;

/// <summary>The members of one JSON object, for <c>foreach</c>; nothing is copied.</summary>
/// <param name="json">The object; valid JSON.</param>
internal ref struct JsonMembers(ReadOnlySpan<byte> json)
{
    private readonly ReadOnlySpan<byte> _json = json;
    private Utf8JsonReader _reader = new(json);

    public JsonMember Current { get; private set; }

    public readonly JsonMembers GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_reader.TokenType == JsonTokenType.None)
        {
            _reader.Read();
        }

        if (!_reader.Read() || _reader.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        var name = _reader.ValueIsEscaped ? Unescaped() : _reader.ValueSpan;
        _reader.Read();
        var start = (int)_reader.TokenStartIndex;
        var kind = _reader.TokenType;
        _reader.Skip();
        Current = new JsonMember(_json, name, _json[start..(int)_reader.BytesConsumed], kind);
        return true;
    }

    private readonly byte[] Unescaped()
    {
        try
        {
            return Encoding.UTF8.GetBytes(_reader.GetString()!);
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair: no name that anybody asks for.
            return [.. "\uFFFD"u8];
        }
    }
}
