using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas.Reading;

public class GenerationRequestReaderParametersTests
{
    [Fact]
    public void Read_EveryParameter_IsThere()
    {
        var parameters = Requests.ReadGood(Requests.With("parameters", """
            {"width":1024,"height":768,"aspect_ratio":"16:9","resolution":"1080P","duration":5.5,"fps":24,"n":2,"seed":0,
             "negative_prompt":"rain","image":"https://example.com/a.png","last_image":"media:abc","mask":"data:image/png;base64,AQID",
             "control_image":"media:c-1","reference_images":["media:r1","https://example.com/r2.png"],"video":"media:v_1","strength":0.5,
             "guidance":7.5,"steps":30,"output_format":"PNG","audio":false,"voice":"Alloy","enhance_prompt":true,"safety":0,
             "flux":{"raw":true}}
            """)).Parameters;

        Assert.Equal(NeutralParameter.Names, parameters.Given());
        Assert.Equal(1024, parameters.Width);
        Assert.Equal(768, parameters.Height);
        Assert.Equal("16:9", parameters.AspectRatio);
        Assert.Equal("1080p", parameters.Resolution);
        Assert.Equal(5.5, parameters.Duration);
        Assert.Equal(24, parameters.Fps);
        Assert.Equal(2, parameters.N);
        Assert.Equal(0, parameters.Seed);
        Assert.Equal("rain", parameters.NegativePrompt);
        Assert.Equal("https://example.com/a.png", parameters.Image!.Url!.AbsoluteUri);
        Assert.Equal("abc", parameters.LastImage!.MediaId);
        Assert.Equal([1, 2, 3], parameters.Mask!.Bytes.ToArray());
        Assert.Equal("c-1", parameters.ControlImage!.MediaId);
        Assert.Equal(2, parameters.ReferenceImages.Count);
        Assert.Equal("v_1", parameters.Video!.MediaId);
        Assert.Equal(0.5, parameters.Strength);
        Assert.Equal(7.5, parameters.Guidance);
        Assert.Equal(30, parameters.Steps);
        Assert.Equal("png", parameters.OutputFormat);
        Assert.False(parameters.Audio);
        Assert.Equal("Alloy", parameters.Voice);
        Assert.True(parameters.EnhancePrompt);
        Assert.Equal(0, parameters.Safety);
        Assert.Equal("""{"raw":true}""", Assert.Single(parameters.Native).Value.GetRawText());
    }

    [Fact]
    public void Read_EveryParameterIsNull_CountsAsAbsent()
    {
        var json = "{" + string.Join(',', NeutralParameter.Names.Select(name => $"\"{name}\":null")) + "}";
        Assert.Empty(Requests.ReadGood(Requests.With("parameters", json)).Parameters.Given());
    }

    [Theory]
    [InlineData("width", 1, 16_384)]
    [InlineData("height", 1, 16_384)]
    [InlineData("fps", 1, 240)]
    [InlineData("n", 1, 16)]
    [InlineData("seed", -1, 4_294_967_295)]
    [InlineData("steps", 1, 1000)]
    [InlineData("safety", 0, 6)]
    public void Read_WholeNumber_TakesItsRangeOnly(string name, long least, long most)
    {
        foreach (var good in (string[])[$"{least}", $"{most}", $"{least}.0", $"{most}.00", $"{most}0e-1"])
        {
            Assert.Equal([name], Requests.ReadGoodParameter(name, good).Given());
        }

        string[] bad =
        [
            $"{least - 1}", $"{most + 1}", $"{least}.5", "1e400", "-1e400", "99999999999999999999", "true", "\"\"", $"\"{least}\"", "[]", "{}",
        ];
        Assert.All(bad, json => Requests.AssertBad($"parameters.{name}", Requests.WithParameter(name, json)));
    }

    [Theory]
    [InlineData("1024.0", 1024)]
    [InlineData("1e3", 1000)]
    [InlineData("1.024E+3", 1024)]
    public void Read_WholeNumberInAnotherNotation_IsTaken(string json, int width) =>
        Assert.Equal(width, Requests.ReadGoodParameter("width", json).Width);

    [Fact]
    public void Read_NumberOutOfRange_SaysRangeAndValue()
    {
        var message = Requests.ReadBad(Requests.WithParameter("width", "20000")).Message;
        Assert.Contains("1 to 16384", message, StringComparison.Ordinal);
        Assert.Contains("20000", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("duration", "0.001", "3600", "0", "3600.1")]
    [InlineData("strength", "0", "1", "-0.1", "1.01")]
    [InlineData("guidance", "0", "100", "-1", "100.5")]
    public void Read_Number_TakesItsRangeOnly(string name, string least, string most, string below, string above)
    {
        Requests.ReadGoodParameter(name, least);
        Requests.ReadGoodParameter(name, most);
        foreach (var bad in (string[])[below, above, "1e400", "-1e400", "\"1\"", "false", "[]"])
        {
            Requests.AssertBad($"parameters.{name}", Requests.WithParameter(name, bad));
        }
    }

    [Theory]
    [InlineData("audio")]
    [InlineData("enhance_prompt")]
    public void Read_Flag_TakesOnlyBooleans(string name)
    {
        Requests.ReadGoodParameter(name, "true");
        foreach (var bad in (string[])["1", "0", "\"true\"", "{}"])
        {
            Requests.AssertBad($"parameters.{name}", Requests.WithParameter(name, bad));
        }
    }

    [Theory]
    [InlineData("16:9")]
    [InlineData("1:1")]
    [InlineData("999:100")]
    [InlineData("19.5:9")]
    [InlineData("9:19.5")]
    [InlineData("auto")]
    public void Read_AspectRatio_IsKept(string ratio) =>
        Assert.Equal(ratio, Requests.ReadGoodParameter("aspect_ratio", $"\"{ratio}\"").AspectRatio);

    [Theory]
    [InlineData("\"0:9\"")]
    [InlineData("\"16:0\"")]
    [InlineData("\"16:000\"")]
    [InlineData("\"1000:9\"")]
    [InlineData("\"16/9\"")]
    [InlineData("\"16:9 \"")]
    [InlineData("\"16:9:1\"")]
    [InlineData("\"-1:9\"")]
    [InlineData("\":\"")]
    [InlineData("\"19.55:9\"")]
    [InlineData("\"19.:9\"")]
    [InlineData("\".5:9\"")]
    [InlineData("\"0.5:9\"")]
    [InlineData("\"Auto\"")]
    [InlineData("\"١:١\"")]
    [InlineData("1.77")]
    public void Read_OtherAspectRatio_IsRefused(string json) =>
        Requests.AssertBad("parameters.aspect_ratio", Requests.WithParameter("aspect_ratio", json));

    [Theory]
    [InlineData("strict", 0)]
    [InlineData("default", 2)]
    [InlineData("relaxed", 6)]
    public void Read_SafetyAsAWord_IsItsLevel(string word, int level) =>
        Assert.Equal(level, Requests.ReadGoodParameter("safety", $"\"{word}\"").Safety);

    [Theory]
    [InlineData("\"off\"")]
    [InlineData("\"Strict\"")]
    [InlineData("\"2\"")]
    [InlineData("\"MARK\"")]
    public void Read_OtherSafety_ListsWordsAndLevels(string json)
    {
        var body = Requests.WithParameter("safety", json).Replace("MARK", "\\ud800", StringComparison.Ordinal);
        Assert.Equal(10, Requests.ReadBad(body).Allowed!.Count);
    }

    [Theory]
    [InlineData("resolution", 32)]
    [InlineData("output_format", 32)]
    [InlineData("voice", 200)]
    public void Read_Word_IsBoundedAndHasNoControlCharacters(string name, int longest)
    {
        Requests.ReadGoodParameter(name, Requests.Quote(new string('a', longest)));
        foreach (var bad in (string[])[new string('a', longest + 1), "", "a\nb"])
        {
            Requests.AssertBad($"parameters.{name}", Requests.WithParameter(name, Requests.Quote(bad)));
        }
    }

    [Fact]
    public void Read_NegativePrompt_MayBeEmptyAndIsBounded()
    {
        Assert.Equal("", Requests.ReadGoodParameter("negative_prompt", "\"\"").NegativePrompt);
        Requests.AssertBad(
            "parameters.negative_prompt",
            Requests.WithParameter("negative_prompt", Requests.Quote(new string('x', GenerationRequestReader.MaxPromptLength + 1))));
    }

    [Theory]
    [InlineData("true")]
    [InlineData("\"x\"")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Read_UnknownParameter_ListsTheNeutralOnes(string json)
    {
        var error = Requests.ReadBad(Requests.WithParameter("widht", json));
        Assert.Equal("parameters.widht", error.Field);
        Assert.Equal(NeutralParameter.Names, error.Allowed);
    }

    [Fact]
    public void Read_NativeParametersOfTwoProviders_KeepsBoth()
    {
        var native = Requests.ReadGood(Requests.With("parameters", """{"flux":{"raw":true},"veo":{}}""")).Parameters.Native;
        Assert.Equal(["flux", "veo"], native.Keys.Order());
    }

    [Fact]
    public void Read_NativeParametersAreNoUnicode_NamesTheProvider() =>
        Requests.AssertBad("parameters.flux", Requests.With("parameters", """{"flux":{"a":"MARK"}}""").Replace("MARK", "\\ud800", StringComparison.Ordinal));

    [Fact]
    public void Read_ParameterNameIsNoUnicode_NamesTheParameters() =>
        Requests.AssertBad("parameters", Requests.With("parameters", """{"MARK":1}""").Replace("MARK", "\\ud800", StringComparison.Ordinal));

    [Theory]
    [InlineData("[]")]
    [InlineData("\"width\"")]
    public void Read_ParametersAreNoObject_IsRefused(string json) => Requests.AssertBad("parameters", Requests.With("parameters", json));
}
