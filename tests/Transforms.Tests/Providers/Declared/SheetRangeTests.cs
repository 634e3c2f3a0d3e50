using System.Text;
using Framegate.Plugins;
using Framegate.Plugins.Contract;

namespace Framegate.Transforms.Tests.Providers.Declared;

/// <summary>Ranges and words of the fact sheets that are narrower, or wider, than those of the contract.</summary>
public sealed class SheetRangeTests
{
    /// <summary>These two take 31 bits, the contract 32.</summary>
    [Theory]
    [InlineData("alibaba")]
    [InlineData("google")]
    public void ASeedThatTheProviderCannotTake_IsNotSent(string provider)
    {
        var adapter = ShippedProviders.Of(provider);
        foreach (var model in adapter.Models.Where(m => Issues(adapter, m, """{"prompt":"a boat","seed":7}""") is var few && !few.Refusals.Any(r => r.Field == "parameters.seed") && few.Warnings.Count == 0))
        {
            var refusals = Issues(adapter, model, """{"prompt":"a boat","seed":4294967295}""").Refusals;
            Assert.True(refusals.Any(r => r.Field == "parameters.seed"), model.Id);
        }
    }

    [Theory]
    [InlineData("xai", "grok-imagine-image", "19.5:9", "19.5:9")]
    [InlineData("xai", "grok-imagine-image", "9:19.5", "9:19.5")]
    [InlineData("xai", "grok-imagine-image", "39:18", "19.5:9")]
    [InlineData("xai", "grok-imagine-image", "20:9", "20:9")]
    [InlineData("fal", "minimax/h3/text-to-video", "19.5:9", "19.5:9")]
    [InlineData("fal", "minimax/h3/text-to-video", "16:9", "16:9")]
    public void ARatioInTenths_IsSentInTheWordOfTheProvider(string provider, string model, string asked, string sent)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();

        var native = adapter.BuildSubmit(RequestJson.Read(adapter, model, $$"""{"prompt":"a boat","aspect_ratio":"{{asked}}"}"""), adapter.FindModel(model)!, issues);

        Assert.Empty(issues.Refusals);
        Assert.Contains($"\"aspect_ratio\":\"{sent}\"", Encoding.UTF8.GetString(native.Body!.Bytes.Span), StringComparison.Ordinal);
    }

    /// <summary>Two of OpenAI's qualities are those of its newest models.</summary>
    [Theory]
    [InlineData("gpt-image-2.6-flare", "max", true)]
    [InlineData("gpt-image-2.5-sunburst", "xhigh", true)]
    [InlineData("gpt-image-2", "high", true)]
    [InlineData("gpt-image-2", "xhigh", false)]
    [InlineData("gpt-image-1.5", "max", false)]
    public void AQualityThatTheModelDoesNotKnow_IsNotSent(string model, string quality, bool isSent)
    {
        var adapter = ShippedProviders.Of("openai");

        var refusals = Issues(adapter, adapter.FindModel(model)!, $$$"""{"prompt":"a boat","native":{"quality":"{{{quality}}}"}}""").Refusals;

        Assert.Equal(isSent ? [] : ["parameters.openai.quality"], refusals.Select(r => r.Field));
    }

    /// <summary>A format goes to models of which nobody knows more, but not one that is of another kind.</summary>
    [Theory]
    [InlineData("fal", "fal-ai/flux/dev", "mp3", false)]
    [InlineData("fal", "fal-ai/flux/dev", "mp4", false)]
    [InlineData("fal", "fal-ai/flux/dev", "WEBP", true)]
    [InlineData("fal", "fal-ai/flux/dev", "exr", true)]
    [InlineData("replicate", "google/veo-3.1", "png", false)]
    [InlineData("replicate", "google/veo-3.1", "gif", true)]
    [InlineData("replicate", "minimax/speech-02-hd", "svg", false)]
    [InlineData("replicate", "minimax/speech-02-hd", "flac", true)]
    public void AFormatOfAnotherKind_IsNotSent(string provider, string model, string format, bool isSent)
    {
        var adapter = ShippedProviders.Of(provider);

        var refusals = Issues(adapter, adapter.FindModel(model)!, $$"""{"prompt":"a boat","output_format":"{{format}}"}""").Refusals;

        Assert.Equal(isSent ? [] : ["parameters.output_format"], refusals.Select(r => r.Field));
    }

    /// <summary>What a model makes that no file lists, only the request knows.</summary>
    [Theory]
    [InlineData("fal", "fal-ai/stable-audio", MediaType.Audio, "wav", true)]
    [InlineData("fal", "fal-ai/stable-audio", MediaType.Audio, "png", false)]
    [InlineData("fal", "fal-ai/stable-audio", MediaType.Image, "wav", false)]
    [InlineData("replicate", "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa", MediaType.Video, "mp4", true)]
    [InlineData("replicate", "5c7d5dc6dd8bf75c1acaa8565735e7986bc5b66206b55cca93cb72c9bf15ccaa", MediaType.Audio, "mp4", false)]
    [InlineData("replicate", "lightricks/ltx-2", MediaType.Video, "mp4", true)]
    public void AFormatOfAModelThatNobodyKnows_IsJudgedByWhatIsAskedOfIt(string provider, string model, MediaType type, string format, bool isSent)
    {
        var adapter = ShippedProviders.Of(provider);
        var issues = new MappingIssues();

        adapter.BuildSubmit(RequestJson.Read(adapter, model, $$"""{"prompt":"a boat","output_format":"{{format}}"}""") with { MediaType = type }, adapter.FindModel(model)!, issues);

        Assert.Equal(isSent ? [] : ["parameters.output_format"], issues.Refusals.Select(r => r.Field));
    }

    private static MappingIssues Issues(ProviderAdapter adapter, ModelInfo model, string parameters)
    {
        var issues = new MappingIssues();
        adapter.BuildSubmit(RequestJson.Read(adapter, model.Id, parameters), model, issues);
        return issues;
    }
}
