using CsCheck;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Cache.Keys;

namespace Framegate.Proxy.Tests.Cache;

public sealed class CacheKeysTests
{
    private const int Pairs = 10_000;

    [Fact]
    public void Of_SameMeaningWrittenTwoWays_GivesTheSameKey() => Gen.Select(Meaning.Any, Gen.Int, Gen.Int).Sample(
        (meaning, a, b) => Assert.Equal(Meaning.KeyOf(meaning.Write(new Random(a))), Meaning.KeyOf(meaning.Write(new Random(b)))),
        iter: Pairs);

    [Fact]
    public void Of_OneThingIsDifferent_GivesAnotherKey() => Gen.Select(Meaning.Any, Gen.Int[0, 1000], Gen.Int, Gen.Int).Sample(
        (meaning, how, a, b) => Assert.NotEqual(Meaning.KeyOf(meaning.Write(new Random(a))), Meaning.KeyOf(meaning.Changed(how).Write(new Random(b)))),
        iter: Pairs);

    [Fact]
    public void Of_TwoUnrelatedMeanings_GivesTheSameKeyOnlyForTheSame() => Gen.Select(Meaning.Any, Meaning.Any).Sample(
        (a, b) => Assert.Equal(Text(a) == Text(b), Meaning.KeyOf(a.Write(new Random(1))) == Meaning.KeyOf(b.Write(new Random(2)))),
        iter: Pairs);

    [Fact]
    public void Of_ModelHasDefaults_SayingThemIsSayingNothing()
    {
        var defaults = new GenerationParameters { Width = 1024, Height = 768, OutputFormat = "jpeg", Safety = 2 };
        string Key(GenerationParameters p) => CacheKeys.Of(
            "c", new GenerationRequest { Provider = "flux", Model = "m", MediaType = MediaType.Image, Parameters = p }, defaults, _ => null);

        var nothing = Key(GenerationParameters.None);

        Assert.Equal(nothing, Key(defaults));
        Assert.Equal(nothing, Key(new GenerationParameters { Width = 1024, OutputFormat = "jpeg" }));
        Assert.NotEqual(nothing, Key(new GenerationParameters { Width = 1024, Height = 1024 }));
        Assert.NotEqual(nothing, Key(new GenerationParameters { Safety = 0 }));
        Assert.NotEqual(Key(new GenerationParameters { AspectRatio = "1:1" }), Key(new GenerationParameters { AspectRatio = "1:1", Width = 1024, Height = 768 }));
    }

    [Fact]
    public void Of_Clients_HaveScopesOfTheirOwn()
    {
        var request = new GenerationRequest { Provider = "flux", Model = "m", MediaType = MediaType.Image };
        var keys = new[] { "a", "b", "*", "a/flux", "a%2Fflux", "%2A" }
            .Select(client => CacheKeys.Of(CacheKeys.ScopeOf(client), request, GenerationParameters.None, _ => null)).ToList();

        Assert.Equal(keys.Count, keys.Distinct().Count());
        Assert.DoesNotContain(keys, k => k.StartsWith(CacheKeys.Shared + "/", StringComparison.Ordinal));
        Assert.Matches("^a/flux:m:[0-9a-f]{64}:[0-9a-f]{64}$", keys[0]);
    }

    [Theory]
    [InlineData("1", "1e0")]
    [InlineData("1.0", "1e0")]
    [InlineData("10E-1", "1e0")]
    [InlineData("0.001e3", "1e0")]
    [InlineData("-0.0", "0")]
    [InlineData("0e99", "0")]
    [InlineData("-120", "-12e1")]
    [InlineData("123456789012345678901234567890", "12345678901234567890123456789e1")]
    [InlineData("1e99999999999999999999", "1e1000000000")]
    public void Write_Number_HasOneForm(string json, string expected)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>();
        CanonicalNumber.Write(output, System.Text.Encoding.ASCII.GetBytes(json));
        Assert.Equal(expected, System.Text.Encoding.ASCII.GetString(output.WrittenSpan));
    }

    private static string Text(Meaning m) => string.Join(
        '|', m.Provider, m.Model, m.Prompt,
        string.Join(',', m.Parameters.OrderBy(p => p.Key).Select(p => p.Key + p.Value.Replace("\"data:image/png;base64,AAECAw==\"", "\"media:a\"", StringComparison.Ordinal))),
        string.Join(',', m.Native.OrderBy(p => p.Key).Select(p => p.Key + p.Value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture))));
}
