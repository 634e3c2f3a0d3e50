using System.Net;
using System.Security.Cryptography;
using Framegate.Plugins;
using Framegate.Plugins.Contract;
using Framegate.Proxy.Media;
using Framegate.Proxy.Tests.Engine;
using Framegate.Transforms.Schemas;
using Microsoft.Extensions.Options;

namespace Framegate.Proxy.Tests.Inputs;

/// <summary>What is fetched for a model that takes only bytes is a file, as what a request brings itself is, and is gone with what needs it.</summary>
public sealed class InputReaderTests(TestEngine engine) : IClassFixture<TestEngine>
{
    private static readonly ModelInfo s_model = new("takes-bytes", MediaType.Image);

    private InputFolder Folder => engine.Get<InputFolder>();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_AnAddress_IsAFileUntilItIsForgotten(bool saysItsLength)
    {
        byte[] picture = [.. File.ReadAllBytes(Path.Combine(Repository.Root, "tests/EndToEnd.Tests/Fixtures/still.png")), .. RandomNumberGenerator.GetBytes(3_000_000)];
        using var known = new ReadInputs();
        var issues = new MappingIssues();

        var read = await ReadAsync(picture, saysItsLength, issues, known);
        var again = await ReadAsync([], true, issues, known);

        Assert.Empty(issues.Refusals);
        var held = Assert.IsType<HeldFile>(read.Held);
        Assert.Equal((picture.Length, Convert.ToHexStringLower(SHA256.HashData(picture)), "image/png"), ((int)held.Length, held.Sha256, read.ContentType));
        Assert.Same(read, again);
        Assert.Equal(picture, held.Read());
        Assert.Equal(picture.Length, Folder.Bytes);

        known.Forget();
        Assert.Equal(0, Folder.Bytes);
        Assert.False(File.Exists(Folder.PathOf(held.Name)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_MoreThanThereMayBe_IsRefusedAndLeavesNothing(bool saysItsLength)
    {
        var most = engine.Get<IOptions<MediaOptions>>().Value.MaxInputBytes;
        using var known = new ReadInputs();
        var issues = new MappingIssues();

        var read = await ReadAsync(new byte[most + 1], saysItsLength, issues, known);

        Assert.Null(read.Held);
        Assert.Single(issues.Refusals);
        Assert.Equal(0, Folder.Bytes);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Folder.PathOf("x"))!));
    }

    [Fact]
    public async Task ReadAsync_NoRoomForInputs_IsNoFaultOfTheRequest()
    {
        var options = engine.Get<IOptions<MediaOptions>>().Value;
        var most = options.MaxHeldBytes;
        options.MaxHeldBytes = 1_000_000;
        try
        {
            using var known = new ReadInputs();
            await Assert.ThrowsAsync<NoRoomForBodyException>(() => ReadAsync(new byte[2_000_000], true, new MappingIssues(), known));
            Assert.Equal(0, Folder.Bytes);
        }
        finally
        {
            options.MaxHeldBytes = most;
        }
    }

    /// <summary>A provider may fetch one input and want the bytes of another.</summary>
    [Fact]
    public async Task ReadAsync_OneInputMustBeBytes_TheOthersStayAddresses()
    {
        using var known = new ReadInputs();
        using var handler = new Pictures(File.ReadAllBytes(Path.Combine(Repository.Root, "tests/EndToEnd.Tests/Fixtures/still.png")), true);
        using var client = new HttpClient(handler);
        using var reader = new InputReader(engine.Get<IMediaCatalogue>(), engine.Get<MediaStore>(), Folder, engine.Get<IOptions<MediaOptions>>(), client);
        var request = SchemaVersions.BuiltIn().Read("""
            {"provider":"alpha","model":"m","media_type":"video","prompt":"x","parameters":{"image":"https://pictures.example/1.png","last_image":"https://pictures.example/2.png",
            "reference_images":["https://pictures.example/3.png"]}}
            """u8.ToArray()).Request!;

        var read = (await reader.ReadAsync(request, s_model with { FetchesUrls = true, InputsRead = ["image", "reference_images"] }, new MappingIssues(), known, default)).Parameters;

        Assert.Equal((true, false, true), (read.Image!.Held is not null, read.LastImage!.Held is not null, read.ReferenceImages[0].Held is not null));
        Assert.Equal("https://pictures.example/2.png", read.LastImage.Url!.OriginalString);
        known.Forget();
    }

    private async Task<MediaInput> ReadAsync(byte[] picture, bool saysItsLength, MappingIssues issues, ReadInputs known)
    {
        using var handler = new Pictures(picture, saysItsLength);
        using var client = new HttpClient(handler);
        using var reader = new InputReader(engine.Get<IMediaCatalogue>(), engine.Get<MediaStore>(), Folder, engine.Get<IOptions<MediaOptions>>(), client);
        var body = """{"provider":"alpha","model":"m","media_type":"image","prompt":"x","parameters":{"image":"https://pictures.example/1.png"}}"""u8.ToArray();
        var request = SchemaVersions.BuiltIn().Read(body).Request!;
        return (await reader.ReadAsync(request, s_model, issues, known, default)).Parameters.Image!;
    }

    private sealed class Pictures(byte[] picture, bool saysItsLength) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            HttpContent content = saysItsLength ? new ByteArrayContent(picture) : new StreamContent(new Unseekable(picture));
            content.Headers.ContentType = new("image/png");
            return Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = content });
        }
    }

    private sealed class Unseekable(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
