using System.Text.Json.Nodes;
using Framegate.Proxy.Edge.OpenAi.Wire;

namespace Framegate.Proxy.Tests.OpenAi;

public sealed class TextWishTests
{
    private static readonly OpenAiFields s_fields = new(new OpenAiBody());

    private static readonly TextWish[] s_wishes =
    [
        TextWish.Of("max_tokens", 9, "max_output_tokens", "maxOutputTokens")!,
        TextWish.Of("presence_penalty", 1, null, "presencePenalty")!,
        TextWish.OfFormat("response_format", JsonNode.Parse("""{"type":"json_schema","name":"a","schema":{"type":"object"}}"""), s_fields)!,
    ];

    [Fact]
    public void NativeOf_EachProvider_GetsItsOwnWords()
    {
        List<string> warnings = [];
        var native = TextWish.NativeOf(s_wishes, ["openai", "google"], s_fields, warnings);

        Assert.Equal("""{"max_output_tokens":9,"text":{"format":{"type":"json_schema","name":"a","schema":{"type":"object"}}}}""", native["openai"].GetRawText());
        Assert.Equal(
            """{"generationConfig":{"maxOutputTokens":9,"presencePenalty":1,"responseMimeType":"application/json","responseJsonSchema":{"type":"object"}}}""", native["google"].GetRawText());
        Assert.Empty(warnings);
        Assert.Null(s_fields.Problem);
    }

    [Theory]
    [InlineData(1, 16, true)]
    [InlineData(15, 16, true)]
    [InlineData(16, 16, false)]
    [InlineData(500, 500, false)]
    public void OfTokens_FewerThanOpenAiTakes_AreAsManyAsItTakes(int asked, int sent, bool told)
    {
        List<string> warnings = [];
        var native = TextWish.NativeOf([TextWish.OfTokens("max_tokens", asked)!], ["openai", "google"], s_fields, warnings);

        Assert.Equal(sent, native["openai"].GetProperty("max_output_tokens").GetInt32());
        Assert.Equal(asked, native["google"].GetProperty("generationConfig").GetProperty("maxOutputTokens").GetInt32());
        Assert.Equal(told ? 1 : 0, warnings.Count);
    }

    [Theory]
    [InlineData("replicate")]
    [InlineData("openai,replicate")]
    public void NativeOf_AFormThatOneOfThemDoesNotKeepTo_IsRefused(string providers)
    {
        var fields = new OpenAiFields(new OpenAiBody());
        TextWish.NativeOf(s_wishes, providers.Split(','), fields, []);

        Assert.Equal("response_format", fields.Problem?.Param);
    }

    [Fact]
    public void NativeOf_WhatNobodyHasAWordFor_IsSaid()
    {
        List<string> warnings = [];
        Assert.Empty(TextWish.NativeOf(s_wishes[..2], ["replicate"], s_fields, warnings));
        Assert.Equal(["max_tokens: it was left out; models here have no such switch.", "presence_penalty: it was left out; models here have no such switch."], warnings);
    }

    [Theory]
    [InlineData("""{"type":"text"}""")]
    [InlineData("{}")]
    [InlineData("null")]
    public void OfFormat_PlainText_IsNoWish(string json)
    {
        var fields = new OpenAiFields(new OpenAiBody());
        Assert.Null(TextWish.OfFormat("text", JsonNode.Parse(json), fields));
        Assert.Null(fields.Problem);
    }

    [Theory]
    [InlineData("""{"type":"xml"}""")]
    [InlineData("""{"type":7}""")]
    [InlineData("""{"type":"json_schema","schema":{}}""")]
    [InlineData("\"json\"")]
    public void OfFormat_NoForm_IsRefused(string json)
    {
        var fields = new OpenAiFields(new OpenAiBody());
        Assert.Null(TextWish.OfFormat("text", JsonNode.Parse(json), fields));
        Assert.Equal("text", fields.Problem?.Param);
    }
}
