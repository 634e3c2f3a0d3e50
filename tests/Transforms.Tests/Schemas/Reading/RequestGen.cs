using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas.Reading;

/// <summary>Generates bodies: good ones, and good ones that were damaged.</summary>
internal static class RequestGen
{
    private static readonly string[] _values =
    [
        "null", "true", "[]", "{}", "\"\"", "0", "-1", "1e999", "-1e999", "1e-999", "1.5", "123456789012345678901234567890", "[[[[1]]]]", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "{\"\\ud83d\":1}", "{\"a\":1,\"a\":2}", "[null]", "\"data:\"", "\"media:\"", "\"https://[\"", "\"http://a\"",
        "\"data:image/png;base64,\\ud800\"", "[\"\\ud800\"]", "\"https://\\ud800.com/\"",
    ];

    private static readonly string[] _members =
    [
        "\"provider\":\"x\"", "\"extra\":1", "\"\":1", "\"\\ud800\":1", "\"\\u0070rovider\":\"x\"", "\"a\\nb\":{}", "\"prompt\":\"\\udfff\"",
        "\"metadata\":{\"\\ud800\":{\"\\ud800\":1,\"\\ud800\":1}}", "\"parameters\":{\"\\ud800\":1}", "\"parameters\":{\"\":1}",
        "\"retry_config\":{\"\\udc00\":1}", "\"timeout\":1e400", "\"request_id\":\"\\ud800\"",
    ];

    private static readonly Gen<string> _word = Gen.String[Gen.Char["abcXYZ019 _-:é漢\"\\/+<&"], 0, 20];
    private static readonly Gen<string> _media = Gen.OneOf(
        Gen.Byte.Array[1, 40].Select(bytes => $"data:image/png;base64,{Convert.ToBase64String(bytes)}"),
        Gen.String[Gen.Char["abcXYZ019_-"], 1, 64].Select(id => $"media:{id}"),
        Gen.String[Gen.Char["abc/é?=&%"], 0, 30].Select(path => $"https://example.com/{path}"));

    private static readonly Gen<JsonNode?> _object = Gen.Select(_word, Gen.Int, Gen.Bool)
        .Select((text, number, flag) => (JsonNode?)new JsonObject { ["a"] = text, ["b"] = new JsonArray(number, flag, null), [text] = new JsonObject() });

    private static readonly Dictionary<string, Gen<JsonNode?>> _parameters = new()
    {
        ["width"] = Whole(1, 16_384),
        ["height"] = Whole(1, 16_384),
        ["aspect_ratio"] = Text(Pick("16:9", "1:1", "auto", "999:7")),
        ["resolution"] = Text(Pick("720p", "4K", "1024x1024")),
        ["duration"] = Number(Gen.Double[0.0001, 3600]),
        ["fps"] = Whole(1, 240),
        ["n"] = Whole(1, 16),
        ["seed"] = Gen.Long[-1, uint.MaxValue].Select(n => (JsonNode?)n),
        ["negative_prompt"] = Text(_word),
        ["image"] = Text(_media),
        ["last_image"] = Text(_media),
        ["mask"] = Text(_media),
        ["control_image"] = Text(_media),
        ["reference_images"] = _media.Array[0, 5].Select(all => (JsonNode?)new JsonArray([.. all.Select(m => (JsonNode?)m)])),
        ["video"] = Text(Gen.Byte.Array[1, 40].Select(bytes => $"data:video/mp4;base64,{Convert.ToBase64String(bytes)}")),
        ["strength"] = Number(Gen.Double[0, 1]),
        ["guidance"] = Number(Gen.Double[0, 100]),
        ["steps"] = Whole(1, 1000),
        ["output_format"] = Text(Pick("png", "JPEG")),
        ["audio"] = Gen.Bool.Select(b => (JsonNode?)b),
        ["voice"] = Text(Pick("Alloy", "漢")),
        ["enhance_prompt"] = Gen.Bool.Select(b => (JsonNode?)b),
        ["safety"] = Gen.OneOf(Whole(0, 6), Text(Pick("strict", "default", "relaxed"))),
        ["flux"] = _object,
        ["odd name"] = _object,
    };

    private static readonly Dictionary<string, Gen<JsonNode?>> _optional = new()
    {
        ["schema_version"] = Text(Gen.Const("2.0")),
        ["request_id"] = Text(Gen.String[Gen.Char["aZ0_.:-"], 1, 128].Where(t => t is not ("." or ".."))),
        ["prompt"] = Text(_word),
        ["parameters"] = Subset(_parameters),
        ["metadata"] = _object,
        ["timestamp"] = Text(Gen.DateTimeOffset.Select(d => d.ToString("O", CultureInfo.InvariantCulture))),
        ["timeout"] = Number(Gen.Double[1, 3600]),
        ["retry_config"] = Subset(new()
        {
            ["max_attempts"] = Whole(1, 10),
            ["base_delay_ms"] = Whole(0, 1000),
            ["max_delay_ms"] = Whole(1000, 300_000),
            ["jitter"] = Gen.Bool.Select(b => (JsonNode?)b),
            ["retry_on"] = Gen.Int[0, 9].HashSet[0, 10].Select(all => (JsonNode?)new JsonArray([.. all.Select(i => (JsonNode?)ContractNames.ErrorCodes[i])])),
        }),
        ["callback_url"] = Text(Pick("https://example.com/hook", "http://localhost:81/é")),
    };

    /// <summary>Good requests.</summary>
    public static Gen<byte[]> Good { get; } = Gen.Select(Subset(_optional), Gen.Int[0, 3], Text(_word.Where(w => w.Length > 0)))
        .Select((rest, type, model) =>
        {
            var body = rest!.AsObject();
            body["provider"] = "my-provider";
            body["model"] = model?.DeepClone();
            body["media_type"] = ContractNames.MediaTypes[type];
            return Encoding.UTF8.GetBytes(body.ToJsonString());
        });

    /// <summary>Good requests with something done to them; most are bad now.</summary>
    public static Gen<byte[]> Damaged { get; } = Gen.OneOf(
        Good.SelectMany(body => Gen.Int[0, body.Length].Select(length => body[..length])),
        Gen.Select(Good, Gen.Select(Gen.Int[0, 4000], Gen.Byte).Array[1, 4]).Select((body, changes) =>
        {
            foreach (var (at, value) in changes)
            {
                body[at % body.Length] = value;
            }

            return body;
        }),
        Gen.Select(Good, Gen.Int[0, 40], Pick(_values)).Select((body, at, value) => Encoding.UTF8.GetBytes(ReplaceValue(Encoding.UTF8.GetString(body), at, value))),
        Gen.Select(Good, Pick(_members)).Select((body, member) => (byte[])[.. body[..^1], (byte)',', .. Encoding.UTF8.GetBytes(member), (byte)'}']),
        Gen.Byte.Array[0, 200],
        Gen.Int[1, 500].Select(depth => Encoding.UTF8.GetBytes($$"""{"metadata":{{new string('[', depth)}}{{new string(']', depth)}}}""")));

    private static Gen<string> Pick(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static Gen<JsonNode?> Whole(int least, int most) => Gen.Int[least, most].Select(n => (JsonNode?)n);

    private static Gen<JsonNode?> Number(Gen<double> numbers) => numbers.Select(n => (JsonNode?)n);

    private static Gen<JsonNode?> Text(Gen<string> texts) => texts.Select(t => (JsonNode?)t);

    private static Gen<JsonNode?> Subset(Dictionary<string, Gen<JsonNode?>> members)
    {
        var all = Gen.Const(new JsonObject()).Select(_ => new JsonObject());
        foreach (var (name, values) in members)
        {
            all = Gen.Select(all, values, Gen.Int[0, 2]).Select((json, value, coin) =>
            {
                if (coin == 0)
                {
                    json[name] = value?.DeepClone();
                }

                return json;
            });
        }

        return all.Select(json => (JsonNode?)json);
    }

    /// <summary>Replaces what follows the n-th colon, up to the next comma, by other JSON.</summary>
    private static string ReplaceValue(string body, int colon, string value)
    {
        var at = -1;
        for (var i = 0; i <= colon; i++)
        {
            var next = body.IndexOf("\":", at + 1, StringComparison.Ordinal);
            if (next < 0)
            {
                break;
            }

            at = next;
        }

        var end = body.AsSpan(at + 2).IndexOfAny(',', '}');
        return string.Concat(body.AsSpan(0, at + 2), value, end < 0 ? "" : body.AsSpan(at + 2 + end));
    }
}
