using Framegate.Plugins.Contract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Selection.Mapping;
using Framegate.Transforms.Providers;
using Framegate.Transforms.Schemas.Reading;
using Microsoft.Extensions.DependencyInjection;

namespace Framegate.Proxy.Tests.OpenAi;

/// <summary>The bytes of an input image say what it is, and a model that does not take it says so before anything is sent.</summary>
public sealed class InputTypesTests(OpenAiProgram program) : IClassFixture<OpenAiProgram>
{
    private static readonly byte[] s_jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 16, (byte)'J', (byte)'F', (byte)'I', (byte)'F', 0, 1];

    public static TheoryData<string> Foreign => ["avif", "avis", "heic", "heix", "heim", "hevc", "mif1", "msf1"];

    [Theory]
    [MemberData(nameof(Foreign))]
    public async Task Map_ImageThatNoModelOfAnyAdapterTakes_IsRefusedWithThoseItTakes(string brand)
    {
        byte[] bytes = [0, 0, 0, 20, .. "ftyp"u8, .. System.Text.Encoding.ASCII.GetBytes(brand), 0, 0, 0, 0, .. "mif1"u8];
        var image = Read("image/jpeg", bytes);
        using var read = new ReadInputs();
        var mapper = program.Services.GetRequiredService<RequestMapper>();
        foreach (var adapter in AdapterRegistry.BuiltIn())
        {
            foreach (var model in adapter.Models.Where(m => m.Capabilities.Any(c => c.StartsWith("image-to-", StringComparison.Ordinal))))
            {
                var request = new GenerationRequest
                {
                    Provider = adapter.Name, Model = model.Id, MediaType = model.MediaType, Prompt = "x", Parameters = new GenerationParameters { Image = image, ReferenceImages = [image] },
                };
                var mapped = await mapper.MapAsync(adapter, model, request, read, CancellationToken.None);

                var field = Assert.Single(mapped.Refusal!.Details!.Fields!, f => f.Field == "parameters.image" && f.Allowed is not null);
                Assert.Contains("image/png", field.Allowed!);
                Assert.Contains(mapped.Refusal.Details.Fields!, f => f.Field == "parameters.reference_images[0]");
            }
        }
    }

    [Theory]
    [InlineData("image/jpg")]
    [InlineData("image/pjpeg")]
    [InlineData("image/png")]
    [InlineData("image/whatever")]
    public void Read_Jpeg_IsAJpegWhateverItsLabel(string label) => Assert.Equal("image/jpeg", Read(label, s_jpeg).ContentType);

    [Theory]
    [InlineData("image/jpg", "image/jpeg")]
    [InlineData("image/x-png", "image/png")]
    [InlineData("image/tga", "image/tga")]
    public void Read_BytesThatNobodyKnows_KeepTheirLabelRightlySpelled(string label, string type) => Assert.Equal(type, Read(label, [1, 2, 3]).ContentType);

    private static MediaInput Read(string label, byte[] bytes)
    {
        var input = MediaInputReader.Read(System.Text.Encoding.ASCII.GetBytes($"data:{label};base64,{Convert.ToBase64String(bytes)}"), MediaType.Image, HeldInputs.None, out var refusal);
        Assert.Null(refusal);
        return input!;
    }
}
