using System.Net;
using System.Text.Json;

namespace Framegate.Sandbox.Tests.Flux;

public class FluxValidationTests
{
    private const string Pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

    [Theory]
    [InlineData("submit.request.json", "flux-pro-1.1")]
    [InlineData("submit.dev.request.json", "flux-dev")]
    [InlineData("submit.ultra.request.json", "flux-pro-1.1-ultra")]
    [InlineData("submit.ultra-finetuned.request.json", "flux-pro-1.1-ultra-finetuned")]
    [InlineData("submit.kontext.request.json", "flux-kontext-pro")]
    [InlineData("submit.flux2-pro.request.json", "flux-2-pro")]
    [InlineData("submit.flux2-flex.request.json", "flux-2-flex")]
    [InlineData("submit.fill.request.json", "flux-pro-1.0-fill")]
    [InlineData("submit.expand.request.json", "flux-pro-1.0-expand")]
    [InlineData("submit.canny-legacy.request.json", "flux-pro-1.0-canny")]
    [InlineData("submit.flux3-video.request.json", "flux-3-video")]
    public async Task Submit_DocumentedSample_IsAccepted(string file, string model)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Flux.PostJsonAsync("v1/" + model, TestSandbox.Fixture("flux/" + file));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(model, Assert.Single(sandbox.Server.Ledger.Read()).Model);
    }

    [Theory]
    [InlineData("flux-pro-1.1", """{"width":1000}""", "width", "multiple_of")]
    [InlineData("flux-pro-1.1", """{"width":1472}""", "width", "less_than_equal")]
    [InlineData("flux-pro-1.1", """{"height":224}""", "height", "greater_than_equal")]
    [InlineData("flux-pro-1.1", """{"height":"768"}""", "height", "int_type")]
    [InlineData("flux-pro-1.1", """{"seed":1.5}""", "seed", "int_from_float")]
    [InlineData("flux-pro-1.1", """{"prompt_upsampling":"yes"}""", "prompt_upsampling", "bool_type")]
    [InlineData("flux-pro-1.1", """{"output_format":"gif"}""", "output_format", "enum")]
    [InlineData("flux-pro-1.1", """{"safety_tolerance":7}""", "safety_tolerance", "less_than_equal")]
    [InlineData("flux-pro-1.1", """{"webhook_url":"nowhere"}""", "webhook_url", "url_parsing")]
    [InlineData("flux-pro-1.1", """{"image_prompt":"data:image/png;base64,AAAA"}""", "image_prompt", "value_error")]
    [InlineData("flux-pro-1.1", """{"prompt":"\ud800"}""", "prompt", "string_unicode")]
    [InlineData("flux-dev", """{"prompt":"x","steps":51}""", "steps", "less_than_equal")]
    [InlineData("flux-dev", """{"prompt":"x","guidance":1.4}""", "guidance", "greater_than_equal")]
    [InlineData("flux-pro-1.1-ultra", """{"aspect_ratio":"22:9"}""", "aspect_ratio", "value_error")]
    [InlineData("flux-kontext-pro", "{}", "prompt", "missing")]
    [InlineData("flux-kontext-pro", """{"prompt":null}""", "prompt", "string_type")]
    [InlineData("flux-2-pro", """{"prompt":"x","safety_tolerance":6}""", "safety_tolerance", "less_than_equal")]
    [InlineData("flux-2-pro", """{"prompt":"x","width":1000}""", "width", "multiple_of")]
    [InlineData("flux-pro-1.0-fill", """{"prompt":"x"}""", "image", "missing")]
    [InlineData("flux-pro-1.0-expand", """{"image":"@pixel","left":2049}""", "left", "less_than_equal")]
    [InlineData("flux-pro-1.1-ultra-finetuned", """{"finetune_strength":2.1,"finetune_id":"a/b"}""", "finetune_strength", "less_than_equal")]
    [InlineData("flux-3-video", """{"prompt":"x"}""", "mode", "missing")]
    [InlineData("flux-3-video", """{"mode":"t2v"}""", "prompt", "missing")]
    [InlineData("flux-3-video", """{"mode":"t2v","prompt":"x","seed":1}""", "seed", "extra_forbidden")]
    [InlineData("flux-3-video", """{"mode":"t2v","prompt":"x","duration":21}""", "duration", "less_than_equal")]
    [InlineData("flux-3-video", """{"mode":"i2v","prompt":"x"}""", "keyframes", "missing")]
    public async Task Submit_OneFieldWrong_NamesItWithPydanticsType(string model, string body, string field, string type)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Flux.PostJsonAsync("v1/" + model, body.Replace("@pixel", Pixel, StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        var fault = Assert.Single((await answer.JsonAsync()).GetProperty("detail").EnumerateArray());
        Assert.Equal(["body", field], fault.GetProperty("loc").EnumerateArray().Select(e => e.GetString()));
        Assert.Equal(type, fault.Text("type"));
        Assert.Empty(sandbox.Server.Ledger.Read());
    }

    [Fact]
    public async Task Submit_WidthNotAMultiple_AnswersAsTheSample()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var fault = (await (await sandbox.Flux.PostJsonAsync("v1/flux-dev", """{"prompt":"x","width":1001}""")).JsonAsync()).GetProperty("detail")[0];
        var sample = TestSandbox.FixtureJson("flux/error.422.json").GetProperty("detail")[0];
        Assert.Equal((sample.Text("msg"), sample.Text("type")), (fault.Text("msg"), fault.Text("type")));
    }

    [Fact]
    public async Task Submit_KeyframeUnreadable_SaysWhichOne()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var body = $$"""{"mode":"i2v","prompt":"x","keyframes":["{{Pixel}}",[2,"%%%"]]}""";
        var fault = (await (await sandbox.Flux.PostJsonAsync("v1/flux-3-video", body)).JsonAsync()).GetProperty("detail")[0];
        Assert.Equal("""["body","keyframes",1]""", fault.GetProperty("loc").GetRawText());
    }

    [Fact]
    public async Task Submit_RelationBroken_IsRefused()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        foreach (var (model, body) in new[]
        {
            ("flux-2-pro", """{"prompt":"x","width":2064,"height":2048}"""),
            ("flux-2-pro", """{"prompt":"x","width":65536}"""),
            ("flux-2-pro", """{"prompt":"x","width":9223372036854775792}"""),
            ("flux-pro-1.0-depth", """{"prompt":"x"}"""),
            ("flux-3-video", """{"mode":"t2v","prompt":"x","batch":2}"""),
        })
        {
            var answer = await sandbox.Flux.PostJsonAsync("v1/" + model, body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.Equal("value_error", (await answer.JsonAsync()).GetProperty("detail")[0].Text("type"));
        }
    }

    [Theory]
    [InlineData("{", "json_invalid")]
    [InlineData("[]", "model_attributes_type")]
    [InlineData("", "missing")]
    public async Task Submit_BodyIsNoObject_Answers422(string body, string type)
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Flux.PostJsonAsync("v1/flux-dev", body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Equal(type, (await answer.JsonAsync()).GetProperty("detail")[0].Text("type"));
    }

    [Fact]
    public async Task Submit_ImageModelWithUnknownField_IgnoresIt()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Flux.PostJsonAsync("v1/flux-pro-1.1", """{"prompt":"x","aspect_ratio":"16:9","n":3}""");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Submit_UnknownModel_Answers404()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        var answer = await sandbox.Flux.PostJsonAsync("v1/flux-does-not-exist", "{}");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("Not Found", (await answer.JsonAsync()).Text("detail"));
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Forbidden, "Not authenticated")]
    [InlineData("wrong", HttpStatusCode.Forbidden, "Not authenticated")]
    [InlineData("Bearer right", HttpStatusCode.UnprocessableEntity, "Invalid API key format")]
    public async Task Credits_KeyNotTheRequiredOne_IsRefused(string? key, HttpStatusCode status, string detail)
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Keys = new Dictionary<string, string> { ["flux"] = "right" } });
        using var client = sandbox.Client("flux");
        if (key is not null)
        {
            client.DefaultRequestHeaders.Add("x-key", key);
        }

        var answer = await client.GetAsync("v1/credits");
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(detail, (await answer.JsonAsync()).Text("detail"));
    }

    [Fact]
    public async Task Credits_RequiredKey_AnswersABalance()
    {
        await using var sandbox = await TestSandbox.StartAsync(o => o with { Keys = new Dictionary<string, string> { ["flux"] = "any-key" } });
        Assert.Equal(JsonValueKind.Number, (await sandbox.Flux.GetJsonAsync("v1/credits")).GetProperty("credits").ValueKind);
    }

    [Fact]
    public async Task Finetunes_ListDetailsDelete_Answer()
    {
        await using var sandbox = await TestSandbox.StartAsync();
        Assert.Equal(1, (await sandbox.Flux.GetJsonAsync("us1/v1/my_finetunes")).GetProperty("finetunes").GetArrayLength());
        Assert.Equal("a/b", (await sandbox.Flux.GetJsonAsync("v1/finetune_details?finetune_id=a/b")).Text("finetune_details", "finetune_id"));
        var deleted = await (await sandbox.Flux.PostJsonAsync("v1/delete_finetune", """{"finetune_id":"a/b"}""")).JsonAsync();
        Assert.Equal("a/b", deleted.Text("deleted_finetune_id"));
    }
}
