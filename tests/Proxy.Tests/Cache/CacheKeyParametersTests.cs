using System.Reflection;
using System.Text;
using System.Text.Json;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Keys;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Proxy.Tests.Cache;

/// <summary>Every parameter there is, in the key. A new one without a case here fails.</summary>
public sealed class CacheKeyParametersTests
{
    private const string Bytes = "\"data:image/png;base64,AAECAw==\"";
    private const string OtherBytes = "\"data:image/png;base64,AAECBA==\"";
    private const string HashOfBytes = "054edec1d0211f624fed0cbca9d4f9400b0e491c43742af2c5b0abebf0c990d8";

    // One stored file has the bytes above, another is unknown. A picture's type and a URL's spelling of its host do not count.
    private static readonly string[][] s_media =
    [
        [Bytes, "\"media:a\"", "\"data:image/png;base64,AAEC\\u0041w==\""], [OtherBytes], ["\"media:b\""],
        ["\"https://example.com/a.png\"", "\"https://EXAMPLE.com/a.png\"", "\"https://example.com:443/a.png\""], ["\"https://example.com/A.png\""],
    ];

    /// <summary>By property: values that differ, each in spellings that mean the same; those that mean nothing come first.</summary>
    private static readonly Dictionary<string, (string[] Nothing, string[][] Values)> s_cases = new()
    {
        [nameof(GenerationParameters.Width)] = ([], [["512", "512.0", "5.12e2"], ["1024"]]),
        [nameof(GenerationParameters.Height)] = ([], [["512", "5120E-1"], ["513"]]),
        [nameof(GenerationParameters.AspectRatio)] = ([], [["\"16:9\"", "\"\\u0031\\u0036:9\""], ["\"9:16\""], ["\"auto\""]]),
        [nameof(GenerationParameters.Resolution)] = ([], [["\"720p\"", "\"720\\u0070\""], ["\"1080p\""]]),
        [nameof(GenerationParameters.Duration)] = ([], [["5", "5.0", "50e-1"], ["5.5", "5.50"], ["6"]]),
        [nameof(GenerationParameters.Fps)] = ([], [["24", "24.0"], ["25"]]),
        [nameof(GenerationParameters.N)] = (["1", "1.0"], [["2", "2.0"], ["3"]]),
        [nameof(GenerationParameters.Seed)] = ([], [["0", "0.0", "0e5"], ["7", "70e-1"], ["4294967295"], ["4294967294"]]),
        [nameof(GenerationParameters.NegativePrompt)] = (["\"\""], [["\"rain\"", "\"r\\u0061in\""], ["\"Rain\""], ["\" rain\""]]),
        [nameof(GenerationParameters.Image)] = ([], s_media),
        [nameof(GenerationParameters.LastImage)] = ([], s_media),
        [nameof(GenerationParameters.Mask)] = ([], s_media),
        [nameof(GenerationParameters.ControlImage)] = ([], s_media),
        [nameof(GenerationParameters.ReferenceImages)] = (
            ["[]"],
            [[$"[{Bytes}]", "[\"media:a\"]"], ["[\"media:b\"]"], [$"[{Bytes},\"media:b\"]", "[ \"media:a\" , \"media:b\" ]"], [$"[\"media:b\",{Bytes}]"], [$"[{Bytes},{Bytes}]"]]),
        [nameof(GenerationParameters.Video)] = ([], [.. s_media.Select(m => m.Select(json => json.Replace("image/png", "video/mp4", StringComparison.Ordinal)).ToArray())]),
        [nameof(GenerationParameters.Strength)] = ([], [["0.5", "0.50", "5e-1"], ["0", "0.0"], ["0.50001"]]),
        [nameof(GenerationParameters.Guidance)] = ([], [["3.5", "35e-1"], ["3"], ["0"]]),
        [nameof(GenerationParameters.Steps)] = ([], [["20", "2e1"], ["21"]]),
        [nameof(GenerationParameters.OutputFormat)] = ([], [["\"png\"", "\"p\\u006eg\""], ["\"webp\""]]),
        [nameof(GenerationParameters.Audio)] = ([], [["true"], ["false"]]),
        [nameof(GenerationParameters.Voice)] = ([], [["\"alloy\"", "\"\\u0061lloy\""], ["\"Alloy\""]]),
        [nameof(GenerationParameters.EnhancePrompt)] = ([], [["true"], ["false"]]),
        [nameof(GenerationParameters.Safety)] = ([], [["0", "0.0"], ["6"]]),
        [nameof(GenerationParameters.Native)] = (
            ["{}"],
            [
                ["{\"a\":1,\"b\":[true,null]}", "{\"b\":[true,null],\"a\":1.0}", "{\"\\u0061\":10e-1,\"b\":[true,null]}"], ["{\"a\":1}"], ["{\"a\":\"1\"}"], ["{\"a\":null}"], ["{\"a\":{}}"],
                ["{\"a\":[]}"], ["{\"a\":[1,2]}"], ["{\"a\":[2,1]}"], ["{\"A\":1}"],
            ]),
    };

    private static IEnumerable<PropertyInfo> Properties => typeof(GenerationParameters).GetProperties(BindingFlags.Public | BindingFlags.Instance);

    public static TheoryData<string> Parameters => [.. Properties.Select(p => p.Name)];

    /// <summary>Those whose default a model can name.</summary>
    public static TheoryData<string> WithDefaults =>
        [.. Properties.Where(p => p.Name != nameof(GenerationParameters.Native) && !p.PropertyType.ToString().Contains(nameof(MediaInput), StringComparison.Ordinal)).Select(p => p.Name)];

    [Fact]
    public void Cases_AreThoseOfTheContract() => Assert.Equal(Properties.Select(p => p.Name).Order(), s_cases.Keys.Order());

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Of_AnotherValue_GivesAnotherKeyAndAnotherSpellingTheSame(string name)
    {
        var (nothing, values) = s_cases[name];
        Assert.True(values.Length > 1, name);
        var absent = KeyOf(GenerationParameters.None);
        Assert.All(nothing, json => Assert.Equal(absent, KeyOf(Read(name, json))));
        var keys = values.Select(spellings => Assert.Single(spellings.Select(json => KeyOf(Given(name, json))).Distinct())).ToList();
        Assert.Equal(values.Length + 1, keys.Append(absent).Distinct().Count());
    }

    [Fact]
    public void Of_TheSameValueInAnotherParameter_GivesAnotherKey()
    {
        var keys = s_cases.SelectMany(c => c.Value.Values.Select(spellings => KeyOf(Given(c.Key, spellings[0])))).ToList();
        Assert.Equal(keys.Count, keys.Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(WithDefaults))]
    public void Of_ModelHasADefault_SayingItIsSayingNothingAndAnotherValueIsNot(string name)
    {
        var values = s_cases[name].Values.Select(spellings => Given(name, spellings[0])).ToList();
        var absent = KeyOf(GenerationParameters.None, values[0]);

        Assert.Equal(absent, KeyOf(values[0], values[0]));
        Assert.All(values.Skip(1), v => Assert.NotEqual(absent, KeyOf(v, values[0])));
    }

    /// <summary>Parameters as a request gives them; the parameter must have come through.</summary>
    private static GenerationParameters Given(string name, string json)
    {
        var parameters = Read(name, json);
        var property = typeof(GenerationParameters).GetProperty(name)!;
        Assert.NotEqual(property.GetValue(GenerationParameters.None), property.GetValue(parameters));
        return parameters;
    }

    private static GenerationParameters Read(string name, string json)
    {
        var member = name == nameof(GenerationParameters.Native) ? "flux" : JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
        var reading = GenerationRequestReader.Read(Encoding.UTF8.GetBytes(
            $$"""{"provider":"flux","model":"m","media_type":"image","prompt":"p","parameters":{"{{member}}":{{json}} } }"""));
        Assert.True(reading.Request is not null, member + json + string.Join(';', reading.Errors));
        return reading.Request.Parameters;
    }

    private static string KeyOf(GenerationParameters parameters, GenerationParameters? defaults = null) => CacheKeys.Of(
        "c", new GenerationRequest { Provider = "flux", Model = "m", MediaType = MediaType.Image, Prompt = "p", Parameters = parameters },
        defaults ?? GenerationParameters.None, id => id == "a" ? HashOfBytes : null);
}
