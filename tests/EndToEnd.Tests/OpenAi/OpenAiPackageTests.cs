#pragma warning disable OPENAI001 // The package marks its video client as a preview.
using System.ClientModel;
using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;
using OpenAI;
using OpenAI.Audio;
using OpenAI.Images;
using OpenAI.Videos;

namespace Framegate.EndToEnd.Tests.OpenAi;

/// <summary>OpenAI's own client for .NET against <c>/v1</c>.</summary>
public sealed class OpenAiPackageTests(Gateway gateway) : IClassFixture<Gateway>
{
    private static readonly ApiKeyCredential _key = new("the-app-s-own-key");

    [Fact]
    public async Task GenerateImage_FluxModel_ReturnsItsBytes()
    {
        var image = (await Images("flux/flux-pro-1.1").GenerateImageAsync(
            "nuget: a fox", new ImageGenerationOptions { Size = new GeneratedImageSize(1024, 768), ResponseFormat = GeneratedImageFormat.Bytes })).Value;

        Assert.Equal([0x89, 0x50, 0x4e, 0x47], image.ImageBytes.ToArray()[..4]);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync("nuget: a fox"));
    }

    [Fact]
    public async Task GenerateImageEdit_UploadedPicture_IsTaken()
    {
        var picture = (await Images("flux-dev").GenerateImageAsync("nuget: to be edited")).Value.ImageBytes;

        var edited = (await Images("flux-kontext-pro").GenerateImageEditAsync(picture.ToStream(), "picture.png", "nuget: bluer")).Value;

        Assert.NotEmpty(edited.ImageBytes.ToArray());
    }

    [Fact]
    public async Task GenerateImage_WrongSize_IsRaisedWithStatusAndParameter()
    {
        var raised = await Assert.ThrowsAsync<ClientResultException>(() => Images("flux-pro-1.1").GenerateImageAsync(
            "nuget: x", new ImageGenerationOptions { Size = new GeneratedImageSize(1, 1) }));

        Assert.Equal(400, raised.Status);
        Assert.Contains("size", raised.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sandbox:drop")]
    [InlineData("sandbox:error")]
    public async Task EachCall_JobMayHaveBeenPaid_PackageDoesNotRepeat(string magic)
    {
        // It would repeat a 502 three times without a word in its headers.
        var picture = BinaryData.FromBytes(await File.ReadAllBytesAsync(Repository.PathOf("tests/EndToEnd.Tests/Fixtures/still.png")));
        foreach (var (call, create) in new (string, Func<string, Task>)[]
        {
            ("generate", prompt => Images("flux-pro-1.1").GenerateImageAsync(prompt)),
            ("edit", prompt => Images("flux-kontext-pro").GenerateImageEditAsync(picture.ToStream(), "picture.png", prompt)),
            ("speech", prompt => Speech.GenerateSpeechAsync(prompt, GeneratedSpeechVoice.Alloy)),
        })
        {
            var prompt = $"nuget: {call} {magic}";
            var raised = await Assert.ThrowsAsync<ClientResultException>(() => create(prompt));

            Assert.Equal(424, raised.Status);
            Assert.Equal(1, await gateway.Sandbox.PaidAsync(prompt));
        }
    }

    [Fact]
    public async Task GenerateSpeech_IsTheFile()
    {
        var speech = (await Speech.GenerateSpeechAsync("nuget: a word", GeneratedSpeechVoice.Alloy, new SpeechGenerationOptions { ResponseFormat = GeneratedSpeechFormat.Wav })).Value;

        Assert.Equal("RIFF"u8.ToArray(), speech.ToArray()[..4]);
        Assert.Equal(1, await gateway.Sandbox.PaidAsync("nuget: a word"));
    }

    [Fact]
    public async Task GenerateImage_CallerGivesUp_TheSameCallFindsItsPicture()
    {
        const string Prompt = "nuget: given up sandbox:slow=3";
        using var patience = new CancellationTokenSource();
        var given = Images("flux-pro-1.1").GenerateImageAsync(Prompt, cancellationToken: patience.Token);
        await Eventually.GetAsync(() => gateway.Sandbox.PaidAsync(Prompt), paid => paid == 1);
        await patience.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => given);
        Assert.NotEmpty((await Images("flux-pro-1.1").GenerateImageAsync(Prompt)).Value.ImageBytes.ToArray());
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(Prompt));
    }

    [Fact]
    public async Task GenerateImage_PackageLosesPatience_RepetitionJoinsTheFirstTry()
    {
        const string Prompt = "nuget: sandbox:slow=4";
        var image = (await Images("flux-pro-1.1", TimeSpan.FromSeconds(2.5)).GenerateImageAsync(Prompt)).Value;

        Assert.NotEmpty(image.ImageBytes.ToArray());
        Assert.Equal(1, await gateway.Sandbox.PaidAsync(Prompt));
    }

    [Theory]
    [InlineData("runway/gen4.5", "1280x720", "5")]
    [InlineData("fal-ai/pika/v2.2/text-to-video", "1280x720", "5")]
    public async Task Videos_CreatePollDownloadDelete(string model, string size, string seconds)
    {
        var client = new VideoClient(_key, new VideoClientOptions { Endpoint = Endpoint });
        using var body = BinaryContent.Create(BinaryData.FromString($$"""{"model":"{{model}}","prompt":"nuget: a boat","size":"{{size}}","seconds":"{{seconds}}"}"""));
        var id = Json(await client.CreateVideoAsync(body, "application/json")).Text("id");

        var done = await Eventually.GetAsync(async () => Json(await client.GetVideoAsync(id)), v => v.Text("status") is "completed" or "failed");

        Assert.Equal("completed", done.Text("status"));
        Assert.Equal("ftyp"u8.ToArray(), (await client.DownloadVideoAsync(id)).GetRawResponse().Content.ToArray()[4..8]);
        Assert.True(Json(await client.DeleteVideoAsync(id)).At("deleted").GetBoolean());
        Assert.Equal(404, (await Assert.ThrowsAsync<ClientResultException>(() => client.GetVideoAsync(id))).Status);
    }

    private AudioClient Speech => new("tts-1", _key, new OpenAIClientOptions { Endpoint = Endpoint });

    private Uri Endpoint => new(gateway.Framegate.Address, "/v1");

    private ImageClient Images(string model, TimeSpan? patience = null)
    {
        var options = new OpenAIClientOptions { Endpoint = Endpoint };
        if (patience is { } limit)
        {
            options.NetworkTimeout = limit;
        }

        return new ImageClient(model, _key, options);
    }

    private static JsonElement Json(ClientResult result)
    {
        using var document = JsonDocument.Parse(result.GetRawResponse().Content);
        return document.RootElement.Clone();
    }
}
