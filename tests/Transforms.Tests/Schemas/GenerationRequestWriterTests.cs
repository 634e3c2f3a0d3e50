using System.Text;
using CsCheck;
using Framegate.Plugins.Contract;
using Framegate.Transforms.Schemas;
using Framegate.Transforms.Schemas.Reading;
using Framegate.Transforms.Tests.Schemas.Reading;

namespace Framegate.Transforms.Tests.Schemas;

public class GenerationRequestWriterTests
{
    [Fact]
    public void Write_AnyGoodRequest_IsReadAsTheSame() => RequestGen.Good.Sample(
        body =>
        {
            var first = GenerationRequestReader.Read(body);
            Assert.Empty(first.Errors);
            var second = GenerationRequestReader.Read(GenerationRequestWriter.Write(first.Request!));
            Assert.Empty(second.Errors);
            SameRequest.Assert(first.Request!, second.Request!);
        },
        iter: 3_000);

    [Theory]
    [InlineData(CallbackEvents.Progress)]
    [InlineData(CallbackEvents.Ended | CallbackEvents.Progress)]
    public void Write_CallbackEvents_AreReadAsTheSame(CallbackEvents events)
    {
        var request = Requests.ReadGood(Requests.Valid().ToJsonString()) with { CallbackEvents = events };
        Assert.Equal(events, GenerationRequestReader.Read(GenerationRequestWriter.Write(request)).Request!.CallbackEvents);
    }

    [Fact]
    public void Write_UrlWithForeignLetters_IsNotMadeLonger()
    {
        var url = "https://example.com/" + new string('é', 2000);
        var request = Requests.ReadGood(Requests.WithParameter("image", Requests.Quote(url)));
        Assert.Empty(GenerationRequestReader.Read(GenerationRequestWriter.Write(request)).Errors);
    }

    [Fact]
    public void Write_RequestOfAnOlderVersion_IsStill2()
    {
        var request = Requests.ReadGood(Requests.Valid().ToJsonString()) with { SchemaVersion = "1.0" };
        Assert.Equal("2.0", GenerationRequestReader.Read(GenerationRequestWriter.Write(request)).Request!.SchemaVersion);
    }

    [Fact]
    public void Write_InlineMedia_LeavesBase64Unescaped()
    {
        var request = Requests.ReadGood(Requests.WithParameter("image", "\"data:image/png;base64,+/+/\""));
        Assert.Contains("data:image/png;base64,+/+/", Encoding.UTF8.GetString(GenerationRequestWriter.Write(request)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1.0000001)]
    [InlineData(299.9999999)]
    [InlineData(3599.1234567)]
    public void Write_Timeout_KeepsEveryTick(double seconds)
    {
        var request = Requests.ReadGood(Requests.Valid().ToJsonString()) with { Timeout = TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)) };
        Assert.Equal(request.Timeout, GenerationRequestReader.Read(GenerationRequestWriter.Write(request)).Request!.Timeout);
    }
}
