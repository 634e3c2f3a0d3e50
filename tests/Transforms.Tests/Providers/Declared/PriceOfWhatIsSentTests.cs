using System.Globalization;
using Framegate.Plugins;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Prices and limits look at what is sent, in whichever words it was asked for; what a model has no use for is not sent.</summary>
public sealed class PriceOfWhatIsSentTests
{
    private const string Version = "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa";

    [Theory]
    [InlineData("fal", "fal-ai/flux/dev", """{"prompt":"x","native":{"image_size":{"width":4096,"height":4096}}}""", "0.4444304")]
    [InlineData("fal", "fal-ai/flux/dev", """{"prompt":"x","native":{"image_size":"square_hd"}}""", "0.0512144")]
    [InlineData("fal", "fal-ai/flux/dev", """{"prompt":"x","native":{"image_size":{"width":4096}}}""", null)]
    [InlineData("fal", "fal-ai/flux/dev", """{"prompt":"x"}""", "0.025")]
    [InlineData("fal", "fal-ai/flux/schnell", """{"prompt":"x","width":1024,"height":1024,"n":2}""", "0.012291456")]
    [InlineData("fal", "fal-ai/flux/dev", """{"prompt":"x","width":512,"height":512,"n":2}""", "0.05")]
    [InlineData("fal", "fal-ai/elevenlabs/tts/multilingual-v2", """{"native":{"text":"A long text"}}""", null)]
    [InlineData("byteplus", "seedream-4-5-251128", """{"prompt":"x","native":{"sequential_image_generation":"auto"}}""", "0.6")]
    [InlineData("byteplus", "seedream-4-5-251128", """{"prompt":"x","native":{"sequential_image_generation":"auto","sequential_image_generation_options":{"max_images":6}}}""", "0.24")]
    [InlineData("byteplus", "dola-seedream-5-0-pro-260628", """{"prompt":"x"}""", "0.09")]
    [InlineData("byteplus", "dola-seedream-5-0-pro-260628", """{"prompt":"x","resolution":"1k"}""", "0.045")]
    [InlineData("byteplus", "dola-seedream-5-0-pro-260628", """{"prompt":"x","width":1280,"height":720}""", "0.045")]
    [InlineData("byteplus", "seedance-1-5-pro-251215", """{"prompt":"x","native":{"generate_audio":false}}""", "0.131587")]
    [InlineData("byteplus", "dreamina-seedance-2-0-260128", """{"native":{"content":[{"type":"text","text":"x"},{"type":"video_url","video_url":{"url":"https://media.example.com/a.mp4"}}]}}""", null)]
    [InlineData("replicate", "black-forest-labs/flux-schnell", """{"prompt":"x","native":{"version":"5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"}}""", null)]
    [InlineData("xai", "grok-imagine-video-1.5", """{"prompt":"x","native":{"keyframes":[{"image":{"url":"https://media.example.com/a.png"}},{"image":{"url":"https://media.example.com/b.png"}}]}}""", "0.66")]
    [InlineData("xai", "grok-imagine-video-1.5", """{"prompt":"x","image":"PIXEL","native":{"reference_images":[{"url":"https://media.example.com/b.png"}]}}""", "0.66")]
    [InlineData("xai", "grok-imagine-image", """{"prompt":"x","reference_images":["PIXEL","PIXEL"]}""", "0.024")]
    [InlineData("google", "gemini-3.8-flash", """{"prompt":"x"}""", "0.24580075")]
    [InlineData("google", "gemini-3.8-flash", """{"prompt":"x","image":"PIXEL","reference_images":["PIXEL"]}""", "0.24916075")]
    [InlineData("google", "gemini-3.8-flash", """{"prompt":"x","native":{"tools":[{"googleSearch":{}}]}}""", null)]
    [InlineData("google", "gemini-3.8-flash", """{"prompt":"x","native":{"system_instruction":{"parts":[{"text":"A long text"}]}}}""", null)]
    [InlineData("google", "gemini-3.8-flash", """{"prompt":"x","native":{"cachedContent":"cachedContents/a"}}""", null)]
    [InlineData("google", "gemini-nano-banana-2.1", """{"prompt":"x"}""", "0.0336")]
    [InlineData("google", "gemini-nano-banana-2.1", """{"prompt":"x","resolution":"4k","image":"PIXEL","reference_images":["PIXEL"]}""", "0.0756")]
    [InlineData("google", "gemini-nano-banana-2.1", """{"prompt":"x","native":{"generationConfig":{"imageConfig":{"imageSize":"2K"}}}}""", "0.0504")]
    [InlineData("luma", "uni-1", """{"prompt":"x","native":{"image_ref":[{"url":"https://media.example.com/a.png"},{"url":"https://media.example.com/b.png"}]}}""", "0.0464")]
    [InlineData("kling", "kling-3.0-omni", """{"prompt":"x","video":"https://media.example.com/a.mp4"}""", "0.63")]
    public void Cost_IsThatOfTheBody(string provider, string model, string parameters, string? cost)
    {
        var (_, issues) = Map(provider, model, parameters);

        Assert.Empty(issues.Refusals);
        Assert.Equal(cost is null ? null : decimal.Parse(cost, CultureInfo.InvariantCulture), issues.EstimatedCost);
    }

    [Theory]
    [InlineData("alibaba", "wan2.7-t2v-2026-06-12", """{"prompt":"x","video":"https://media.example.com/a.mp4"}""", "parameters.video")]
    [InlineData("byteplus", "seedance-1-0-pro-250528", """{"prompt":"x","video":"https://media.example.com/a.mp4"}""", "parameters.video")]
    [InlineData("fal", "bytedance/seedance-2.0/text-to-video", """{"prompt":"x","image":"PIXEL"}""", "parameters.image")]
    [InlineData("fal", "fal-ai/flux/dev", """{"prompt":"x","image":"PIXEL"}""", "parameters.image")]
    [InlineData("replicate", "black-forest-labs/flux-1.1-pro", """{"prompt":"x","image":"PIXEL"}""", "parameters.image")]
    [InlineData("google", "gemini-nano-banana-2.1", """{"prompt":"x","native":{"generationConfig":{"candidateCount":4}}}""", "parameters.google.generationConfig.candidateCount")]
    [InlineData("google", "gemini-3.8-flash", """{"prompt":"x","native":{"generationConfig":{"candidateCount":8}}}""", "parameters.google.generationConfig.candidateCount")]
    [InlineData("google", "gemini-3.8-flash", """{"prompt":"x","native":{"generation_config":{"candidate_count":8}}}""", "parameters.n")]
    [InlineData("openai", "gpt-image-1.5", """{"prompt":"x","native":{"size":"3840x2160"}}""", "parameters.openai.size")]
    public void WhatTheModelCannotDo_IsRefused(string provider, string model, string parameters, string field)
    {
        var (_, issues) = Map(provider, model, parameters);

        Assert.Contains(field, issues.Refusals.Select(r => r.Field));
    }

    /// <summary>An endpoint that no file lists is for its provider to judge.</summary>
    [Fact]
    public void AnyEndpoint_TakesWhatItIsGiven() =>
        Assert.Empty(Map("fal", "fal-ai/some/video-to-video", """{"prompt":"x","video":"https://media.example.com/a.mp4"}""").Issues.Refusals);

    /// <summary>A version, however it is named, has a call of its own.</summary>
    [Theory]
    [InlineData("owner/some-model:" + Version)]
    [InlineData(Version)]
    public void AVersionOfReplicate_GoesToPredictions(string model)
    {
        var (request, issues) = Map("replicate", model, """{"prompt":"x","n":2}""");

        Assert.Empty(issues.Refusals);
        Assert.Equal("/v1/predictions", request.Target);
        Assert.Contains($"\"version\":\"{model}\"", System.Text.Encoding.UTF8.GetString(request.Body!.Bytes.Span), StringComparison.Ordinal);
    }

    /// <summary>Seedance is billed by the tokens of what it has made, one frame more than 24 a second: of no clip more than was reserved for it.</summary>
    [Theory]
    [InlineData("dreamina-seedance-2-0-260128", """{"prompt":"x","resolution":"720p","duration":5}""", 108_900, 7.0)]
    [InlineData("dreamina-seedance-2-0-260128", """{"prompt":"x","resolution":"720p","duration":10}""", 216_900, 7.0)]
    [InlineData("dreamina-seedance-2-0-260128", """{"prompt":"x","resolution":"720p","duration":5}""", 121 * 1112 * 834 / 1024, 7.0)]
    [InlineData("dreamina-seedance-2-0-260128", """{"prompt":"x","resolution":"1080p","duration":5}""", 121 * 2206 * 946 / 1024, 7.7)]
    [InlineData("dreamina-seedance-2-0-260128", """{"prompt":"x","resolution":"4k","aspect_ratio":"1:1","duration":5}""", 121 * 2880 * 2880 / 1024, 4.0)]
    [InlineData("dreamina-seedance-2-0-260128", """{"prompt":"x","resolution":"4k","aspect_ratio":"4:3","duration":5}""", 121 * 3326 * 2494 / 1024, 4.0)]
    [InlineData("dreamina-seedance-2-0-260128", """{"prompt":"x","resolution":"720p","duration":5,"video":"https://media.example.com/a.mp4"}""", 411_300, 4.3)]
    [InlineData("dreamina-seedance-2-5-260628", """{"prompt":"x","resolution":"720p","duration":5}""", 108_900, 10.7)]
    [InlineData("dreamina-seedance-2-0-fast-260128", """{"prompt":"x","resolution":"480p","duration":5}""", 121 * 864 * 496 / 1024, 5.6)]
    [InlineData("seedance-1-5-pro-251215", """{"prompt":"x","resolution":"720p","duration":5,"audio":false}""", 121 * 1112 * 834 / 1024, 1.2)]
    [InlineData("seedance-1-0-pro-250528", """{"prompt":"x","resolution":"1080p","duration":5}""", 246_840, 2.5)]
    [InlineData("seedance-1-0-pro-250528", """{"prompt":"x","resolution":"720p","aspect_ratio":"21:9","duration":5}""", 121 * 1504 * 640 / 1024, 2.5)]
    [InlineData("seedance-1-0-pro-250528", """{"prompt":"x","resolution":"1080p","native":{"frames":289}}""", 289 * 1920 * 1088 / 1024, 2.5)]
    [InlineData("seedance-1-0-pro-fast-251015", """{"prompt":"x","resolution":"1080p","duration":12}""", 289 * 1920 * 1088 / 1024, 1.0)]
    public void Tokens_OfTheLargestClip_AreCovered(string model, string parameters, int tokens, double perMillion)
    {
        var (_, issues) = Map("byteplus", model, parameters);

        Assert.Empty(issues.Refusals);
        Assert.InRange(issues.EstimatedCost!.Value, tokens * (decimal)perMillion / 1_000_000, decimal.MaxValue);
    }

    /// <summary>Gemini's pictures are billed by the tokens of the picture, whatever else was counted.</summary>
    [Theory]
    [InlineData("1k", 1120)]
    [InlineData("2k", 1680)]
    [InlineData("4k", 2520)]
    public void TokensOfAPicture_AreWhatWasReserved(string resolution, int picture)
    {
        var adapter = ShippedProviders.Of("google");
        var model = adapter.FindModel("gemini-nano-banana-2.1")!;
        var answer = $$$"""
            {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"AAAA"} }]},"finishReason":"STOP"}],
             "usageMetadata":{"promptTokenCount":9,"candidatesTokenCount":{{{picture}}},"thoughtsTokenCount":400,"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":{{{picture}}} }]} }
            """;

        var reserved = Map("google", model.Id, $$"""{"prompt":"x","resolution":"{{resolution}}"}""").Issues.EstimatedCost;

        Assert.Equal(reserved, Assert.IsType<JobOutcome.Succeeded>(adapter.ReadSubmit(Fixture.Answer(answer), model, "image")).Cost);
    }

    /// <summary>A picture of 4k has the same number of pixels in each shape, and none is reserved for as the square of its longer side.</summary>
    [Theory]
    [InlineData("16:9")]
    [InlineData("1:1")]
    public void AClipOf4k_CostsTheSameInEachShape(string ratio) =>
        Assert.Equal(3.920903m, Map("byteplus", "dreamina-seedance-2-0-260128", $$"""{"prompt":"x","resolution":"4k","aspect_ratio":"{{ratio}}","duration":5}""").Issues.EstimatedCost);

    /// <summary>The rate of a silent clip is that of its bill too.</summary>
    [Theory]
    [InlineData("""{"prompt":"x","native":{"generate_audio":false}}""")]
    [InlineData("""{"prompt":"x","audio":false}""")]
    public void ASilentClip_IsBilledAsOne(string parameters) =>
        Assert.Equal("video-silent", Map("byteplus", "seedance-1-5-pro-251215", parameters).Request.Operation);

    private static (NativeRequest Request, MappingIssues Issues) Map(string provider, string model, string parameters)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();
        return (adapter.BuildSubmit(RequestJson.Read(adapter, model, parameters), adapter.FindModel(model)!, issues), issues);
    }
}
