using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Selection.Catalogue;
using Framegate.Transforms.Providers;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>Sizes are put by the limits of the catalogue: the model's own mapping must agree, for every model, without being asked.</summary>
public sealed class SizeWordingTests(OpenAiProgram program) : IClassFixture<OpenAiProgram>
{
    private static readonly string[] _sizeFields = ["parameters.width", "parameters.height", "parameters.aspect_ratio", "parameters.resolution"];

    private static readonly string[] _sizes =
    [
        "1x1", "512x512", "720x720", "768x768", "1000x700", "1024x768", "1024x1024", "1280x720", "720x1280", "1080x1920", "1920x1080", "1440x1440", "1680x720",
        "1792x1024", "1792x768", "2048x2048", "2100x900", "2560x1440", "3840x2160", "2160x3840", "4096x4096", "16384x16384", "1024x32", "8x4096",
    ];

    private static readonly ProviderAdapter[] _adapters = [.. AdapterRegistry.BuiltIn()];

    public static TheoryData<string, string> Models
    {
        get
        {
            var models = new TheoryData<string, string>();
            foreach (var adapter in _adapters)
            {
                foreach (var model in adapter.Models.Where(m => m.MediaType is MediaType.Image or MediaType.Video))
                {
                    models.Add(adapter.Name, model.Id);
                }
            }

            return models;
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Size_OfEveryModel_IsAdmittedOrRefusedWithWhatIsAllowed(string provider, string id)
    {
        var adapter = _adapters.Single(a => a.Name == provider);
        var model = adapter.Models.Single(m => m.Id == id);
        foreach (var size in _sizes.Concat(model.Limits.Sizes).Distinct())
        {
            var (parameters, message) = Read(adapter, model, size);
            if (parameters is not null)
            {
                Assert.True(Takes(adapter, model, parameters), $"{size} was put as {string.Join(", ", parameters.Given())}, and {id} refuses it.");
                continue;
            }

            var (width, height) = (int.Parse(size.Split('x')[0]), int.Parse(size.Split('x')[1]));
            Assert.False(Takes(adapter, model, new GenerationParameters { Width = width, Height = height }), $"{id} makes {size}: {message}");
            foreach (var allowed in AllowedBy(message!).Where(a => a.Contains('x', StringComparison.Ordinal)))
            {
                Assert.True(Read(adapter, model, allowed).Parameters is not null, $"{allowed} is named and not taken: {message}");
            }
        }
    }

    [Theory]
    [InlineData("flux/flux-dev", "1000x700", "size: flux-dev makes sides that are multiples of 32, sides of at least 256 pixels, at most 2073600 pixels in all. Supported values are: 736x736, 960x640, 640x960, 1024x576, 576x1024.")]
    [InlineData("flux/flux-dev", "1536x1024", "size: flux-dev is offered with at most 1440x1440. Supported values are: 736x736, 960x640, 640x960, 1024x576, 576x1024.")]
    [InlineData("flux/flux-pro-1.0-fill", "1024x1024", "size: flux-pro-1.0-fill takes none. Supported values are: auto.")]
    [InlineData("flux/flux-kontext-pro", "1000x700", "size: 1000x700 is no size of flux-kontext-pro. Supported values are: 1024x1024, 1248x832, 832x1248.")]
    [InlineData("flux/flux-kontext-max", "1536x1024", "size: 1536x1024 is no size of flux-kontext-max. Supported values are: 1024x1024, 1248x832, 832x1248.")]
    [InlineData("flux/flux-pro-1.1-ultra", "1024x1024", "size: 1024x1024 is no size of flux-pro-1.1-ultra. Supported values are: 2048x2048, 2496x1664, 1664x2496.")]
    [InlineData("runway/seedream5_lite", "1024x1024", "size: seedream5_lite makes at least 3686400 pixels in all, at most 16777216 pixels in all. Supported values are: 1920x1920, 2352x1568, 1568x2352, 2560x1440, 1440x2560.")]
    [InlineData("runway/veo3.1", "1024x1024", "size: 1024x1024 is no size of veo3.1. Supported values are: 1280x720, 720x1280, 1920x1080, 1080x1920.")]
    [InlineData("veo/veo-3.0-generate-001", "1024x1024", "size: 1024x1024 is no size of veo-3.0-generate-001. Supported values are: 1280x720, 720x1280, 1920x1080, 1080x1920.")]
    public void Size_ThatAModelDoesNotMake_IsRefusedInWords(string model, string size, string message)
    {
        var body = $$"""{"model":"{{model}}","prompt":"x","size":"{{size}}"}""";

        var problem = program.ReadImage(body).Problem;

        Assert.Equal(("size", message), (problem!.Param, problem.Message));
    }

    [Fact]
    public void Size_ThatAShapeComesOutAt_IsThatShapeWithoutAWarning()
    {
        var request = program.ReadImage("""{"model":"flux-kontext-pro","prompt":"x","size":"1248x832"}""").Call!.Request;

        Assert.Equal(("3:2", null), (request.Request.Parameters.AspectRatio, request.Request.Parameters.Width));
        Assert.Empty(request.Warnings);
    }

    [Fact]
    public void Size_BesideAShape_IsLeftToTheModel()
    {
        var p = program.ReadVideo("""{"model":"veo/veo-3.0-generate-001","prompt":"x","size":"1280x720","aspect_ratio":"9:16"}""").Request!.Request.Parameters;

        Assert.Equal((1280, 720, "9:16"), (p.Width, p.Height, p.AspectRatio));
    }

    private (GenerationParameters? Parameters, string? Message) Read(ProviderAdapter adapter, ModelInfo model, string size)
    {
        var body = $$"""{"model":"{{adapter.Name}}/{{model.Id}}","prompt":"x","size":"{{size}}"}""";
        var image = model.MediaType == MediaType.Image;
        var problem = image ? program.ReadImage(body).Problem : program.ReadVideo(body).Problem;
        if (problem is null)
        {
            var parameters = (image ? program.ReadImage(body).Call!.Request : program.ReadVideo(body).Request!).Request.Parameters;
            return (parameters with { Duration = null }, null);
        }

        Assert.Equal("size", problem.Param);
        Assert.Matches("Supported values are: .+|multiples of|pixels in all|at most", problem.Message);
        return (null, problem.Message);
    }

    /// <summary>Whether a model makes a size in any kind of request.</summary>
    private static bool Takes(ProviderAdapter adapter, ModelInfo model, GenerationParameters size)
    {
        var image = MediaInput.FromBytes(new byte[] { 1 }, "image/png");
        var clip = MediaInput.FromBytes(new byte[] { 1 }, "video/mp4");
        return new[] { size, size with { Image = image }, size with { ReferenceImages = [image] }, size with { Video = clip } }.Any(parameters =>
        {
            var issues = new MappingIssues();
            var request = new GenerationRequest { Provider = adapter.Name, Model = model.Id, MediaType = model.MediaType, Prompt = "x", Parameters = parameters };
            adapter.BuildSubmit(request, model, issues);
            OutputLimits.Check(request, issues.Output ?? MappedOutput.Of(request, model), model, model, adapter.ExtrasKey, issues);
            return !issues.Refusals.Any(r => _sizeFields.Contains(r.Field));
        });
    }

    private static string[] AllowedBy(string message) =>
        message.IndexOf("values are: ", StringComparison.Ordinal) is >= 0 and var at ? message[(at + 12)..].TrimEnd('.').Split(", ") : [];
}
