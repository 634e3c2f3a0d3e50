using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Framegate.Plugins.Contract;

namespace Framegate.Plugins.Tests.Contract;

public class GenerationRequestWriterTests
{
    [Fact]
    public void Write_AnyGoodRequest_IsReadAsTheSame() => RequestGen.Good.Sample(
        body =>
        {
            var first = GenerationRequestReader.Read(body);
            Assert.Empty(first.Errors);
            var second = GenerationRequestReader.Read(Write(first.Request!));
            Assert.Empty(second.Errors);
            AssertSame(first.Request!, second.Request!);
        },
        iter: 3_000);

    [Fact]
    public void Write_UrlWithForeignLetters_IsNotMadeLonger()
    {
        var url = "https://example.com/" + new string('é', 2000);
        var request = Requests.ReadGood(Requests.WithParameter("image", Requests.Quote(url)));
        Assert.Empty(GenerationRequestReader.Read(Write(request)).Errors);
    }

    [Fact]
    public void Write_RequestOfAnOlderVersion_IsStill2()
    {
        var request = Requests.ReadGood(Requests.Valid().ToJsonString()) with { SchemaVersion = "1.0" };
        Assert.Equal("2.0", GenerationRequestReader.Read(Write(request)).Request!.SchemaVersion);
    }

    [Fact]
    public void Write_InlineMedia_LeavesBase64Unescaped()
    {
        var request = Requests.ReadGood(Requests.WithParameter("image", "\"data:image/png;base64,+/+/\""));
        Assert.Contains("data:image/png;base64,+/+/", Encoding.UTF8.GetString(Write(request).Span), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.0000001)]
    [InlineData(299.9999999)]
    [InlineData(3599.1234567)]
    public void Write_Timeout_KeepsEveryTick(double seconds)
    {
        var request = Requests.ReadGood(Requests.Valid().ToJsonString()) with { Timeout = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)) };
        Assert.Equal(request.Timeout, GenerationRequestReader.Read(Write(request)).Request!.Timeout);
    }

    private static ReadOnlyMemory<byte> Write(GenerationRequest request)
    {
        var buffer = new ArrayBufferWriter<byte>();
        GenerationRequestWriter.Write(buffer, request);
        return buffer.WrittenMemory;
    }

    private static void AssertSame(GenerationRequest a, GenerationRequest b)
    {
        // Records compare lists, bytes and JSON by reference, so those are compared apart and then made equal.
        Assert.Equal(Text(a.Metadata), Text(b.Metadata));
        Assert.Equal(a.Retry?.RetryOn, b.Retry?.RetryOn);
        Assert.Equal(a.Parameters.Native.Keys.Order(), b.Parameters.Native.Keys.Order());
        Assert.All(a.Parameters.Native, native => Assert.Equal(Text(native.Value), Text(b.Parameters.Native[native.Key])));
        Assert.Equal(Media(a.Parameters), Media(b.Parameters));
        Assert.Equal(Rest(a), Rest(b));
    }

    private static string Text(JsonElement json) => json.ValueKind == JsonValueKind.Undefined ? "" : JsonSerializer.Serialize(json, JsonElementJson.Default.JsonElement);

    private static IEnumerable<string> Media(GenerationParameters p) =>
        new[] { p.Image, p.LastImage, p.Mask, p.ControlImage, p.Video }.Concat(p.ReferenceImages)
            .Select(m => m is null ? "" : m.MediaId ?? m.ToUri());

    private static GenerationRequest Rest(GenerationRequest request) => request with
    {
        Metadata = default,
        Retry = request.Retry is null ? null : request.Retry with { RetryOn = null },
        Parameters = request.Parameters with
        {
            Native = GenerationParameters.None.Native,
            Image = null,
            LastImage = null,
            Mask = null,
            ControlImage = null,
            Video = null,
            ReferenceImages = GenerationParameters.None.ReferenceImages,
        },
    };
}
