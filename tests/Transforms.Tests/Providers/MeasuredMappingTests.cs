using System.Text.Json;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Providers;

namespace Framegate.Transforms.Tests.Providers;

/// <summary>What a measurement of the mapping from outside found wrong, one row each.</summary>
public class MeasuredMappingTests
{
    [Theory]
    [InlineData("flux", "flux-2-pro", """{"steps":20,"guidance":3,"raw":true,"aspect_ratio":"16:9","n":2}""", "steps,guidance,raw,aspect_ratio,n")]
    [InlineData("flux", "flux-pro-1.1", """{"guidance":3,"seed":7}""", "guidance")]
    public void BuildSubmit_NativeFieldThatTheModelDoesNotRead_IsWarnedOf(string provider, string model, string native, string warned) => Assert.Equal(
        warned.Split(',').Select(w => $"parameters.{provider}.{w}"), Map(provider, model, new(), native).Warnings.Select(w => w.Split(": ")[0]));

    [Theory]
    [InlineData("flux-kontext-pro", """{"aspect_ratio":"50:1"}""", "parameters.flux.aspect_ratio")]
    [InlineData("flux-pro-1.1-ultra", """{"aspect_ratio":"1:50"}""", "parameters.flux.aspect_ratio")]
    [InlineData("flux-2-pro", """{"width":16384}""", "parameters.flux.width")]
    [InlineData("flux-2-pro", """{"height":16384}""", "parameters.flux.height")]
    public void BuildSubmit_RuleOfTheModelInNativeWords_Holds(string model, string native, string field) =>
        Assert.Contains(field, Map("flux", model, new(), native).Refusals.Select(r => r.Field));

    [Fact]
    public void BuildSubmit_OneSideOnly_CountsTheOtherAsTheModelsOwn() =>
        Assert.Contains("parameters.width", Map("flux", "flux-2-pro", new() { Width = 16384 }).Refusals.Select(r => r.Field));

    [Theory]
    [InlineData("flux-pro-1.0-fill")]
    [InlineData("flux-pro-1.0-expand")]
    [InlineData("flux-pro-1.0-canny")]
    [InlineData("flux-pro-1.0-depth")]
    public void BuildSubmit_ShapeLeftToTheModel_IsTaken(string model) =>
        Assert.DoesNotContain("parameters.aspect_ratio", Map("flux", model, new() { AspectRatio = "auto" }).Refusals.Select(r => r.Field));

    [Theory]
    [InlineData("wan3")]
    [InlineData("wan3_prime")]
    public void BuildSubmit_ImageToVideoWithASize_IsTaken(string model)
    {
        var issues = Map("runway", model, new() { Image = MediaInput.FromUrl(new Uri("https://example.com/a.png")), AspectRatio = "9:16", Resolution = "720p" }, null, out var native);

        Assert.Empty(issues.Refusals);
        Assert.Contains("\"ratio\":\"720:1280\"", System.Text.Encoding.UTF8.GetString(native.Body!.Bytes.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void BuildSubmit_PromptOfManyEmoji_IsCountedInCharacters()
    {
        Assert.Empty(Map("sora", "sora-2", new(), prompt: string.Concat(Enumerable.Repeat("🦊", 16_001))).Refusals);
        Assert.Equal("prompt", Assert.Single(Map("sora", "sora-2", new(), prompt: string.Concat(Enumerable.Repeat("🦊", 32_001))).Refusals).Field);
    }

    [Theory]
    [InlineData("flux-2-pro", 5)]
    [InlineData("flux-3-image", 4)]
    [InlineData("flux-3-video", 4)]
    [InlineData("flux-pro-1.1", 6)]
    public void BuildSubmit_MostTolerantSafety_IsTheModelsOwnMost(string model, int sent)
    {
        var issues = Map("flux", model, new() { Safety = 6 }, null, out var native);

        Assert.Empty(issues.Refusals);
        Assert.Equal(sent, JsonElement.Parse(native.Body!.Bytes.Span).GetProperty("safety_tolerance").GetInt32());
        Assert.Equal(sent != 6, issues.Warnings.Any(w => w.StartsWith("parameters.safety", StringComparison.Ordinal)));
    }

    [Fact]
    public void BuildSubmit_LengthThatTheProviderInsistsOn_IsSaid() =>
        Assert.Contains(Map("runway", "gen4.5", new() { AspectRatio = "16:9" }).Warnings, w => w.StartsWith("parameters.duration", StringComparison.Ordinal) && w.Contains('5', StringComparison.Ordinal));

    [Theory]
    [InlineData("flux-2-pro", "3:4", 864, 1152, false)]
    [InlineData("flux-pro-1.1", "16:9", 1312, 736, true)]
    [InlineData("flux-2-pro", "1:1", 1024, 1024, false)]
    [InlineData("flux-2-pro", "16:9", 1280, 720, false)]
    public void BuildSubmit_Shape_BecomesTheTruestSize(string model, string shape, int width, int height, bool isWarned)
    {
        var issues = Map("flux", model, new() { AspectRatio = shape }, null, out _);

        Assert.Equal((width, height), (issues.Output!.Width, issues.Output.Height));
        Assert.Equal(isWarned, issues.Warnings.Any(w => w.StartsWith("parameters.aspect_ratio", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("flux", "flux-pro-1.1", """{"width":100}""", "256..1440/32")]
    [InlineData("flux", "flux-3-video", """{"duration":99}""", "5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20")]
    public void BuildSubmit_RefusedRange_StandsInAllowed(string provider, string model, string native, string allowed) =>
        Assert.Equal(allowed, string.Join(',', Map(provider, model, new(), native).Refusals[0].Allowed!));

    [Fact]
    public void BuildSubmit_FrameRate_OffersWhatTheFieldCanSay() => Assert.All(
        Map("runway", "enhance_frame_rate", new() { Video = MediaInput.FromUrl(new Uri("https://example.com/a.mp4")), Fps = 7 }).Refusals.Single(r => r.Field == "parameters.fps").Allowed!,
        rate => Assert.True(int.TryParse(rate, out _)));

    [Fact]
    public void BuildSubmit_ShapeThatSoraProHasNot_OffersAll() =>
        Assert.Equal(["9:16", "16:9", "4:7", "7:4"], Assert.Single(Map("sora", "sora-2-pro", new() { AspectRatio = "1:1" }).Refusals).Allowed);

    [Fact]
    public void Models_ShowWhatWasMissing()
    {
        ModelInfo Of(string provider, string model) => AdapterRegistry.BuiltIn().Single(a => a.Name == provider).FindModel(model)!;

        Assert.DoesNotContain(7.0, Of("veo", "veo-3.1-generate-001").Limits.Durations);
        Assert.Equal((256, 32), (Of("flux", "flux-pro-1.1").Limits.MinSide, Of("flux", "flux-pro-1.1").Limits.SideStep));
        Assert.Equal((16, 30, 2), (Of("runway", "gpt_image_2").Limits.MaxInputImages, Of("runway", "seedance2_5").Limits.MaxInputImages, Of("runway", "veo3.1").Limits.MaxInputImages));
        Assert.Equal(new DateOnly(2026, 7, 30), Of("runway", "gen4_aleph").Retired);
        Assert.Equal(0.28m, Of("runway", "aleph2").Price!.PerSecond);
        Assert.All((string[])["hailuo3", "grok_imagine_1_5", "gemini_omni_flash"], m => Assert.NotNull(Of("runway", m).Price));
        Assert.NotNull(Of("flux", "flux-3-image"));
    }

    private static MappingIssues Map(string provider, string model, GenerationParameters parameters, string? native = null, string prompt = "A fox") =>
        Map(provider, model, parameters, native, out _, prompt);

    private static MappingIssues Map(string provider, string id, GenerationParameters parameters, string? native, out NativeRequest sent, string prompt = "A fox")
    {
        var adapter = AdapterRegistry.BuiltIn().Single(a => a.Name == provider);
        var model = adapter.FindModel(id)!;
        var issues = new MappingIssues();
        sent = adapter.BuildSubmit(
            new GenerationRequest
            {
                Provider = provider, Model = id, Prompt = prompt, MediaType = model.MediaType,
                Parameters = native is null ? parameters : parameters with { Native = new Dictionary<string, JsonElement> { [adapter.ExtrasKey] = JsonElement.Parse(native) } },
            },
            model,
            issues);
        return issues;
    }
}
