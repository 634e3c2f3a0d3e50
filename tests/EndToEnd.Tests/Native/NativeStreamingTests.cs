using System.Security.Cryptography;
using Framegate.EndToEnd.Tests.Chaos;
using Framegate.EndToEnd.Tests.Harness;

namespace Framegate.EndToEnd.Tests.Native;

/// <summary>Large bodies pass through without being held.</summary>
[Collection(HeavyTests.Name)]
[Trait(HeavyTests.Category, HeavyTests.Name)]
public sealed class NativeStreamingTests(NativeGateway gateway) : IClassFixture<NativeGateway>
{
    private const int Bytes = 50 * 1024 * 1024;
    private const long MemoryToSpare = 60 * 1024 * 1024;

    [Fact]
    public async Task Send_LargeBodiesBothWays_ArriveWholeAndAreNotHeld()
    {
        gateway.Behave();
        var (up, down) = (RandomNumberGenerator.GetBytes(Bytes), RandomNumberGenerator.GetBytes(Bytes));
        Assert.Equal(200, (await gateway.Client.PostToAsync("/one/v1/warm-up", "{}")).Status);
        var before = gateway.Framegate.PeakMemory;

        using (var content = new ByteArrayContent(up))
        {
            Assert.Equal(200, (await gateway.Client.SendAsync(HttpMethod.Post, "/one/v1/upload", content)).Status);
        }

        // JSON is what answers are rewritten in; one this large must not be.
        foreach (var contentType in new[] { "video/mp4", "application/json" })
        {
            gateway.Provider.React = _ => Reaction.Answer(200, down, contentType);
            Assert.Equal(SHA256.HashData(down), SHA256.HashData((await gateway.Client.GetAsync("/one/v1/download")).Body));
        }

        var sent = gateway.Provider.Requests.Single(r => r.Path == "/v1/upload");
        Assert.Equal(SHA256.HashData(up), SHA256.HashData(sent.Body));
        Assert.InRange(gateway.Framegate.PeakMemory - before, 0, MemoryToSpare);
    }
}
