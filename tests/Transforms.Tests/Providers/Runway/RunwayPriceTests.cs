using Framegate.Plugins;
using Framegate.Transforms.Providers.Runway;

namespace Framegate.Transforms.Tests.Providers.Runway;

/// <summary>Credits by Runway's price list, as quoted in September and October 2026; what is not known beforehand counts at its dearest.</summary>
public class RunwayPriceTests
{
    [Theory]
    [InlineData("gen4.5", """{"duration":5}""", 60)]
    [InlineData("gen4.5", """{"duration":5,"output_format":"prores"}""", null)]
    [InlineData("seedance2", """{"duration":5,"resolution":"720p","aspect_ratio":"16:9"}""", 180)]
    [InlineData("seedance2", """{"duration":5,"resolution":"1080p","aspect_ratio":"16:9"}""", 200)]
    [InlineData("seedance2", """{"duration":5,"resolution":"4k","aspect_ratio":"16:9"}""", 750)]
    [InlineData("seedance2_mini", """{"duration":1,"resolution":"480p","aspect_ratio":"16:9"}""", 64)]
    [InlineData("seedance2_mini", """{"duration":10,"resolution":"480p","aspect_ratio":"16:9"}""", 160)]
    [InlineData("seedance2_fast", """{"duration":10,"resolution":"720p","aspect_ratio":"16:9"}""", 290)]
    [InlineData("seedance2_5", """{"duration":4,"resolution":"480p","aspect_ratio":"16:9"}""", 80)]
    [InlineData("seedance2_5", """{"duration":10,"resolution":"1080p","aspect_ratio":"16:9"}""", 680)]
    [InlineData("seedance2_5", """{"duration":10,"resolution":"720p","aspect_ratio":"16:9","native":{"referenceVideos":[{"type":"video","uri":"CLIP"}]}}""", 750)]
    [InlineData("happyhorse_1_0", """{"duration":5,"resolution":"720p","aspect_ratio":"16:9"}""", 75)]
    [InlineData("happyhorse_1_0", """{"duration":5,"resolution":"1080p","aspect_ratio":"16:9"}""", 150)]
    [InlineData("happyhorse_1_0", """{"duration":5,"image":"PICTURE"}""", 150)]
    [InlineData("happyhorse_1_0", """{"resolution":"1080p","aspect_ratio":"16:9"}""", null)]
    [InlineData("wan3", """{"duration":5,"resolution":"480p","aspect_ratio":"16:9"}""", 25)]
    [InlineData("wan3", """{"duration":5,"resolution":"720p","aspect_ratio":"16:9"}""", 50)]
    [InlineData("wan3", """{"duration":5,"resolution":"1080p","aspect_ratio":"16:9"}""", 100)]
    [InlineData("wan3", """{"resolution":"1080p","aspect_ratio":"16:9"}""", 600)]
    [InlineData("wan3", """{"duration":5,"resolution":"480p","image":"PICTURE"}""", 25)]
    [InlineData("wan3_prime", """{"duration":5,"resolution":"480p","aspect_ratio":"16:9"}""", 34)]
    [InlineData("wan3_prime", """{"duration":5,"resolution":"1080p","aspect_ratio":"16:9"}""", 140)]
    [InlineData("h3_max", """{"duration":5,"resolution":"480p"}""", 25)]
    [InlineData("h3_max", """{"duration":5}""", 40)]
    [InlineData("hailuo3", """{"duration":6,"resolution":"768p","aspect_ratio":"16:9"}""", 60)]
    [InlineData("hailuo3", """{"duration":6,"resolution":"2k","aspect_ratio":"16:9","reference_images":["PICTURE","PICTURE"]}""", 94)]
    [InlineData("hailuo3", """{"duration":6,"resolution":"768p","video":"CLIP"}""", 210)]
    [InlineData("grok_imagine_1_5", """{"duration":6,"resolution":"720p","aspect_ratio":"16:9"}""", 96)]
    [InlineData("grok_imagine_1_5", """{"duration":6,"resolution":"480p","image":"PICTURE"}""", 61)]
    [InlineData("gemini_omni_flash", """{"duration":5}""", 50)]
    [InlineData("gemini_omni_flash", """{"duration":5,"image":"PICTURE"}""", 51)]
    [InlineData("gemini_omni_flash", """{"video":"CLIP"}""", 110)]
    [InlineData("gemini_omni_flash_1.1", """{"duration":5}""", 150)]
    [InlineData("gemini_omni_flash_1.1", """{"duration":5,"image":"PICTURE"}""", null)]
    [InlineData("aleph2", """{"video":"CLIP"}""", 840)]
    [InlineData("enhance_frame_rate", """{"video":"CLIP","fps":60}""", 150)]
    [InlineData("magnific_precision_upscaler_v2", """{"image":"PICTURE"}""", 150)]
    [InlineData("magnific_video_upscaler_creative", """{"video":"CLIP"}""", null)]
    [InlineData("ruby", """{"video":"CLIP"}""", null)]
    [InlineData("gemini_image3_pro", """{"width":1024,"height":1024}""", 20)]
    [InlineData("gemini_image3_pro", """{"width":4096,"height":4096,"n":4}""", 160)]
    [InlineData("gemini_image3.1_flash", """{"width":512,"height":512}""", 5)]
    [InlineData("gemini_image3.1_flash", """{"width":1024,"height":1024}""", 7)]
    [InlineData("gemini_image3.1_flash", """{"width":2048,"height":2048}""", 11)]
    [InlineData("gemini_image3.1_flash", """{"width":4096,"height":4096}""", 16)]
    [InlineData("seedream5_pro", """{}""", 5)]
    [InlineData("seedream5_pro", """{"width":2048,"height":2048,"n":2}""", 18)]
    [InlineData("seedream5_lite", """{"n":3}""", 12)]
    [InlineData("gpt_image_2", """{}""", 41)]
    [InlineData("gpt_image_2", """{"width":1920,"height":1920,"native":{"quality":"low"}}""", 1)]
    [InlineData("gpt_image_2", """{"width":2560,"height":1440,"native":{"quality":"medium"},"n":2}""", 10)]
    [InlineData("gpt_image_2", """{"width":3840,"height":2160,"native":{"quality":"medium"}}""", 11)]
    [InlineData("gpt_image_2", """{"width":2560,"height":1440}""", 20)]
    [InlineData("gpt_image_2_5_flare", """{"n":2}""", 152)]
    [InlineData("gpt_image_2_5_sunburst", """{"reference_images":["PICTURE"]}""", null)]
    [InlineData("grok_imagine_image_2", """{}""", 6)]
    [InlineData("grok_imagine_image_2", """{"native":{"quality":"low"}}""", 6)]
    [InlineData("grok_imagine_image_2", """{"width":1024,"height":1024,"n":4,"reference_images":["PICTURE","PICTURE"]}""", 26)]
    [InlineData("grok_imagine_image_2", """{"width":2048,"height":2048,"n":4,"reference_images":["PICTURE","PICTURE","PICTURE"]}""", 35)]
    [InlineData("eleven_v3", """{"voice":"Maya"}""", 1)]
    [InlineData("eleven_v3", """{"voice":"Maya"}""", 3, 101)]
    [InlineData("eleven_text_to_sound_v2", """{}""", 2)]
    [InlineData("eleven_text_to_sound_v2", """{"duration":9.5}""", 10)]
    [InlineData("seed_audio", """{}""", null)]
    public void BuildSubmit_CostsWhatTheListSays(string id, string parameters, int? credits, int length = 9)
    {
        var adapter = new RunwayAdapter();
        var model = adapter.FindModel(id)!;
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, id, Written(parameters), new string('x', length)), model, issues);

        Assert.Empty(issues.Refusals);
        Assert.Equal(credits / 100m, issues.EstimatedCost);
    }

    private static string Written(string parameters) => parameters
        .Replace("PICTURE", "https://media.example.com/a.png", StringComparison.Ordinal).Replace("CLIP", "https://media.example.com/a.mp4", StringComparison.Ordinal);

    [Fact]
    public void Models_OnSale_HaveAPriceWithASource()
    {
        var unpriced = new RunwayAdapter().Models.Where(m => m is { Retired: null, Price: null }).Select(m => m.Id);

        Assert.Equal(["magnific_video_upscaler_creative", "ruby", "seed_audio"], unpriced.Order(StringComparer.Ordinal));
        Assert.All(new RunwayAdapter().Models.Where(m => m.Price is not null), m => Assert.NotNull(m.Price!.Source));
    }
}
