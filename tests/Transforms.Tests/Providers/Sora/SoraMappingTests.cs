using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers.Sora;

namespace Framegate.Transforms.Tests.Providers.Sora;

public class SoraMappingTests
{
    private readonly SoraAdapter _adapter = new();

    public static TheoryData<string> Cases => RequestCases.Names("sora");

    [Theory]
    [MemberData(nameof(Cases))]
    public void BuildSubmit_Case_IsMappedAsWritten(string name) => RequestCases.Run(_adapter, name);

    [Fact]
    public void BuildSubmit_ImageBytes_MakesTheFormOfTheSample()
    {
        var sample = Fixture.Json("sora", "submit.multipart.request.json").GetProperty("parts").EnumerateArray().ToArray();
        var bytes = Convert.FromBase64String(sample[4].GetProperty("base64").GetString()!);
        var body = Form(MediaInput.FromBytes(bytes, "image/png"), """{}""");

        var boundary = MediaTypeHeaderValue.Parse(body.ContentType).Parameters.Single(p => p.Name == "boundary").Value!;
        var expected = new StringBuilder();
        foreach (var part in sample[..4])
        {
            expected.Append($"--{boundary}\r\nContent-Disposition: form-data; name=\"{part.GetProperty("name")}\"\r\n\r\n{part.GetProperty("value")}\r\n");
        }

        expected.Append($"--{boundary}\r\nContent-Disposition: form-data; name=\"input_reference\"; filename=\"input_reference.png\"\r\nContent-Type: image/png\r\n\r\n");
        Assert.Equal(
            [.. Encoding.UTF8.GetBytes(expected.ToString()), .. bytes, .. Encoding.UTF8.GetBytes($"\r\n--{boundary}--\r\n")],
            body.Bytes.ToArray());
    }

    [Fact]
    public void BuildSubmit_SameImageTwice_MakesTheSameBytes()
    {
        var (one, two) = (Form(Unified.Media("webp")!, "{}"), Form(Unified.Media("webp")!, "{}"));

        Assert.Equal(one.ContentType, two.ContentType);
        Assert.True(one.Bytes.Span.SequenceEqual(two.Bytes.Span));
        Assert.NotEqual(one.ContentType, Form(MediaInput.FromBytes(new byte[] { 1 }, "image/webp"), "{}").ContentType);
    }

    [Fact]
    public void BuildSubmit_ImageAndNativeFields_AreFlattenedAndCannotForgeAPart()
    {
        var text = Encoding.UTF8.GetString(
            Form(Unified.Media("png")!, """{"characters":[{"id":"char_1"}],"a\"\r\nX-Evil: 1":true,"n":2.50,"none":null}""").Bytes.Span);

        Assert.Contains("name=\"characters[][id]\"\r\n\r\nchar_1\r\n", text, StringComparison.Ordinal);
        Assert.Contains("name=\"a%22%0D%0AX-Evil: 1\"\r\n\r\ntrue\r\n", text, StringComparison.Ordinal);
        Assert.Contains("name=\"n\"\r\n\r\n2.50\r\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"none\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void BuildSubmit_PromptTooLong_IsRefused()
    {
        var issues = new MappingIssues();
        _adapter.BuildSubmit(
            new GenerationRequest { Provider = "sora", Model = "sora-2", Prompt = new string('x', 32_001), MediaType = MediaType.Video },
            _adapter.Models[0],
            issues);

        Assert.Equal("prompt", Assert.Single(issues.Refusals).Field);
    }

    [Fact]
    public void Models_All_AreRetiredAndPricedBySize()
    {
        Assert.Equal(["sora-2", "sora-2-2025-10-06", "sora-2-2025-12-08", "sora-2-pro", "sora-2-pro-2025-10-06"], _adapter.Models.Select(m => m.Id));
        Assert.All(_adapter.Models, m => Assert.Equal(new DateOnly(2026, 9, 24), m.Retired));
        Assert.All(_adapter.Models, m => Assert.True(m.FetchesUrls));
        Assert.Equal(0.70m, _adapter.FindModel("sora-2-pro")!.Price!.PerSecondBySize!["1920x1080"]);
    }

    [Fact]
    public void Adapter_Addresses_AreThoseOfTheVideosApi()
    {
        Assert.Equal("/v1/videos/video_1", _adapter.BuildPoll(new JobHandle("video_1", "sora-2")).Target);
        Assert.Equal("/v1/videos/a%2Fb", _adapter.BuildPoll(new JobHandle("a/b", "sora-2")).Target);
        Assert.Equal("/v1/models", _adapter.BuildProbe().Target);
        Assert.Equal(new("Authorization", "Bearer k"), _adapter.Authorize(new Secret("k")));
        Assert.Null(_adapter.BuildCancel(new JobHandle("video_1", "sora-2")));
        var pace = _adapter.PaceOf(_adapter.Models[0]);
        Assert.Equal((2, 3, 10), (pace.Before(0).TotalSeconds, pace.Before(1).TotalSeconds, pace.Before(9).TotalSeconds));
    }

    private NativeBody Form(MediaInput image, string native)
    {
        var issues = new MappingIssues();
        var request = new GenerationRequest
        {
            Provider = "sora",
            Model = "sora-2",
            Prompt = "The lighthouse lamp starts to turn",
            MediaType = MediaType.Video,
            Parameters = new GenerationParameters
            {
                Image = image,
                Duration = 4,
                Width = 720,
                Height = 1280,
                Native = new Dictionary<string, JsonElement> { ["sora"] = JsonElement.Parse(native) },
            },
        };
        var submit = _adapter.BuildSubmit(request, _adapter.Models[0], issues);
        Assert.Empty(issues.Refusals);
        return submit.Body!;
    }
}
