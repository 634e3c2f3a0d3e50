using System.Text;
using System.Text.Json;
using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.OpenAi;

public class OpenAiTests
{
    private const string Generations = "v1/images/generations";

    [Fact]
    public async Task Image_SampleOfTheSheet_IsBase64WithItsTokens()
    {
        await using var openai = await StartAsync();
        var (status, body) = await openai.PostAsync(Generations, openai.Request("generate.request"));
        Assert.Equal(200, status);
        Shapes.AssertLike(openai.Sample("generate.response"), body);
        Assert.Equal((1056, 0x89), (body.At("usage.output_tokens").GetInt32(), body.At("data.0.b64_json").GetBytesFromBase64()[0]));
        var (_, json) = await openai.PostAsync("v1/images/edits", openai.Request("edit.request"));
        Assert.Equal("high", json.Text("quality"));
        Assert.Equal(["gpt-image-1.5", "gpt-image-2.5-flare"], openai.Ledger.Select(e => e.Model).Order());
    }

    [Theory]
    [InlineData("edit.multipart.request", 2)]
    [InlineData("edit.multipart-single.request", 1)]
    public async Task Edit_FormOfTheSheet_TakesImagesAndMask(string file, int images)
    {
        await using var openai = await StartAsync();
        using var form = new MultipartFormDataContent();
        foreach (var part in openai.Sample(file).GetProperty("parts").EnumerateArray())
        {
            if (part.TryGetProperty("base64", out var data))
            {
                form.Add(new ByteArrayContent(data.GetBytesFromBase64()), part.Text("name"), part.Text("filename"));
            }
            else
            {
                form.Add(new StringContent(part.Text("value")), part.Text("name"));
            }
        }

        var answer = await openai.Http.PostAsync("v1/images/edits", form);
        var body = await answer.JsonAsync();
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(images * 377, body.At("usage.input_tokens_details.image_tokens").GetInt32());
    }

    [Fact]
    public async Task Stream_PartialImages_ComeBeforeTheWhole()
    {
        await using var openai = await StartAsync();
        var answer = await openai.Http.PostJsonAsync(Generations, openai.Request("generate.stream.request"));
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var events = Events(await answer.Content.ReadAsStringAsync());
        var expected = openai.Sample("generate.stream.events");
        Assert.Equal(expected.EnumerateArray().Select(e => e.Text("event")), events.Select(e => e.Name));
        for (var i = 0; i < events.Count; i++)
        {
            Assert.Equal(expected[i].GetProperty("data").Keys().Order(), events[i].Data.Keys().Order());
        }
    }

    [Theory]
    [InlineData("sandbox:credits", 400, "error.400.billing")]
    [InlineData("sandbox:rate-limited", 429, "error.429")]
    [InlineData("sandbox:flaky=1", 503, "error.503")]
    [InlineData("sandbox:moderated", 400, "error.400.moderation")]
    public async Task Image_PromptRefuses_AnswersAsTheSample(string prompt, int expected, string file)
    {
        await using var openai = await StartAsync();
        var (status, body) = await openai.PostAsync(Generations, openai.Request("generate.request", prompt));
        Assert.Equal((expected, openai.Sample(file).At("error.code").GetString()), (status, body.At("error.code").GetString()));
        Shapes.AssertLike(openai.Sample(file), body);
    }

    [Theory]
    [InlineData("""{"model":"gpt-image-1.5","prompt":"x","size":"1000x1000"}""", 400, "invalid_value")]
    [InlineData("""{"model":"gpt-image-2","prompt":"x","size":"2000x1000"}""", 400, "invalid_value")]
    [InlineData("""{"model":"gpt-image-2","prompt":"x","quality":"xhigh"}""", 400, "invalid_value")]
    [InlineData("""{"model":"gpt-image-2","prompt":"x","response_format":"url"}""", 400, "unknown_parameter")]
    [InlineData("""{"model":"gpt-image-2","prompt":"x","n":"2"}""", 400, "invalid_type")]
    [InlineData("""{"model":"gpt-image-2"}""", 400, "missing_required_parameter")]
    [InlineData("""{"model":"gpt-image-1","prompt":"x"}""", 404, "model_not_found")]
    public async Task Image_BodyWrong_HasTheCode(string json, int expected, string code)
    {
        await using var openai = await StartAsync();
        var (status, body) = await openai.PostAsync(Generations, json);
        Assert.Equal((expected, code), (status, body.Text("error", "code")));
        Assert.Empty(openai.Ledger);
    }

    [Fact]
    public async Task Response_TextAndPicture_HaveTheirTokens()
    {
        await using var openai = await StartAsync();
        var (_, body) = await openai.PostAsync("v1/responses", """{"model":"gpt-5.5-mini","input":[{"role":"user","content":[{"type":"input_text","text":"hello there"}]}],"tools":[{"type":"image_generation","output_format":"webp"}]}""");
        Assert.Equal("completed", body.Text("status"));
        Assert.Equal("image_generation_call", body.At("output.0.type").GetString());
        Assert.Equal("RIFF"u8.ToArray(), body.At("output.0.result").GetBytesFromBase64()[..4]);
        Assert.Contains("hello there", body.At("output.1.content.0.text").GetString(), StringComparison.Ordinal);
        Assert.Equal(3, body.At("usage.input_tokens").GetInt32());
        Assert.Equal(body.Text("id"), (await openai.GetAsync("v1/responses/" + body.Text("id"))).Body.Text("id"));
        var (status, broke) = await openai.PostAsync("v1/responses", """{"model":"gpt-5.5-mini","input":"sandbox:credits"}""");
        Assert.Equal((429, "insufficient_quota"), (status, broke.Text("error", "code")));
    }

    [Theory]
    [InlineData("""{"type":"text"}""", "The sandbox read: x")]
    [InlineData("""{"type":"json_object"}""", """{"read":"The sandbox read: x"}""")]
    [InlineData(
        """{"type":"json_schema","name":"s","schema":{"type":"object","properties":{"a":{"type":"string","maxLength":3},"b":{"type":["null","integer"],"minimum":7},"c":{"enum":["u","v"]},"d":{"type":"array","items":{"$ref":"#/$defs/e"}},"f":{"anyOf":[{"type":"boolean"},{"type":"null"}]},"g":{"type":"null"}},"$defs":{"e":{"type":"object","properties":{"h":{"const":2}}}}}}""",
        """{"a":"The","b":7,"c":"u","d":[{"h":2}],"f":true,"g":null}""")]
    [InlineData("""{"type":"json_schema","name":"s","schema":{"$ref":"#/$defs/a","$defs":{"a":{"$ref":"#/$defs/a"}}}}""", "null")]
    public async Task Response_InAFormat_IsWhatTheFormatSays(string format, string expected)
    {
        await using var openai = await StartAsync();
        var (status, body) = await openai.PostAsync("v1/responses", $$$"""{"model":"gpt-5.5-mini","input":"x","text":{"format":{{{format}}}}}""");
        Assert.True(status == 200, body.ToString());
        Assert.Equal(expected, body.At("output.0.content.0.text").GetString());
    }

    [Fact]
    public async Task Response_AsEvents_TellsTheTextWordByWord()
    {
        await using var openai = await StartAsync();
        var answer = await openai.Http.PostJsonAsync("v1/responses", """{"model":"gpt-5.5-mini","input":"one two","stream":true}""");
        var events = Events(await answer.Content.ReadAsStringAsync());
        Assert.Equal(("response.created", "response.completed"), (events[0].Name, events[^1].Name));
        Assert.Equal("The sandbox read: one two", string.Concat(events.Where(e => e.Name == "response.output_text.delta").Select(e => e.Data.Text("delta"))));
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(e => e.Data.GetProperty("sequence_number").GetInt32()));
    }

    [Fact]
    public async Task Response_InTheBackground_IsPolled()
    {
        await using var openai = await StandInClient.StartAsync("openai", "Authorization", "Bearer any", fixtures: "openai-images");
        var (_, queued) = await openai.PostAsync("v1/responses", """{"model":"gpt-5.5-mini","input":"x","background":true}""");
        Assert.Equal("queued", queued.Text("status"));
        openai.Advance(1);
        Assert.Equal("completed", (await openai.GetAsync("v1/responses/" + queued.Text("id"))).Body.Text("status"));
    }

    [Theory]
    [InlineData("mp3", "audio/mpeg", "ID3")]
    [InlineData("wav", "audio/wav", "RIFF")]
    [InlineData("opus", "audio/ogg", "OggS")]
    [InlineData("flac", "audio/flac", "fLaC")]
    public async Task Speech_EachFormat_IsWhatItSays(string format, string type, string start)
    {
        await using var openai = await StartAsync();
        using var answer = await openai.Http.PostJsonAsync("v1/audio/speech", $$"""{"model":"gpt-4o-mini-tts","input":"The boat leaves at dawn.","voice":"alloy","response_format":"{{format}}"}""");
        Assert.Equal(type, answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal(start, Encoding.ASCII.GetString((await answer.Content.ReadAsByteArrayAsync())[..start.Length]));
    }

    [Fact]
    public async Task Models_KeyWrong_AnswersAsTheSample()
    {
        await using var openai = await StartAsync(o => o with { Keys = new Dictionary<string, string> { ["openai"] = "right" } });
        var (status, body) = await openai.GetAsync("v1/models");
        Assert.Equal((401, "invalid_api_key"), (status, body.Text("error", "code")));
        openai.Http.DefaultRequestHeaders.Authorization = new("Bearer", "right");
        Shapes.AssertLike(openai.Sample("models.response"), (await openai.GetAsync("v1/models")).Body);
        Assert.Equal(404, (await openai.GetAsync("v1/models/gpt-image-1")).Status);
    }

    private static List<(string Name, JsonElement Data)> Events(string text) =>
        [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(e => e.Split('\n')).Select(l =>
            (l[0]["event: ".Length..], JsonElement.Parse(l[1]["data: ".Length..])))];

    private static Task<StandInClient> StartAsync(Func<SandboxOptions, SandboxOptions>? change = null) =>
        StandInClient.StartAsync("openai", "Authorization", "Bearer any", o => (change?.Invoke(o) ?? o) with { ImageTime = TimeSpan.Zero }, "openai-images");
}
