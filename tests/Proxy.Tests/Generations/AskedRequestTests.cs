using Framegate.Plugins.Contract;
using Framegate.Proxy.Clients;
using Framegate.Proxy.Engine.Generations;

namespace Framegate.Proxy.Tests.Generations;

public class AskedRequestTests
{
    private static readonly GenerationRequest s_request = new()
    {
        Provider = "flux",
        Model = "flux-pro-1.1",
        MediaType = MediaType.Image,
        Prompt = "A red fox",
        Parameters = GenerationParameters.None with
        {
            Seed = 7,
            Image = MediaInput.FromStore("med_1"),
            Mask = MediaInput.FromBytes(new byte[] { 1, 2, 3 }, "image/png"),
            ReferenceImages = [MediaInput.FromBytes(new byte[] { 4 }, "image/png"), MediaInput.FromStore("med_2")],
        },
    };

    [Fact]
    public void Of_KeepsWhatIsNeededToAskAgain_WithoutBytes()
    {
        var asked = AskedRequest.Of(s_request, PromptStorage.Full);
        Assert.Equal("A red fox", asked.Prompt);
        Assert.Equal("""{"seed":7,"image":"media:med_1","reference_images":["media:med_2"]}""", asked.Parameters!.Value.GetRawText());
        Assert.Equal(["mask", "reference_images[0]"], asked.Inline!);
        Assert.Null(asked.Cut);
    }

    [Fact]
    public void Of_PromptsAreNotKept_KeepsTheKindAlone()
    {
        var asked = AskedRequest.Of(s_request, PromptStorage.None);
        Assert.Equal((MediaType.Image, null, null), (asked.MediaType, asked.Prompt, asked.PromptHash));
        Assert.Null(asked.Parameters);
    }

    [Fact]
    public void Of_HashesAreKept_KeepsTheOneOfThePrompt()
    {
        var asked = AskedRequest.Of(s_request, PromptStorage.Hash);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("A red fox"u8)), asked.PromptHash);
        Assert.Equal((null, null), (asked.Prompt, asked.Parameters));
    }

    [Fact]
    public void Of_TheLongestThatAreKept_AreWhole() => Assert.Null(AskedRequest.Of(s_request with { Prompt = new string('x', AskedRequest.LongestPrompt) }, PromptStorage.Full).Cut);

    [Fact]
    public void Of_LongOnes_AreCut()
    {
        var asked = AskedRequest.Of(s_request with { Prompt = new string('x', 5000), Parameters = GenerationParameters.None with { NegativePrompt = new string('y', 9000) } }, PromptStorage.Full);
        Assert.Equal(AskedRequest.LongestPrompt, asked.Prompt!.Length);
        Assert.Null(asked.Parameters);
        Assert.Equal(["prompt", "parameters"], asked.Cut!);
    }
}
