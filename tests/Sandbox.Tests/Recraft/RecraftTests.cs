using Framegate.Sandbox.Tests.Engine;

namespace Framegate.Sandbox.Tests.Recraft;

public class RecraftTests
{
    [Theory]
    [InlineData("generations", "submit.request", 70, 0x89)]
    [InlineData("generations", "submit.vector.request", 80, '<')]
    [InlineData("imageToImage", "submit.image-to-image.request", 40, 'R')]
    [InlineData("inpaint", "submit.inpaint.request", 40, 'R')]
    public async Task Submit_SampleOfTheSheet_AnswersAtOnceWithItsCost(string operation, string file, int credits, int first)
    {
        await using var recraft = await StartAsync();
        var (status, body) = await recraft.PostAsync("v1/images/" + operation, recraft.Request(file));
        Assert.Equal(200, status);
        Shapes.AssertLike(recraft.Sample("submit.response"), body);
        Assert.Equal(credits, body.At("credits").GetInt32());
        Assert.Equal(first, (await recraft.DownloadAsync(body.At("data.0.url").GetString()!))[0]);
        Assert.Single(recraft.Ledger);
    }

    [Theory]
    [InlineData("sandbox:credits", 402, "error.402")]
    [InlineData("sandbox:rate-limited", 429, "error.429")]
    [InlineData("sandbox:moderated", 422, "error.422-moderated")]
    public async Task Submit_PromptRefuses_AnswersAsTheSample(string prompt, int expected, string file)
    {
        await using var recraft = await StartAsync();
        var (status, body) = await recraft.PostAsync("v1/images/generations", recraft.Request("submit.request", prompt));
        Assert.Equal((expected, recraft.Sample(file).GetRawText().Replace(" ", "").Replace("\n", "")), (status, body.GetRawText().Replace(" ", "")));
    }

    [Theory]
    [InlineData("""{"prompt":"x","size":"1000x1000"}""", "size 1000x1000 is not supported by model recraftv4_1")]
    [InlineData("""{"prompt":"x","model":"recraftv9"}""", "model recraftv9 is not supported")]
    [InlineData("""{"prompt":"x","n":7}""", "n must be between 1 and 6")]
    [InlineData("""{"prompt":"x","seed":1}""", "seed is not a field of this call")]
    [InlineData("""{"prompt":"x","response_format":"base64"}""", null)]
    public async Task Submit_BodyWrong_Is400(string body, string? message)
    {
        await using var recraft = await StartAsync();
        var (status, refused) = await recraft.PostAsync("v1/images/generations", body);
        Assert.Equal((400, "invalid_parameter"), (status, refused.Text("code")));
        Assert.Equal(message ?? refused.Text("message"), refused.Text("message").Replace("size size", "size", StringComparison.Ordinal));
    }

    [Fact]
    public async Task AnyCall_KeyMissingOrPathUnknown_IsPlainText()
    {
        await using var recraft = await StartAsync();
        var wrong = await recraft.Http.PostJsonAsync("v1/image/generations", "{}");
        Assert.Equal((404, "text/plain", "404 page not found"),
            ((int)wrong.StatusCode, wrong.Content.Headers.ContentType!.MediaType, await wrong.Content.ReadAsStringAsync()));
        recraft.Http.DefaultRequestHeaders.Remove("Authorization");
        var denied = await recraft.Http.GetAsync("v1/users/me");
        Assert.Equal((401, "text/plain", "request unauthorized"),
            ((int)denied.StatusCode, denied.Content.Headers.ContentType!.MediaType, await denied.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Process_FormWithAFile_AnswersOneImage()
    {
        await using var recraft = await StartAsync();
        using var form = new MultipartFormDataContent();
        form.Add(new ByteArrayContent(Convert.FromBase64String(OnePixel.Png)), "image", "a.png");
        form.Add(new StringContent("b64_json"), "response_format");
        var answer = await recraft.Http.PostAsync("v1/images/crispUpscale", form);
        var body = await answer.JsonAsync();
        Assert.Equal((200, 4), ((int)answer.StatusCode, body.At("credits").GetInt32()));
        Assert.Equal(recraft.Sample("process.response").Keys(), body.Keys());
        Assert.Equal(0x89, body.At("image.b64_json").GetBytesFromBase64()[0]);
        Shapes.AssertLike(recraft.Sample("health.me.response"), (await recraft.GetAsync("v1/users/me")).Body);
        Shapes.AssertLike(recraft.Sample("models.response"), (await recraft.GetAsync("v1/models")).Body);
    }

    private static Task<StandInClient> StartAsync() => StandInClient.StartAsync("recraft", "Authorization", "Bearer any", o => o with { ImageTime = TimeSpan.Zero });
}
