using System.Text;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Edge.Http;
using Framegate.Proxy.Media;
using Framegate.Proxy.Tests.Media;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Inputs;

/// <summary>Pictures that stand in a request lose the place where they were made, however they came in.</summary>
public class InputLocationTests
{
    private const string Place = "The house of the parents";
    private static readonly byte[] s_small = MarkedMedia.Jpeg(MarkedMedia.ExifSegment(MarkedMedia.Tiff(little: true)));
    private static readonly byte[] s_large = [.. s_small, .. new byte[100_000]];
    private static readonly InputLocation s_location = new(Options.Create(new MediaOptions { RemoveLocation = true }));

    public static TheoryData<string, Func<string, string>> Writings => new()
    {
        { "plain", t => t },
        { "PHP", t => t.Replace("/", "\\/", StringComparison.Ordinal) },
        { ".NET", t => t.Replace("+", "\\u002B", StringComparison.Ordinal) },
        { "upper case", t => t.Replace(";base64", ";BASE64", StringComparison.Ordinal) },
    };

    [Theory]
    [MemberData(nameof(Writings))]
    public void Erase_ABody_CleansEachDataUriWhereverItStands(string writing, Func<string, string> escape)
    {
        var uri = escape($"data:image/jpeg;base64,{Convert.ToBase64String(s_small)}");
        var body = $$$"""{"prompt":"a;base64,b","parameters":{"image":"{{{uri}}}","flux":{"deep":["{{{uri}}}","data:text/plain;base64,!!"]}},"n":"64,"}""";

        using var clean = System.Text.Json.JsonDocument.Parse(s_location.Erase(Encoding.UTF8.GetBytes(body)));

        var parameters = clean.RootElement.GetProperty("parameters");
        foreach (var value in new[] { parameters.GetProperty("image"), parameters.GetProperty("flux").GetProperty("deep")[0] })
        {
            var bytes = Convert.FromBase64String(value.GetString()!.Split(',')[1]);
            Assert.True(s_small.Length == bytes.Length, writing);
            Assert.DoesNotContain(Place, Encoding.Latin1.GetString(bytes), StringComparison.Ordinal);
        }

        Assert.Equal(("a;base64,b", "64,"), (clean.RootElement.GetProperty("prompt").GetString(), clean.RootElement.GetProperty("n").GetString()));
        Assert.Equal("data:text/plain;base64,!!", parameters.GetProperty("flux").GetProperty("deep")[1].GetString());
    }

    [Fact]
    public void Erase_NothingToTakeOut_GivesTheSameBody()
    {
        var body = Encoding.UTF8.GetBytes($$"""{"image":"data:image/png;base64,{{Convert.ToBase64String(MarkedMedia.File("still.png"))}}","cut":"data:image/png;base64,AAAA""");
        Assert.Same(body, s_location.Erase(body));

        var marked = Encoding.UTF8.GetBytes($$"""{"image":"data:image/jpeg;base64,{{Convert.ToBase64String(s_small)}}"}""");
        Assert.Same(marked, new InputLocation(Options.Create(new MediaOptions())).Erase(marked));
        Assert.NotSame(marked, s_location.Erase(marked));
    }

    [Fact]
    public void Erase_ARequest_CleansEachPicture()
    {
        var marked = MediaInput.FromBytes(s_small, "image/jpeg");
        var request = new GenerationRequest
        {
            Provider = "flux", Model = "flux-dev", MediaType = MediaType.Image, Prompt = "x",
            Parameters = new GenerationParameters { Image = marked, LastImage = marked, Mask = marked, ControlImage = marked, ReferenceImages = [marked, MediaInput.FromStore("med_1")] },
        };

        var p = s_location.Erase(request).Parameters;

        foreach (var input in new[] { p.Image, p.LastImage, p.Mask, p.ControlImage, p.ReferenceImages[0] })
        {
            Assert.DoesNotContain(Place, Encoding.Latin1.GetString(input!.Bytes.Span), StringComparison.Ordinal);
        }

        Assert.Equal("med_1", p.ReferenceImages[1].MediaId);
        Assert.Contains(Place, Encoding.Latin1.GetString(marked.Bytes.Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ALargeInput_IsCleanedBeforeItIsHashed(bool removes)
    {
        using var data = new TempFolder();
        using var folder = InputCalls.FolderIn(data, removesLocation: removes);
        var body = Encoding.UTF8.GetBytes($$"""{"image":"data:image/jpeg;base64,{{Convert.ToBase64String(s_large)}}"}""");
        var context = InputCalls.New(data, body, folder);
        using var inputs = RequestInputs.Of(context);

        var (_, held) = await inputs.SplitAsync(context.Request, default);
        var upload = await inputs.WriteAsync(s_large.AsMemory(0, 70_000), new MemoryStream(s_large[70_000..]), long.MaxValue, default);

        foreach (var input in new[] { held.All.Single(), upload })
        {
            var bytes = input.Read().ToArray();
            Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), input.Sha256);
            Assert.Equal(!removes, Encoding.Latin1.GetString(bytes).Contains(Place, StringComparison.Ordinal));
            Assert.Equal(s_large.Length, bytes.Length);
        }
    }

    [Fact]
    public void AnAnswer_IsKeptByteForByte()
    {
        using var data = new TempFolder();
        using var folder = InputCalls.FolderIn(data, removesLocation: true);
        using var splitter = new Base64Splitter(folder, isAnswer: true);

        splitter.Feed(Encoding.UTF8.GetBytes($$"""{"b64_json":"{{Convert.ToBase64String(s_large)}}"}"""));
        splitter.End();

        Assert.Equal(s_large, splitter.Inputs.Single().Input.Read().ToArray());
    }
}
