using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Framegate.EndToEnd.Tests.BadInput;

/// <summary>Generates bodies that no gateway should take. None of them is accidentally good: each has at least one certain fault.</summary>
internal static class BadBodies
{
    private static readonly string[] _kinds = ["null", "true", "-7", "1e308", "[]", "{}", "[{}]", "\"\"", "\" \"", "\"\\ud800\"", "{\"a\":[1,{\"b\":null}]}"];

    /// <summary>Values that are wrong for a field, whatever the model.</summary>
    private static readonly (string Field, string[] Values)[] _fields =
    [
        ("schema_version", ["\"3.0\"", "2.0", "[]"]),
        ("request_id", ["\"\"", "\"a b\"", "\"é\"", "7", "\"../../x\"", "\"\\u0000\""]),
        ("provider", ["\"\"", "7", "\"Flux\"", "\"fl ux\"", "{}", "null"]),
        ("model", ["\"\"", "7", "[]", "null"]),
        ("prompt", ["7", "[]", "{}", "\"\\ud800\""]),
        ("media_type", ["\"picture\"", "\"IMAGE\"", "1", "null", "\"audio\""]),
        ("parameters", ["[]", "7", "\"x\""]),
        ("metadata", ["[]", "7", "\"x\""]),
        ("timestamp", ["\"yesterday\"", "7", "\"2026-13-40\""]),
        ("timeout", ["0", "-1", "3601", "\"5\"", "1e400", "[]"]),
        ("retry_config", ["[]", "7", "{\"max_attempts\":0}", "{\"max_attempts\":11}", "{\"retry_on\":[\"NO\"]}", "{\"x\":1}"]),
        ("callback_url", ["7", "\"ftp://a.example\"", "\"x\"", "\"https://user:pw@a.example/\""]),
    ];

    /// <summary>Values that are wrong for a parameter, whatever the model.</summary>
    private static readonly (string Name, string[] Values)[] _parameters =
    [
        ("width", ["-1", "0", "1.5", "16385", "\"512\"", "[]", "1e99"]),
        ("height", ["-2147483649", "0", "true", "99999999999"]),
        ("aspect_ratio", ["\"wide\"", "\"0:1\"", "\"1:0\"", "16", "\"1000:1\"", "\"16:9:4\""]),
        ("duration", ["0", "-3", "\"4\"", "3601", "1e400"]),
        ("fps", ["0", "241", "24.5"]),
        ("n", ["0", "17", "-1", "1.5"]),
        ("seed", ["-2", "4294967296", "\"7\"", "1.5"]),
        ("negative_prompt", ["7", "[]"]),
        ("strength", ["-0.1", "1.1", "\"x\""]),
        ("guidance", ["-1", "101", "[]"]),
        ("steps", ["0", "1001", "2.5"]),
        ("output_format", ["7", "\"\""]),
        ("audio", ["\"yes\"", "1"]),
        ("enhance_prompt", ["\"no\"", "0"]),
        ("safety", ["7", "-1", "\"off\"", "[]"]),
        ("reference_images", ["7", "\"x\"", "[7]", "[\"x\"]", "{}"]),
        ("no_such_parameter", ["1", "true", "\"x\"", "[]"]),
        ("no-such-provider", ["{}", "{\"a\":1}"]),
    ];

    private static readonly string[] _media = ["image", "mask", "last_image", "control_image", "video"];

    private static readonly Gen<string> _letters = Gen.String[Gen.Char["abcdefghijklmnopqrstuvwxyz0123456789-"], 1, 20];

    private static readonly Gen<string> _badMedia = Gen.OneOf(
        Gen.Select(Gen.Byte, Gen.Byte, Gen.Byte).Select((a, b, c) => $"https://10.{a}.{b}.{c}/x.png"),
        Gen.Select(Gen.Byte, Gen.Byte).Select((a, b) => $"https://192.168.{a}.{b}/x.png"),
        Gen.Select(Gen.Byte, Gen.Byte).Select((a, b) => $"https://169.254.{a}.{b}/latest/meta-data"),
        Gen.UInt[0x7f000000, 0x7fffffff].Select(n => $"https://{n}/x.png"),
        Gen.UInt[0x7f000000, 0x7fffffff].Select(n => $"https://0x{n:x}/x.png"),
        Gen.UShort.Select(n => $"https://[::{n:x}]/x.png"),
        Gen.UShort.Select(n => $"https://[fe80::{n:x}]/x.png"),
        Gen.Byte.Select(n => $"https://[::ffff:127.0.0.{n}]/x.png"),
        _letters.Select(name => $"http://{name}.example/x.png"),
        _letters.Select(name => $"https://a{name}.internal/x.png"),
        _letters.Select(name => $"https://{name}:{name}@example.com/x.png"),
        Gen.Int[1, 1023].Where(port => port != 443).Select(port => $"https://example.com:{port}/x.png"),
        Pick("file:///etc/passwd", "https://localhost/x.png", "gopher://example.com/", "", "x", "https://", "data:", "data:image/png,x", "media:", "media:../x"),
        Gen.Byte.Array[1, 60].Select(b => $"data:image/png;base64,{Convert.ToBase64String(b)}*"),
        Gen.Byte.Array[1, 60].Select(b => $"data:text/html;base64,{Convert.ToBase64String(b)}"));

    /// <summary>Everything below, in equal parts.</summary>
    public static Gen<byte[]> All { get; } = Gen.OneOf(
        Json(Gen.Select(Pick(_fields), Gen.Int[0, 99]).Select((f, i) => With(f.Field, f.Values[i % f.Values.Length]))),
        Json(Gen.Select(Pick(_parameters), Gen.Int[0, 99]).Select((p, i) => WithParameter(p.Name, p.Values[i % p.Values.Length]))),
        Json(Gen.Select(Pick(_media), _badMedia).Select((name, url) => WithParameter(name, $"\"{url}\""))),
        Json(Gen.Select(_letters, Pick(_kinds)).Select((name, value) => With("x_" + name, value))),
        Json(Pick("provider", "model", "media_type").Select(Without)),
        Json(_letters.Select(name => With("provider", $"\"no-{name}\""))),
        Json(_letters.Select(name => With("model", $"\"no-{name}\""))),
        Json(Gen.Select(Pick("provider", "prompt", "model"), Pick(_kinds)).Select((name, value) => Valid("flux")[..^1] + $",\"{name}\":{value}}}")),
        Gen.Int[1, Valid("flux").Length - 1].Select(length => Encoding.UTF8.GetBytes(Valid("flux")[..length])),
        Gen.Byte.Array[1, 40].Select(rest => (byte[])[.. Encoding.UTF8.GetBytes(Valid("flux")), (byte)'}', .. rest]),
        Gen.Byte.Array[0, 300],
        Json(Gen.Int[1, 2000].Select(depth => $$"""{"metadata":{{new string('[', depth)}}{{new string(']', depth)}}}""")),
        Gen.Select(Gen.Int[0, 4000], Gen.Byte).Array[1, 5].Select(Damage));

    /// <summary>A body that is good as it is.</summary>
    private static string Valid(string provider) => $$"""
        {"provider":"{{provider}}","model":"flux-pro-1.1","media_type":"image","prompt":"A lighthouse","parameters":{"width":512,"height":512},"timeout":60}
        """;

    private static string With(string field, string value)
    {
        var body = JsonNode.Parse(Valid("flux"))!.AsObject();
        body.Remove(field);
        return body.ToJsonString()[..^1] + $",\"{field}\":{value}}}";
    }

    private static string WithParameter(string name, string value) => With("parameters", $"{{\"{name}\":{value}}}");

    private static string Without(string field)
    {
        var body = JsonNode.Parse(Valid("flux"))!.AsObject();
        body.Remove(field);
        return body.ToJsonString();
    }

    /// <summary>Bytes overwritten anywhere: it stays a request for a provider that does not exist, if it stays a request at all.</summary>
    private static byte[] Damage((int At, byte Value)[] changes)
    {
        var body = Encoding.UTF8.GetBytes(Valid("no-such-provider"));
        foreach (var (at, value) in changes)
        {
            body[at % body.Length] = value;
        }

        return body;
    }

    private static Gen<byte[]> Json(Gen<string> texts) => texts.Select(Encoding.UTF8.GetBytes);

    private static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
