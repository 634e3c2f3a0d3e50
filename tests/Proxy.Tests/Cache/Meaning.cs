using System.Globalization;
using System.Text;
using CsCheck;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Keys;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>A request as its meaning, which can be written down in many ways.</summary>
internal sealed record Meaning(string Provider, string Model, string Prompt, IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, decimal> Native)
{
    private static readonly (string Name, string[] Values)[] s_parameters =
    [
        ("width", ["512", "1024"]), ("height", ["512", "768"]), ("aspect_ratio", ["\"16:9\"", "\"1:1\""]), ("duration", ["4", "5.5"]), ("n", ["2", "3"]),
        ("seed", ["0", "7", "4294967295"]), ("negative_prompt", ["\"rain\"", "\"Rain\""]), ("strength", ["0.5", "0"]), ("steps", ["20"]),
        ("output_format", ["\"png\"", "\"webp\""]), ("audio", ["true", "false"]), ("safety", ["0", "6"]),
        ("image", ["\"data:image/png;base64,AAECAw==\"", "\"media:a\"", "\"https://example.com/a.png\""]),
        ("reference_images", ["[\"media:a\",\"media:b\"]", "[\"media:b\",\"media:a\"]"]),
    ];

    /// <summary>Any meaning.</summary>
    public static readonly Gen<Meaning> Any = Gen.Select(
        OneOf("flux", "sora", "auto"),
        OneOf("m", "n", "fal-ai/x"),
        Gen.String[Gen.Char["ab \"\\\n:漢"], 0, 6],
        Gen.Int[0, s_parameters.Length - 1].Array[0, 6],
        Gen.Int[0, 5],
        Gen.Select(OneOf("p", "q", "p2"), Gen.Decimal[-1000, 1000]).Array[0, 3],
        (provider, model, prompt, which, choice, native) => new Meaning(
            provider, model, prompt,
            which.Distinct().ToDictionary(i => s_parameters[i].Name, i => s_parameters[i].Values[choice % s_parameters[i].Values.Length]),
            native.DistinctBy(n => n.Item1).ToDictionary(n => n.Item1, n => decimal.Round(n.Item2, 3))));

    /// <summary>The same with one thing changed.</summary>
    public Meaning Changed(int how)
    {
        var free = s_parameters.FirstOrDefault(p => !Parameters.ContainsKey(p.Name));
        return (how % 6) switch
        {
            0 => this with { Provider = Provider + "x" },
            1 => this with { Model = Model + "x" },
            2 => this with { Prompt = Prompt + " " },
            3 when Parameters.Count > 0 => this with { Parameters = Parameters.Skip(1).ToDictionary() },
            4 when free.Name is not null => this with { Parameters = new Dictionary<string, string>(Parameters) { [free.Name] = free.Values[0] } },
            _ => this with { Native = new Dictionary<string, decimal>(Native) { ["more"] = how + 1 } },
        };
    }

    /// <summary>One of the ways to write it.</summary>
    public string Write(Random random)
    {
        var members = new List<string>
        {
            Member("provider", Quoted(Provider, random)), Member("model", Quoted(Model, random)), Member("media_type", "\"image\""),
            Member("prompt", Quoted(Prompt, random)),
        };
        var parameters = Parameters.Select(p => Member(p.Key, Value(p.Value, random))).ToList();
        if (!Parameters.ContainsKey("n") && random.Next(2) == 0)
        {
            parameters.Add(Member("n", "1"));
        }

        if (!Parameters.ContainsKey("negative_prompt") && random.Next(2) == 0)
        {
            parameters.Add(Member("negative_prompt", "\"\""));
        }

        if (Native.Count > 0 || random.Next(3) == 0)
        {
            parameters.Add(Member("flux", Object(Native.Select(n => Member(n.Key, Number(n.Value, random))), random)));
        }

        if (parameters.Count > 0 || random.Next(2) == 0)
        {
            members.Add(Member("parameters", Object(parameters, random)));
        }

        foreach (var other in new[] { "\"schema_version\":\"2.0\"", "\"timeout\":60", "\"metadata\":{\"a\":1}", "\"request_id\":\"r-1\"", "\"retry_config\":{\"max_attempts\":2}" })
        {
            if (random.Next(3) == 0)
            {
                members.Add(other);
            }
        }

        return Object(members, random);
    }

    /// <summary>The key of a way to write it.</summary>
    public static string KeyOf(string json)
    {
        var reading = GenerationRequestReader.Read(Encoding.UTF8.GetBytes(json));
        Assert.True(reading.Request is not null, json + string.Join(';', reading.Errors));
        return CacheKeys.Of("c", reading.Request, GenerationParameters.None, id => id == "a" ? "054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8" : null);
    }

    private static Gen<string> OneOf(params string[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static string Member(string name, string value) => $"\"{name}\":{value}";

    private static string Object(IEnumerable<string> members, Random random)
    {
        var all = members.ToArray();
        random.Shuffle(all);
        return "{" + string.Join(random.Next(2) == 0 ? "," : " ,\n ", all) + "}";
    }

    private static string Value(string value, Random random) => value switch
    {
        // The same four bytes, in the request and in the store.
        "\"media:a\"" when random.Next(2) == 0 => "\"data:image/png;base64,AAECAw==\"",
        _ when decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) => Number(number, random),
        _ => value,
    };

    private static string Number(decimal value, Random random)
    {
        var plain = value.ToString("0.############", CultureInfo.InvariantCulture);
        return random.Next(4) switch
        {
            0 => plain + (plain.Contains('.', StringComparison.Ordinal) ? "00" : ".0"),
            1 => plain + "e0",
            2 => (value * 1000).ToString("0.############", CultureInfo.InvariantCulture) + "E-3",
            _ => plain,
        };
    }

    private static string Quoted(string text, Random random)
    {
        var json = new StringBuilder("\"");
        foreach (var c in text)
        {
            json.Append(c is '"' or '\\' or '\n' || random.Next(4) == 0 ? $"\\u{(int)c:x4}" : c.ToString());
        }

        return json.Append('"').ToString();
    }
}
