using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas.Reading;

public class GenerationRequestReaderTests
{
    [Theory]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("...", true)]
    public void Read_RequestIdThatNoUrlCanName_IsRefused(string id, bool taken) =>
        Assert.Equal(taken ? id : null, Requests.Read($$"""{"request_id":"{{id}}","provider":"flux","model":"m","media_type":"image","prompt":"p"}""").RequestId);

    [Fact]
    public void Read_OnlyRequiredFields_HasTheDefaults()
    {
        var request = Requests.ReadGood(Requests.Valid().ToJsonString());

        Assert.Equal("2.0", request.SchemaVersion);
        Assert.Null(request.RequestId);
        Assert.Equal("flux", request.Provider);
        Assert.Equal("flux-pro-1.1", request.Model);
        Assert.Equal("", request.Prompt);
        Assert.Equal(MediaType.Image, request.MediaType);
        Assert.Empty(request.Parameters.Given());
        Assert.Empty(request.Parameters.Native);
        Assert.Equal(System.Text.Json.JsonValueKind.Undefined, request.Metadata.ValueKind);
        Assert.Null(request.Timestamp);
        Assert.Equal(TimeSpan.FromSeconds(300), request.Timeout);
        Assert.Null(request.Retry);
        Assert.Null(request.CallbackUrl);
    }

    [Theory]
    [InlineData("schema_version")]
    [InlineData("request_id")]
    [InlineData("prompt")]
    [InlineData("parameters")]
    [InlineData("metadata")]
    [InlineData("timestamp")]
    [InlineData("timeout")]
    [InlineData("retry_config")]
    [InlineData("callback_url")]
    [InlineData("callback_events")]
    public void Read_OptionalFieldIsNull_CountsAsAbsent(string field) => Requests.ReadGood(Requests.With(field, "null"));

    [Theory]
    [InlineData("provider")]
    [InlineData("model")]
    [InlineData("media_type")]
    public void Read_RequiredFieldIsMissingOrNull_NamesIt(string field)
    {
        var body = Requests.Valid();
        body.Remove(field);
        Assert.Contains("required", Requests.ReadBad(body.ToJsonString()).Message, StringComparison.Ordinal);
        Requests.AssertBad(field, Requests.With(field, "null"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("17")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{\"a\":1,}")]
    [InlineData("// comment\n{}")]
    public void Read_BodyIsNoObject_NamesTheBody(string body)
    {
        var reading = Requests.Read(body);
        Assert.Null(reading.Request);
        Assert.Equal("$", Assert.Single(reading.Errors).Field);
    }

    [Fact]
    public void Read_BrokenJson_SaysWhereAndDoesNotRepeatTheBody()
    {
        var error = Requests.ReadBad("{\n  \"prompt\": secret\n}");
        Assert.Contains("line 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_TooDeep_IsRefused()
    {
        Requests.ReadGood(Body(GenerationRequestReader.MaxDepth - 2)); // the body and the metadata are two levels
        Requests.AssertBad("$", Body(GenerationRequestReader.MaxDepth - 1));

        static string Body(int arrays) =>
            """{"provider":"flux","model":"m","media_type":"image","metadata":{"a":""" + new string('[', arrays) + new string(']', arrays) + "}}";
    }

    [Fact]
    public void Read_UnknownField_ListsTheKnownOnes()
    {
        var error = Requests.ReadBad(Requests.With("promt", "\"a cat\""));
        Assert.Equal("promt", error.Field);
        Assert.Equal(13, error.Allowed!.Count);
        Assert.Contains("prompt", error.Allowed);
    }

    [Fact]
    public void Read_UnknownFieldWithAnEndlessName_ClipsIt()
    {
        var error = Requests.ReadBad(Requests.With(new string('x', 10_000), "1"));
        Assert.InRange(error.Field.Length, 1, 80);
    }

    [Theory]
    [InlineData("\"1.0\"")]
    [InlineData("\"2\"")]
    [InlineData("2.0")]
    public void Read_OtherSchemaVersion_IsRefused(string version) =>
        Requests.AssertBad("schema_version", Requests.With("schema_version", version));

    [Fact]
    public void Read_OtherSchemaVersion_ListsTheSupportedOne() =>
        Assert.Equal(["2.0"], Requests.ReadBad(Requests.With("schema_version", "\"9.9\"")).Allowed);

    [Theory]
    [InlineData("order-17_a.b:c", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("é", false)]
    public void Read_RequestId_TakesItsCharactersOnly(string id, bool good)
    {
        var reading = Requests.Read(Requests.With("request_id", Requests.Quote(id)));
        Assert.Equal(good, reading.Errors.Count == 0);
        Assert.Equal(good ? id : null, reading.RequestId);
    }

    [Fact]
    public void Read_RequestIdLength_IsBounded()
    {
        Requests.ReadGood(Requests.With("request_id", Requests.Quote(new string('a', 128))));
        Requests.AssertBad("request_id", Requests.With("request_id", Requests.Quote(new string('a', 129))));
    }

    [Fact]
    public void Read_OtherFieldIsWrong_StillGivesTheRequestId()
    {
        var reading = Requests.Read("""{"request_id":"r-1","provider":"flux","model":"m","media_type":"smell"}""");
        Assert.Null(reading.Request);
        Assert.Equal("r-1", reading.RequestId);
    }

    [Theory]
    [InlineData("auto", true)]
    [InlineData("my-provider-2", true)]
    [InlineData("Flux", false)]
    [InlineData("", false)]
    [InlineData("a.b", false)]
    public void Read_Provider_IsALowerCaseName(string provider, bool good) =>
        Assert.Equal(good, Requests.Read(Requests.With("provider", Requests.Quote(provider))).Request is not null);

    [Fact]
    public void Read_ProviderLength_IsBounded()
    {
        Requests.ReadGood(Requests.With("provider", Requests.Quote(new string('a', 64))));
        Requests.AssertBad("provider", Requests.With("provider", Requests.Quote(new string('a', 65))));
    }

    [Theory]
    [InlineData("fal-ai/flux/dev:1", true)]
    [InlineData("", false)]
    [InlineData("a\nb", false)]
    [InlineData("a\u0085b", false)]
    public void Read_Model_HasNoControlCharacters(string model, bool good) =>
        Assert.Equal(good, Requests.Read(Requests.With("model", Requests.Quote(model))).Request is not null);

    [Fact]
    public void Read_ModelLength_CountsCharactersNotUtf16()
    {
        Requests.ReadGood(Requests.With("model", Requests.Quote(string.Concat(Enumerable.Repeat("😀", 200)))));
        Requests.AssertBad("model", Requests.With("model", Requests.Quote(new string('m', 201))));
    }

    [Fact]
    public void Read_Prompt_KeepsWhatIsSeen()
    {
        const string Prompt = " A cat,\n\t\"big\" \u0000😀 ";
        Assert.Equal(" A cat,\n\t\"big\" 😀 ", Requests.ReadGood(Requests.With("prompt", Requests.Quote(Prompt))).Prompt);
    }

    [Fact]
    public void Read_PromptLength_IsBounded()
    {
        Requests.ReadGood(Requests.With("prompt", Requests.Quote(new string('p', GenerationRequestReader.MaxPromptLength))));
        Requests.AssertBad("prompt", Requests.With("prompt", Requests.Quote(new string('p', GenerationRequestReader.MaxPromptLength + 1))));
    }

    [Theory]
    [InlineData("image", MediaType.Image)]
    [InlineData("video", MediaType.Video)]
    [InlineData("audio", MediaType.Audio)]
    [InlineData("text", MediaType.Text)]
    public void Read_MediaType_IsOneOfFour(string name, MediaType type) =>
        Assert.Equal(type, Requests.ReadGood(Requests.With("media_type", Requests.Quote(name))).MediaType);

    [Fact]
    public void Read_OtherMediaType_ListsTheFour() =>
        Assert.Equal(["image", "video", "audio", "text"], Requests.ReadBad(Requests.With("media_type", "\"Image\"")).Allowed);

    [Theory]
    [InlineData("provider")]
    [InlineData("model")]
    [InlineData("prompt")]
    [InlineData("media_type")]
    [InlineData("request_id")]
    [InlineData("schema_version")]
    [InlineData("timestamp")]
    [InlineData("callback_url")]
    public void Read_TextIsANumberOrNoUnicode_NamesTheField(string field)
    {
        Requests.AssertBad(field, Requests.With(field, "17"));
        var withMark = Requests.With(field, "\"MARK\"");
        Requests.AssertBad(field, withMark.Replace("MARK", "\\ud800", StringComparison.Ordinal));
        var invalid = Encoding.UTF8.GetBytes(withMark);
        invalid[invalid.AsSpan().IndexOf("MARK"u8)] = 0xff;
        Assert.Equal(field, Assert.Single(GenerationRequestReader.Read(invalid).Errors).Field);
    }

    [Fact]
    public void Read_DuplicateField_NamesItAndChecksTheRest()
    {
        var reading = Requests.Read("""{"request_id":"r","provider":"flux","provider":"veo","model":"m","media_type":"image","parameters":{"n":1,"n":0}}""");
        Assert.Equal(["provider", "parameters.n", "parameters.n"], reading.Errors.Select(e => e.Field));
        Assert.Equal("r", reading.RequestId);
    }

    [Fact]
    public void Read_DuplicateRequestId_GivesNone() =>
        Assert.Null(Requests.Read("""{"request_id":"a","request_id":"b","provider":"flux","model":"m","media_type":"image"}""").RequestId);

    [Fact]
    public void Read_DuplicateFarDown_NamesThePath() => Requests.AssertBad(
        "metadata.a[1].b", """{"provider":"flux","model":"m","media_type":"image","metadata":{"a":[0,{"b":1,"\u0062":2}]}}""");

    [Theory]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"provider":"flux","model":"m","media_type":"image","\ud800":1}""")]
    public void Read_NameIsNoUnicode_IsRefused(string body) => Requests.AssertBad("$", body);

    [Fact]
    public void Read_ManyMistakes_ReportsThemAllUpToTheBound()
    {
        var all = Requests.Read("""{"provider":"X","model":"","media_type":1,"timeout":0,"parameters":{"width":0,"n":"two"},"extra":1}""");
        Assert.Equal(
            ["extra", "provider", "model", "media_type", "parameters.width", "parameters.n", "timeout"], all.Errors.Select(e => e.Field));

        var body = Requests.Valid();
        for (var i = 0; i < 100; i++)
        {
            body[$"extra{i}"] = i;
        }

        Assert.Equal(GenerationRequestReader.MaxErrors, Requests.Read(body.ToJsonString()).Errors.Count);
    }

    [Fact]
    public void Read_Metadata_IsKeptAsItCame()
    {
        var bytes = Encoding.UTF8.GetBytes(Requests.With("metadata", """{"order":17,"tags":["a",null]}"""));
        var reading = GenerationRequestReader.Read(bytes);
        Array.Clear(bytes); // the result must not refer to the body
        Assert.Equal("""{"order":17,"tags":["a",null]}""", reading.Request!.Metadata.GetRawText());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    public void Read_MetadataIsNoObject_IsRefused(string json) => Requests.AssertBad("metadata", Requests.With("metadata", json));

    [Fact]
    public void Read_MetadataSize_IsBounded()
    {
        var fits = new string('x', GenerationRequestReader.MaxMetadataBytes - """{"a":""}""".Length);
        Requests.ReadGood(Requests.With("metadata", $$"""{"a":"{{fits}}"}"""));
        Requests.AssertBad("metadata", Requests.With("metadata", $$"""{"a":"{{fits}}x"}"""));
    }

    [Theory]
    [InlineData("""{"a":"MARK"}""")]
    [InlineData("""{"MARK":1}""")]
    [InlineData("""{"a":{"b":["MARK"]}}""")]
    public void Read_MetadataIsNoUnicode_IsRefused(string json)
    {
        var reading = Requests.Read(Requests.With("metadata", json).Replace("MARK", "\\udc00", StringComparison.Ordinal));
        Assert.Null(reading.Request);
        Assert.All(reading.Errors, e => Assert.StartsWith("metadata", e.Field, StringComparison.Ordinal));
    }
}
