using System.Text.Json;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Readme;

public sealed class OpenAiExampleTests(Gateway gateway) : IClassFixture<Gateway>
{
    [Fact]
    public async Task Example_Image_PrintsBase64()
    {
        using var answer = JsonDocument.Parse(await ReadmeExample.RunAsync("openai-image", gateway.Framegate.Address));

        Assert.Equal([0x89, 0x50, 0x4e, 0x47], Convert.FromBase64String(answer.RootElement.Text("data[0].b64_json"))[..4]);
    }

    [Fact]
    public async Task Example_Video_LeavesTheFile()
    {
        await ReadmeExample.RunAsync("openai-video", gateway.Framegate.Address);

        Assert.Equal("ftyp"u8.ToArray(), (await File.ReadAllBytesAsync("boat.mp4"))[4..8]);
        File.Delete("boat.mp4");
    }
}
