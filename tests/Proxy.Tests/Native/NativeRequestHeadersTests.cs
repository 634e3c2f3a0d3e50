using Framegate.Proxy.Edge.Native;
using Framegate.Transforms.Providers.Pika;
using Framegate.Transforms.Providers.Runway;

namespace Framegate.Proxy.Tests.Native;

public sealed class NativeRequestHeadersTests
{
    private static readonly RunwayAdapter _runway = new();

    [Theory]
    [InlineData("X-Forwarded-For")]
    [InlineData("Forwarded")]
    [InlineData("Via")]
    [InlineData("CF-Ray")]
    [InlineData("CF-Connecting-IP")]
    [InlineData("CDN-Loop")]
    [InlineData("X-Amzn-Trace-Id")]
    [InlineData("X-Real-IP")]
    [InlineData("True-Client-IP")]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("baggage")]
    [InlineData("b3")]
    [InlineData("X-B3-TraceId")]
    [InlineData("Fly-Client-IP")]
    [InlineData("Fastly-Client-IP")]
    [InlineData("X-Envoy-External-Address")]
    [InlineData("X-Azure-ClientIP")]
    [InlineData("X-Cloud-Trace-Context")]
    [InlineData("X-Request-Id")]
    [InlineData("X-Goog-Authenticated-User-Email")]
    [InlineData("X-Goog-IAP-JWT-Assertion")]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("Origin")]
    [InlineData("Referer")]
    [InlineData("Cookie")]
    [InlineData("Proxy-Authorization")]
    [InlineData("X-Something-New-Of-An-Edge")]
    public void GoesOn_OfAnEdgeOrAUser_StaysHere(string name)
    {
        Assert.False(NativeRequestHeaders.GoesOn(name, _runway, null));
        Assert.True(NativeRequestHeaders.GoesOn(name, _runway, [name[..2] + "*"]));
    }

    [Theory]
    [InlineData("accept")]
    [InlineData("User-Agent")]
    [InlineData("Content-Type")]
    [InlineData("Idempotency-Key")]
    [InlineData("Range")]
    [InlineData("X-Stainless-Retry-Count")]
    [InlineData("OpenAI-Beta")]
    [InlineData("x-goog-api-client")]
    [InlineData("X-Goog-Upload-Command")]
    [InlineData("x-server-timeout")]
    [InlineData("X-Runway-Version")]
    [InlineData("X-Fal-Queue-Priority")]
    public void GoesOn_OfAVendorsClient_GoesOn(string name) => Assert.True(NativeRequestHeaders.GoesOn(name, _runway, null));

    [Fact]
    public void Filter_Request_KeepsWhatTheAdapterReads()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://queue.fal.run/") { Content = new ByteArrayContent([1]) };
        request.Headers.TryAddWithoutValidation("x-fal-target-url", "https://fal.run/x");
        request.Headers.TryAddWithoutValidation("Via", "1.1 us");
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        request.Content.Headers.TryAddWithoutValidation("Content-Location", "/x");

        NativeRequestHeaders.Filter(request, new PikaAdapter(), null);

        Assert.Equal(["x-fal-target-url"], request.Headers.Select(h => h.Key));
        Assert.Contains("Content-Type", request.Content.Headers.Select(h => h.Key));
        Assert.DoesNotContain("Content-Location", request.Content.Headers.Select(h => h.Key));
    }
}
