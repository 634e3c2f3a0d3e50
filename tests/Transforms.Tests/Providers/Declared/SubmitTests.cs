using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Plugins.Kit;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Unified requests become the native bodies of the fact sheets' samples.</summary>
public sealed class SubmitTests
{
    public static TheoryData<string, string, string, string, string> Bodies() => new()
    {
        { "kling", "kling-3.0", "submit", "/text-to-video/kling-3.0", """{"prompt":"a red paper boat drifts","resolution":"1080p","aspect_ratio":"16:9","duration":5,"audio":false}""" },
        { "kling", "kling-3.0", "submit.image-to-video", "/image-to-video/kling-3.0", """{"prompt":"the boat sets off","image":"https://media.example.com/in.png","last_image":"https://media.example.com/out.png","resolution":"1080p","duration":8,"audio":true}""" },
        { "kling", "kling-v2-6", "legacy.submit", "/v1/videos/image2video", """{"prompt":"the boat sets off","image":"https://media.example.com/in.png","negative_prompt":"blur","resolution":"1080p","duration":5,"audio":true}""" },
        { "dream-machine", "ray-2", "submit", "/generations/video", """{"prompt":"a red paper boat drifts","image":"https://media.example.com/in.png","aspect_ratio":"16:9","duration":5,"resolution":"720p"}""" },
        { "minimax", "MiniMax-H3", "submit", "/v2/video_generation", """{"prompt":"a red paper boat drifts","resolution":"768p","duration":5,"aspect_ratio":"16:9"}""" },
        { "minimax", "MiniMax-H3-Max", "submit.image-to-video", "/v2/video_generation", """{"prompt":"the boat sets off","image":"https://media.example.com/in.png","last_image":"PIXEL","resolution":"768p","duration":6}""" },
        { "minimax", "MiniMax-Hailuo-2.3", "v1.submit", "/v1/video_generation", """{"prompt":"a red paper boat drifts [push in]","resolution":"1080p","duration":6,"enhance_prompt":true}""" },
        { "luma", "ray-3.2", "submit", "/v1/generations", """{"prompt":"a red paper boat drifts","resolution":"720p","duration":5,"aspect_ratio":"16:9"}""" },
        { "luma", "ray-3.2", "submit.image-to-video", "/v1/generations", """{"prompt":"the boat sets off","image":"https://media.example.com/in.png","last_image":"PIXEL","resolution":"1080p","duration":5}""" },
        { "luma", "uni-1", "submit.image", "/v1/generations", """{"prompt":"a red paper boat","aspect_ratio":"16:9","output_format":"png","reference_images":["https://media.example.com/ref.png"]}""" },
        { "byteplus", "dreamina-seedance-2-0-260128", "submit", "/api/v3/contents/generations/tasks", """{"prompt":"a red paper boat drifts","resolution":"720p","duration":5,"aspect_ratio":"16:9","audio":false}""" },
        { "byteplus", "seedream-4-5-251128", "image.submit", "/api/v3/images/generations", """{"prompt":"a red paper boat","resolution":"2k"}""" },
        { "replicate", "black-forest-labs/flux-1.1-pro", "submit", "/v1/models/black-forest-labs/flux-1.1-pro/predictions", """{"prompt":"a red paper boat","aspect_ratio":"16:9","output_format":"png","seed":11}""" },
        { "replicate", "stability-ai/sdxl", "submit.version", "/v1/predictions", """{"prompt":"a red paper boat","n":2,"native":{"version":"5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa"}}""" },
        { "fal", "fal-ai/flux/dev", "submit.image", "/fal-ai/flux/dev", """{"prompt":"a red paper boat","width":1280,"height":720,"n":2,"seed":11,"steps":28,"guidance":3.5,"output_format":"png","native":{"enable_safety_checker":true}}""" },
        { "fal", "alibaba/wan-3.0/text-to-video", "submit.video", "/alibaba/wan-3.0/text-to-video", """{"prompt":"a red paper boat drifts","resolution":"720p","duration":5,"aspect_ratio":"16:9","audio":true}""" },
        { "fal", "fal-ai/veo3.1", "submit.video-string-duration", "/fal-ai/veo3.1", """{"prompt":"a red paper boat drifts","resolution":"1080p","duration":8,"aspect_ratio":"16:9","audio":false}""" },
        { "fal", "bytedance/seedance-2.0/image-to-video", "submit.image-to-video", "/bytedance/seedance-2.0/image-to-video", """{"prompt":"the boat sets off","image":"https://media.example.com/in.png","last_image":"https://media.example.com/out.png","duration":6,"resolution":"720p"}""" },
        { "fal", "fal-ai/elevenlabs/tts/multilingual-v2", "submit.speech", "/fal-ai/elevenlabs/tts/multilingual-v2", """{"prompt":"The boat leaves at dawn.","voice":"Rachel"}""" },
        { "xai", "grok-imagine-video-1.5", "submit", "/v1/videos/generations", """{"prompt":"a red paper boat drifts","duration":6,"aspect_ratio":"16:9","resolution":"720p","audio":false}""" },
        { "xai", "grok-imagine-video-1.5", "submit.image-to-video", "/v1/videos/generations", """{"prompt":"the boat sets off","duration":6,"resolution":"1080p","image":"https://media.example.com/in.png","last_image":"PIXEL"}""" },
        { "xai", "grok-imagine-video", "submit.references", "/v1/videos/generations", """{"prompt":"the mug on a table","duration":8,"reference_images":["https://media.example.com/a.png","https://media.example.com/b.png"]}""" },
        { "xai", "grok-imagine-image-2.0", "image.submit", "/v1/images/generations", """{"prompt":"a red paper boat","n":2,"aspect_ratio":"16:9","resolution":"2k"}""" },
        { "alibaba", "wan3.0-video", "submit", "/api/v1/services/aigc/video-generation/video-synthesis", """{"prompt":"a red paper boat drifts","resolution":"720p","aspect_ratio":"16:9","duration":5,"audio":false,"enhance_prompt":true,"seed":11}""" },
        { "alibaba", "wan2.5-t2v-preview", "submit.legacy-size", "/api/v1/services/aigc/video-generation/video-synthesis", """{"prompt":"a red paper boat","negative_prompt":"blur","width":1280,"height":720,"duration":5,"enhance_prompt":false}""" },
        { "recraft", "recraftv4_1", "submit", "/v1/images/generations", """{"prompt":"a red paper boat","aspect_ratio":"16:9","n":2,"output_format":"png","seed":11}""" },
        { "elevenlabs", "eleven_v3", "flows.tts", "/v1/flows/text-to-speech", """{"prompt":"The boat leaves at dawn."}""" },
        { "elevenlabs", "eleven_text_to_sound_v2", "sfx", "/v1/sound-generation?output_format=mp3_44100_128", """{"prompt":"small waves against wood","duration":5,"native":{"prompt_influence":0.3,"loop":false}}""" },
        { "elevenlabs", "music_v2_5", "music", "/v1/music?output_format=mp3_44100_128", """{"prompt":"calm guitar, morning","duration":30,"native":{"force_instrumental":true}}""" },
        { "pika-dev", "pika-2.5", "submit", "/v1/media/pika/pika-2.5/text-to-video", """{"prompt":"a red paper boat drifts","duration":5,"resolution":"1080p","aspect_ratio":"16:9"}""" },
        { "google", "gemini-nano-banana-2.1", "submit", "/v1beta/models/gemini-nano-banana-2.1:generateContent", """{"prompt":"A red paper boat on a still lake at dawn","aspect_ratio":"16:9","resolution":"1k"}""" },
        { "google", "gemini-nano-banana-2.1", "submit.edit", "/v1beta/models/gemini-nano-banana-2.1:generateContent", """{"prompt":"Make the boat blue, change nothing else","image":"PIXEL","resolution":"2k"}""" },
        { "google", "gemini-omni-1.2-flash", "submit.interactions", "/v1beta/interactions", """{"prompt":"A red paper boat drifts over a lake","aspect_ratio":"16:9","resolution":"720p","duration":8}""" },
        { "google", "gemini-omni-1.2-flash", "submit.interactions", "/v1beta/interactions", """{"prompt":"A red paper boat drifts over a lake","aspect_ratio":"16:9","native":{"response_format":{"resolution":"720p","duration":"8s"}}}""" },
    };

    public static TheoryData<string> Providers => [.. ShippedProviders.Names];

    [Theory]
    [MemberData(nameof(Providers))]
    public void AModelThatMakesAnotherKind_IsNotOrdered(string provider)
    {
        var adapter = ShippedProviders.Of(provider);
        foreach (var (model, type) in adapter.Models.SelectMany(m => Enum.GetValues<MediaType>().Where(t => t != m.MediaType).Select(t => (m, t))))
        {
            var issues = new MappingIssues();
            adapter.BuildSubmit(new GenerationRequest { Provider = provider, Model = model.Id, MediaType = type, Prompt = "A boat" }, model, issues);

            var refusal = Assert.Single(issues.Refusals);
            Assert.Equal("media_type", refusal.Field);
            Assert.Equal([model.MediaType.ToString().ToLowerInvariant()], refusal.Allowed);
        }
    }

    [Theory]
    [MemberData(nameof(Bodies))]
    public void ARequestBecomesTheSample(string provider, string model, string sample, string target, string parameters)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();

        var native = adapter.BuildSubmit(RequestJson.Read(adapter, model, parameters), adapter.FindModel(model)!, issues);

        Assert.Empty(issues.Refusals);
        Assert.Equal(target, native.Target);
        var sent = Without(JsonElement.Parse(native.Body!.Bytes.Span), "external_task_id", "watermark", "options");
        var expected = Without(Fixture.Json(provider, sample + ".request.json"), "external_task_id", "watermark", "options");
        Assert.True(JsonElement.DeepEquals(expected, sent), $"{sent} where {expected} is right.");
    }

    /// <summary>What the sheets have no sample of.</summary>
    [Theory]
    [InlineData("xai", "grok-tts", "/v1/tts", """{"prompt":"x","voice":"eve","output_format":"wav"}""", """{"text":"x","voice_id":"eve","language":"auto","output_format":{"codec":"wav"}}""")]
    [InlineData("xai", "grok-tts", "/v1/tts", """{"prompt":"x","native":{"language":"fr"}}""", """{"text":"x","language":"fr"}""")]
    [InlineData("kling", "kling-image-v3", "/v1/images/generations", """{"prompt":"x","negative_prompt":"blur","resolution":"2k","aspect_ratio":"16:9","n":2}""", """{"model_name":"kling-v3","prompt":"x","negative_prompt":"blur","resolution":"2k","aspect_ratio":"16:9","n":2}""")]
    [InlineData("kling", "kling-image-v3", "/v1/images/generations", """{"prompt":"x","image":"https://media.example.com/in.png"}""", """{"model_name":"kling-v3","prompt":"x","image":"https://media.example.com/in.png"}""")]
    [InlineData("alibaba", "wan2.7-t2v", "/api/v1/services/aigc/video-generation/video-synthesis", """{"prompt":"x"}""", """{"model":"wan2.7-t2v-2026-06-12","input":{"prompt":"x"},"parameters":{"resolution":"720P","duration":5,"watermark":false}}""")]
    [InlineData("alibaba", "happyhorse-1.1-t2v", "/api/v1/services/aigc/video-generation/video-synthesis", """{"prompt":"x"}""", """{"model":"happyhorse-1.1-t2v","input":{"prompt":"x"},"parameters":{"resolution":"720P","watermark":false}}""")]
    [InlineData("alibaba", "vidu/some-model", "/api/v1/services/aigc/video-generation/video-synthesis", """{"prompt":"x","native":{"duration":4}}""", """{"model":"vidu/some-model","input":{"prompt":"x"},"parameters":{"resolution":"720P","duration":4,"watermark":false}}""")]
    [InlineData("google", "gemini-omni-1.1-flash", "/v1beta/interactions", """{"prompt":"x"}""", """{"model":"gemini-omni-1.1-flash","input":[{"type":"text","text":"x"}],"response_format":{"type":"video","resolution":"720p","duration":"8s","delivery":"uri"},"background":true}""")]
    [InlineData("google", "gemini-omni-9-flash", "/v1beta/interactions", """{"prompt":"x"}""", """{"model":"gemini-omni-9-flash","input":[{"type":"text","text":"x"}],"response_format":{"type":"video","delivery":"uri"},"background":true}""")]
    public void ARequestBecomesTheBody(string provider, string model, string target, string parameters, string body)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();

        var native = adapter.BuildSubmit(RequestJson.Read(adapter, model, parameters), adapter.FindModel(model)!, issues);

        Assert.Empty(issues.Refusals);
        Assert.Equal(target, native.Target);
        var sent = JsonElement.Parse(native.Body!.Bytes.Span);
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(body), sent), $"{sent} where {body} is right.");
    }

    [Theory]
    [InlineData("mp3", "/v1/flows/text-to-speech")]
    [InlineData("wav", "/v1/text-to-speech/JBFqnCBsd6RMkjVDRZzb/with-timestamps?output_format=wav_44100")]
    public void SpeechInAFormatThatFlowsDoNotHaveIsMadeAtOnce(string format, string target)
    {
        var adapter = ShippedProviders.Of("elevenlabs");
        var request = RequestJson.Read(adapter, "eleven_v3", $$"""{"prompt":"x","output_format":"{{format}}"}""");

        Assert.Equal(target, adapter.BuildSubmit(request, adapter.FindModel("eleven_v3")!, new MappingIssues()).Target);
    }

    [Theory]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","resolution":"720p","duration":5}""", "0.42")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","resolution":"uhd","duration":5}""", "2.1")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","native":{"settings":{"resolution":"1080p","duration":10}}}""", "1.12")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x"}""", "0.42")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","duration":10,"resolution":"1080p"}""", "3.6")]
    [InlineData("xai", "grok-imagine-image", """{"prompt":"x","n":3}""", "0.06")]
    [InlineData("elevenlabs", "eleven_v3", """{"prompt":"0123456789"}""", "0.001")]
    [InlineData("fal", "fal-ai/flux/dev", """{"prompt":"x","width":1000,"height":1000,"n":2}""", "0.05")]
    [InlineData("google", "gemini-3-pro-image", """{"prompt":"x","resolution":"4k"}""", "0.24")]
    [InlineData("google", "gemini-3-pro-image", """{"prompt":"x"}""", "0.134")]
    [InlineData("google", "gemini-3.1-flash-image", """{"prompt":"x","resolution":"2k"}""", "0.1008")]
    [InlineData("google", "gemini-3.1-flash-image", """{"prompt":"x","resolution":"4k"}""", "0.1512")]
    [InlineData("google", "gemini-2.5-flash-image", """{"prompt":"x"}""", "0.039")]
    [InlineData("google", "gemini-omni-1.2-flash", """{"prompt":"x","resolution":"1080p","duration":8}""", "1.2")]
    [InlineData("google", "gemini-omni-1.2-flash", """{"prompt":"x"}""", "0.8")]
    [InlineData("google", "gemini-omni-1.2-flash", """{"prompt":"x","native":{"response_format":{"resolution":"1080p","duration":"6s"}}}""", "0.9")]
    [InlineData("minimax", "MiniMax-H3", """{"prompt":"x","native":{"resolution":"2K","duration":10}}""", "1.3")]
    [InlineData("byteplus", "dreamina-seedance-2-0-260128", """{"prompt":"x","native":{"resolution":"1080p"}}""", "1.899193")]
    [InlineData("xai", "grok-tts", """{"prompt":"0123456789"}""", "0.000042")]
    [InlineData("kling", "kling-image-v3", """{"prompt":"x","n":2}""", "0.056")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","resolution":"1080p","duration":10,"audio":true}""", "1.68")]
    [InlineData("kling", "kling-3.0-turbo", """{"prompt":"x","resolution":"1080p","duration":10}""", "1.4")]
    [InlineData("kling", "kling-2.5-turbo", """{"prompt":"x","duration":10}""", "0.42")]
    [InlineData("kling", "kling-3.0-omni", """{"prompt":"x","duration":10,"video":"https://media.example.com/in.mp4"}""", "1.26")]
    [InlineData("kling", "kling-v2-6", """{"prompt":"x","native":{"mode":"pro","duration":"10"}}""", "0.7")]
    [InlineData("kling", "kling-v2-6", """{"prompt":"x","native":{"mode":"pro","sound":"on"}}""", "0.7")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","duration":5,"resolution":"540p"}""", "0.15")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","duration":10,"resolution":"720p"}""", "0.9")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","duration":5,"resolution":"720p","native":{"hdr":true}}""", "0.6")]
    [InlineData("luma", "ray-3.2", """{"prompt":"x","duration":5,"resolution":"1080p","native":{"hdr":true,"exr_export":true}}""", "3.6")]
    [InlineData("xai", "grok-imagine-image-2.0", """{"prompt":"x","n":2,"resolution":"2k"}""", "0.16")]
    [InlineData("xai", "grok-imagine-image-quality", """{"prompt":"x","resolution":"2k"}""", "0.07")]
    [InlineData("xai", "grok-imagine-image", """{"prompt":"x","image":"PIXEL"}""", "0.022")]
    [InlineData("xai", "grok-imagine-video", """{"prompt":"x","resolution":"720p","duration":10}""", "0.7")]
    [InlineData("xai", "grok-imagine-video-1.5", """{"prompt":"x"}""", "0.64")]
    [InlineData("xai", "grok-imagine-video-1.5", """{"prompt":"x","resolution":"1080p","duration":4}""", "1")]
    [InlineData("xai", "grok-imagine-video-1.5-lite", """{"prompt":"x","resolution":"1080p","duration":4}""", "0.56")]
    [InlineData("minimax", "MiniMax-H3", """{"prompt":"x","resolution":"2k","duration":5}""", "0.65")]
    [InlineData("minimax", "MiniMax-H3-Max", """{"prompt":"x","resolution":"480p","duration":6}""", "0.3")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", """{"prompt":"x","duration":10}""", "0.56")]
    [InlineData("recraft", "recraftv4_1", """{"prompt":"x","n":2}""", "0.07")]
    [InlineData("alibaba", "wan3.0-video", """{"prompt":"x","resolution":"1080p","duration":5}""", "1")]
    [InlineData("fal", "fal-ai/veo3.1", """{"prompt":"x"}""", "3.2")]
    [InlineData("fal", "fal-ai/veo3.1", """{"prompt":"x","resolution":"1080p","duration":4,"audio":false}""", "0.8")]
    [InlineData("fal", "fal-ai/veo3.1", """{"prompt":"x","native":{"resolution":"4k","duration":"6s"}}""", "3.6")]
    [InlineData("openai", "gpt-image-1-mini", """{"prompt":"x","width":1024,"height":1024,"native":{"quality":"low"}}""", "0.005002")]
    [InlineData("openai", "gpt-image-1-mini", """{"prompt":"x","n":2}""", "0.104002")]
    [InlineData("openai", "chatgpt-image-latest", """{"prompt":"x","width":1024,"height":1024,"native":{"quality":"low"}}""", "0.010005")]
    [InlineData("openai", "chatgpt-image-latest", """{"prompt":"x","width":1024,"height":1536,"native":{"quality":"medium"}}""", "0.051005")]
    [InlineData("openai", "chatgpt-image-latest", """{"prompt":"x","n":2}""", "0.402005")]
    [InlineData("openai", "gpt-image-2", """{"prompt":"x","width":3840,"height":2160,"native":{"quality":"high"}}""", "0.98836804")]
    [InlineData("openai", "gpt-image-2", """{"prompt":"x","native":{"quality":"medium"}}""", "0.050605")]
    [InlineData("openai", "gpt-image-2", """{"prompt":"x","image":"PIXEL"}""", "0.250005")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3", """{"prompt":"x","resolution":"1080p"}""", "0.49")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3-Fast", """{"prompt":"x","image":"PIXEL"}""", "0.19")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3-Fast", """{"prompt":"x","image":"PIXEL","duration":10}""", "0.32")]
    [InlineData("minimax", "MiniMax-Hailuo-2.3-Fast", """{"prompt":"x","image":"PIXEL","resolution":"1080p"}""", "0.33")]
    [InlineData("minimax", "MiniMax-Hailuo-02", """{"prompt":"x","image":"PIXEL","resolution":"512p"}""", "0.1")]
    [InlineData("minimax", "MiniMax-Hailuo-02", """{"prompt":"x","image":"PIXEL","resolution":"512p","duration":10}""", "0.15")]
    [InlineData("minimax", "MiniMax-Hailuo-02", """{"prompt":"x","duration":10}""", "0.56")]
    [InlineData("openai", "tts-1-hd", """{"prompt":"0123456789"}""", "0.0003")]
    [InlineData("fal", "minimax/h3/text-to-video", """{"prompt":"x","duration":5,"resolution":"480p"}""", "0.25")]
    [InlineData("fal", "minimax/h3/text-to-video", """{"prompt":"x","duration":5,"resolution":"768p"}""", "0.4")]
    [InlineData("fal", "minimax/h3/text-to-video", """{"prompt":"x","duration":5,"resolution":"2k"}""", "0.65")]
    [InlineData("fal", "minimax/h3/text-to-video", """{"prompt":"x","duration":5}""", "0.8")]
    [InlineData("fal", "fal-ai/elevenlabs/tts/multilingual-v2", """{"prompt":"0123456789"}""", "0.001")]
    [InlineData("fal", "fal-ai/elevenlabs/sound-effects/v2", """{"prompt":"x"}""", "0.06")]
    [InlineData("fal", "fal-ai/elevenlabs/sound-effects/v2", """{"prompt":"x","duration":5}""", "0.01")]
    [InlineData("fal", "fal-ai/elevenlabs/sound-effects/v2", """{"prompt":"x","native":{"duration_seconds":8}}""", "0.016")]
    [InlineData("replicate", "google/veo-3.1", """{"prompt":"x"}""", "3.2")]
    [InlineData("replicate", "google/veo-3.1", """{"prompt":"x","duration":4,"audio":false}""", "0.8")]
    [InlineData("replicate", "minimax/speech-02-hd", """{"prompt":"0123456789"}""", "0.001")]
    [InlineData("alibaba", "z-image-turbo", """{"prompt":"x"}""", "0.03")]
    [InlineData("alibaba", "z-image-turbo", """{"prompt":"x","enhance_prompt":true}""", "0.03")]
    [InlineData("alibaba", "z-image-turbo", """{"prompt":"x","enhance_prompt":false}""", "0.015")]
    [InlineData("alibaba", "z-image-turbo", """{"prompt":"x","native":{"prompt_extend":false}}""", "0.015")]
    [InlineData("dream-machine", "ray-2", """{"prompt":"x","duration":5,"resolution":"720p","aspect_ratio":"16:9"}""", "0.71")]
    [InlineData("dream-machine", "ray-2", """{"prompt":"x","duration":9,"resolution":"4k","aspect_ratio":"9:16"}""", "11.475")]
    [InlineData("dream-machine", "ray-2", """{"prompt":"x","duration":5,"resolution":"720p","aspect_ratio":"21:9"}""", "0.93")]
    [InlineData("dream-machine", "ray-flash-2", """{"prompt":"x","duration":5,"resolution":"540p","aspect_ratio":"16:9"}""", "0.14")]
    [InlineData("dream-machine", "ray-flash-2", """{"prompt":"x","duration":5,"resolution":"1080p"}""", "0.72")]
    public void ThePriceIsThatOfWhatIsSent(string provider, string model, string parameters, string price)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, model, parameters), adapter.FindModel(model)!, issues);

        Assert.Empty(issues.Refusals);
        Assert.Equal(decimal.Parse(price, System.Globalization.CultureInfo.InvariantCulture), issues.EstimatedCost);
    }

    [Theory]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","duration":2}""", "parameters.duration")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","resolution":"480p"}""", "parameters.resolution")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","aspect_ratio":"21:9"}""", "parameters.aspect_ratio")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","native":{"settings":{"duration":60}}}""", "parameters.kling.settings.duration")]
    [InlineData("dream-machine", "ray-2", """{"prompt":"x","image":"PIXEL"}""", "parameters.image")]
    [InlineData("dream-machine", "photon-1", """{"prompt":"x","reference_images":["PIXEL"]}""", "parameters.reference_images")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","native":{"settings":{"duration":5}},"duration":6}""", "parameters.kling.settings.duration")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","last_image":"https://media.example.com/out.png"}""", "parameters.image")]
    [InlineData("google", "gemini-omni-1.2-flash", """{"prompt":"x","duration":8,"native":{"response_format":{"duration":"6s"}}}""", "parameters.google.response_format.duration")]
    [InlineData("google", "gemini-omni-1.2-flash", """{"prompt":"x","native":{"response_format":{"type":"image"}}}""", "parameters.google.response_format.type")]
    [InlineData("google", "gemini-omni-1.2-flash", """{"prompt":"x","native":{"response_format":{"resolution":"8k"}}}""", "parameters.google.response_format.resolution")]
    [InlineData("kling", "kling-image-v3", """{"prompt":"x","native":{"model_name":"kling-v2"}}""", "parameters.kling.model_name")]
    [InlineData("kling", "kling-image-v3", """{"prompt":"x","negative_prompt":"blur","image":"PIXEL"}""", "parameters.negative_prompt")]
    [InlineData("kling", "kling-2.5-turbo", """{"prompt":"x","audio":true}""", "parameters.audio")]
    [InlineData("kling", "kling-3.0", """{"prompt":"x","n":2}""", "parameters.n")]
    [InlineData("xai", "grok-imagine-video-1.5-lite", """{"prompt":"x","video":"https://media.example.com/in.mp4"}""", "parameters.video")]
    [InlineData("google", "gemini-nano-banana-2.1", """{"prompt":"x","mask":"PIXEL"}""", "parameters.mask")]
    [InlineData("openai", "gpt-image-1.5", """{"prompt":"x","width":1000,"height":1000}""", "parameters.width")]
    [InlineData("openai", "gpt-image-2.6-flare", """{"prompt":"x","width":1001,"height":1000}""", "parameters.width")]
    public void WhatAModelCannotDoIsRefusedByName(string provider, string model, string parameters, string field)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, model, parameters), adapter.FindModel(model)!, issues);

        Assert.Contains(field, issues.Refusals.Select(r => r.Field));
    }

    [Theory]
    [InlineData("kling-3.0")]
    [InlineData("kling-v2-6")]
    public void AnInputThatIsLacking_IsWhatMustBeGiven(string model)
    {
        var adapter = ShippedProviders.Of("kling");
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, model, """{"prompt":"x","last_image":"PIXEL"}"""), adapter.FindModel(model)!, issues);

        var refusal = Assert.Single(issues.Refusals);
        Assert.Equal("parameters.image", refusal.Field);
        Assert.StartsWith("must be given too", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AnEditWithSeveralImagesIsAForm()
    {
        var adapter = ShippedProviders.Of("openai");
        var issues = new MappingIssues();

        var native = adapter.BuildSubmit(
            RequestJson.Read(adapter, "gpt-image-2.6-flare", """{"prompt":"blue","image":"PIXEL","reference_images":["PIXEL"],"mask":"PIXEL","n":2,"native":{"quality":"low"}}"""), adapter.FindModel("gpt-image-2.6-flare")!, issues);

        Assert.Empty(issues.Refusals);
        Assert.Equal("/v1/images/edits", native.Target);
        var text = System.Text.Encoding.Latin1.GetString(native.Body!.Bytes.Span);
        Assert.Equal(2, text.Split("name=\"image[]\"").Length - 1);
        Assert.Contains("name=\"mask\"; filename=\"mask0.png\"", text, StringComparison.Ordinal);
        Assert.Contains("name=\"n\"\r\n\r\n2", text, StringComparison.Ordinal);
        Assert.Contains("name=\"quality\"\r\n\r\nlow", text, StringComparison.Ordinal);
    }

    [Fact]
    public void AnExternalIdGoesIntoTheBodyAndFindsTheJob()
    {
        var adapter = ShippedProviders.Of("kling");
        var submit = adapter.BuildSubmit(RequestJson.Read(adapter, "kling-3.0", """{"prompt":"x"}"""), adapter.FindModel("kling-3.0")!, new MappingIssues());
        var id = adapter.Reconciliation.ExternalId!;

        var sent = id.Put(submit, "att_1");

        Assert.Equal("att_1", JsonElement.Parse(sent.Body!.Bytes.Span).Member("options").Member("external_task_id").Text());
        var lost = new LostSubmit(RequestJson.Read(adapter, "kling-3.0", """{"prompt":"x"}"""), adapter.FindModel("kling-3.0")!, default, new Uri("https://api-singapore.klingai.com/")) { Native = submit };
        Assert.Equal("/tasks?external_task_ids=att_1", id.Build(lost, "att_1").Target);
        Assert.Single(id.Read(Fixture.Response("kling", "find.by-external-id.response.json"), lost)!.Candidates);
        Assert.Empty(id.Read(Fixture.Response("kling", "find.unknown.response.json"), lost)!.Candidates);
        Assert.Null(id.Read(Fixture.Answer("<html>", 502), lost));
    }

    private static JsonElement Without(JsonElement json, params string[] names)
    {
        var node = System.Text.Json.Nodes.JsonNode.Parse(json.GetRawText())!;
        Remove(node);
        return JsonElement.Parse(node.ToJsonString());

        void Remove(System.Text.Json.Nodes.JsonNode? at)
        {
            if (at is System.Text.Json.Nodes.JsonObject members)
            {
                Array.ForEach(names, n => members.Remove(n));
                foreach (var member in members.ToList())
                {
                    Remove(member.Value);
                }
            }
            else if (at is System.Text.Json.Nodes.JsonArray items)
            {
                foreach (var item in items)
                {
                    Remove(item);
                }
            }
        }
    }
}
