using System.Text;
using System.Text.Json;
using CsCheck;
using Framegate.Transforms.Native;

namespace Framegate.Transforms.Tests.Native;

public class LinkRewriterTests
{
    private static readonly string[] Names = ["polling_url", "uri"];
    private static readonly LinkRewriter Rewriter = new(Names);

    [Theory]
    [InlineData("""{"id":"1","polling_url":"https://a/x"}""", """{"id":"1","polling_url":"HTTPS://A/X"}""")]
    [InlineData("""{ "deep": [ { "polling_url" : "a\/b" } ],  "n": 1.50 }""", """{ "deep": [ { "polling_url" : "A\/B" } ],  "n": 1.50 }""")]
    [InlineData("""{"polling_url":"a","uri":"b","polling_url":"c"}""", """{"polling_url":"A","uri":"B","polling_url":"C"}""")]
    [InlineData("""{"note":"polling_url","polling_url":"x"}""", """{"note":"polling_url","polling_url":"X"}""")]
    [InlineData("""["polling_url",{"polling_url":""},"uri"]""", """["polling_url",{"polling_url":""},"uri"]""")]
    [InlineData("""{"uri":["a","b\/c",["d"],"keep"],"n":["a"]}""", """{"uri":["A","B\/C",["D"],"keep"],"n":["a"]}""")]
    [InlineData("""{"uri":{"href" : "x","list":[{"uri":"y"},7]},"x":"x"}""", """{"uri":{"href" : "X","list":[{"uri":"Y"},7]},"x":"x"}""")]
    public void Rewrite_NamedProperty_ReplacesItsValueAndNoOtherByte(string json, string expected) => Assert.Equal(expected, Rewrite(json));

    [Theory]
    [InlineData("""{"url":"https://a/x"}""")]
    [InlineData("""{"polling_url":7,"uri":null}""")]
    [InlineData("""{"polling_url":{"href":7}}""")]
    [InlineData("""{"note":"polling_url"}""")]
    [InlineData("""{"prompt":"say {\"polling_url\":\"https://a/x\"} aloud"}""")]
    [InlineData("""{"prompt\"polling_url":"https://a/x"}""")]
    [InlineData("""{"my_polling_url":"x","polling_url_2":"x"}""")]
    [InlineData("""{"polling_url":"x """)]
    [InlineData("not json with polling_url")]
    [InlineData("\\")]
    [InlineData("")]
    public void Rewrite_NothingToReplace_ChangesNothing(string json) => Assert.Equal(json, Rewrite(json));

    [Fact]
    public void Rewrite_TargetRefuses_LeavesTheLink() =>
        Assert.Equal("""{"polling_url":"keep","uri":"GO"}""", Rewrite("""{"polling_url":"keep","uri":"go"}"""));

    [Fact]
    public void Rewrite_LinkIsTooLong_IsLeftHoweverItArrives()
    {
        var json = $$"""{"polling_url":"{{new string('x', LinkRewriter.LongestProperty)}}","uri":"a"}""";
        var expected = json.Replace("\"a\"", "\"A\"", StringComparison.Ordinal);

        Assert.Equal(expected, Rewrite(json));
        Assert.Equal(expected, InPieces(json, Enumerable.Repeat(1000, 100)));
    }

    [Fact]
    public void Rewrite_LongTextInAListOfLinks_IsLeftAndWhatFollowsIsReplaced()
    {
        var json = $$"""{"uri":["{{new string('x', 3 * LinkRewriter.LongestProperty)}}\\","a"],"note":"b"}""";
        var expected = json.Replace("\"a\"", "\"A\"", StringComparison.Ordinal);

        Assert.Equal(expected, Rewrite(json));
        Assert.Equal(expected, InPieces(json, Enumerable.Repeat(1000, 100)));
        Assert.Equal(expected, InPieces(json, [1]));
    }

    [Fact]
    public void Rewrite_AnyJson_DoesWhatAParserWouldDo() => Documents.Sample(json => Assert.Equal(Parsed(json), Rewrite(json)));

    [Fact]
    public void Rewrite_InAnyPieces_IsTheSameAsWhole() => Gen.Select(Documents, Gen.Int[1, 40].Array[1, 30])
        .Sample((json, sizes) => Assert.Equal(Rewrite(json), InPieces(json, sizes)));

    [Fact]
    public void Rewrite_AnyBytesInAnyPieces_LosesNothing() => Gen.Select(Pick("\"", "\\", "uri", "\"uri\"", ":", " ", "x", "{").Array[0, 60], Gen.Int[1, 9].Array[1, 9])
        .Sample((parts, sizes) =>
        {
            var text = string.Concat(parts);
            Assert.Equal(text, InPieces(text, sizes), ignoreCase: true);
        });

    private static Gen<string> Documents { get; } = Gen.Recursive<JsonNodeText>((depth, inner) =>
    {
        var text = Gen.OneOf(
            Pick("polling_url", "uri", "\"", "\\", "\"uri\"", "\"polling_url\":\"https://a/x\"", "http://b/é", "a/b", "", "keep", "\n"),
            Gen.String[0, 8]).Select(t => t.Replace("\0", "", StringComparison.Ordinal)).Where(t => t.All(c => !char.IsSurrogate(c)));
        var quoted = Gen.Select(text, Gen.Bool, (t, slashes) => slashes ? Quote(t).Replace("/", "\\/", StringComparison.Ordinal) : Quote(t));
        var name = Gen.OneOf(Pick("\"polling_url\"", "\"uri\""), quoted);
        var space = Pick("", "", " ", "\r\n\t");
        var leaf = Gen.OneOf(quoted, Pick("1", "null", "true", "-2.5e3", "[]", "{}")).Select(t => new JsonNodeText(t));
        return depth > 3
            ? leaf
            : Gen.OneOf(
                leaf,
                inner.Array[0, 4].Select(items => new JsonNodeText($"[{string.Join(",", items.Select(i => i.Text))}]")),
                Gen.Select(name, space, space, inner, (n, a, b, v) => $"{n}{a}:{b}{v.Text}").Array[0, 5].Select(m => new JsonNodeText($"{{{string.Join(",", m)}}}")));
    }).Select(n => n.Text);

    private static Gen<string> Pick(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static string Quote(string text) => $"\"{JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    private static string Rewrite(string json)
    {
        using var output = new LinkBuffer();
        var bytes = Encoding.UTF8.GetBytes(json);
        var place = default(LinkPlace);
        Assert.Equal(bytes.Length, Rewriter.Rewrite(bytes, last: true, new UpperCase(), output, ref place));
        return output.Length > 0 ? Encoding.UTF8.GetString(output.Written.Span) : json;
    }

    /// <summary>What happens to an answer that arrives in pieces of some sizes, taken in turn.</summary>
    private static string InPieces(string json, IEnumerable<int> sizes)
    {
        var (bytes, result, held) = (Encoding.UTF8.GetBytes(json), new List<byte>(), Array.Empty<byte>());
        var (position, place) = (0, default(LinkPlace));
        using var turns = Forever([.. sizes]).GetEnumerator();
        while (true)
        {
            turns.MoveNext();
            var piece = bytes.AsSpan(position, Math.Min(turns.Current, bytes.Length - position));
            position += piece.Length;
            byte[] given = [.. held, .. piece];
            using var output = new LinkBuffer();
            var last = piece.Length == 0;
            var done = Rewriter.Rewrite(given, last, new UpperCase(), output, ref place);
            result.AddRange(output.Length > 0 ? output.Written.Span : given.AsSpan(0, done));
            held = given[done..];
            Assert.InRange(held.Length, 0, LinkRewriter.LongestProperty);
            if (last)
            {
                Assert.Empty(held);
                return Encoding.UTF8.GetString([.. result]);
            }
        }
    }

    private static IEnumerable<int> Forever(int[] sizes)
    {
        for (var i = 0; ; i++)
        {
            yield return sizes[i % sizes.Length];
        }
    }

    /// <summary>The same by a JSON parser.</summary>
    private static string Parsed(string json)
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        var reader = new Utf8JsonReader(bytes);
        var (result, copied, wanted, below) = (new List<byte>(), 0, false, int.MaxValue);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                // Names with escapes are left alone.
                wanted = !reader.ValueIsEscaped && Names.Contains(reader.GetString());
                continue;
            }

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject && wanted)
            {
                below = Math.Min(below, reader.CurrentDepth);
            }

            if (reader.TokenType is JsonTokenType.EndArray or JsonTokenType.EndObject && reader.CurrentDepth == below)
            {
                below = int.MaxValue;
            }

            if ((wanted || below != int.MaxValue) && reader.TokenType == JsonTokenType.String && reader.BytesConsumed - reader.TokenStartIndex > 2)
            {
                using var output = new LinkBuffer();
                var (start, end) = ((int)reader.TokenStartIndex, (int)reader.BytesConsumed);
                result.AddRange(bytes[copied..start]);
                result.AddRange(new UpperCase().TryWrite(bytes.AsSpan(start, end - start), output) ? output.Written.Span : bytes.AsSpan(start, end - start));
                copied = end;
            }

            wanted = false;
        }

        result.AddRange(bytes[copied..]);
        return Encoding.UTF8.GetString([.. result]);
    }

    private sealed record JsonNodeText(string Text);

    private sealed class UpperCase : ILinkTarget
    {
        public bool TryWrite(ReadOnlySpan<byte> link, LinkBuffer output)
        {
            // What a refusing target wrote must be taken back.
            output.Write(Encoding.UTF8.GetString(link).ToUpperInvariant());
            return !link.SequenceEqual("\"keep\""u8);
        }
    }
}
