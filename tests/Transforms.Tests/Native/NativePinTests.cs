using Framegate.Transforms.Native;

namespace Framegate.Transforms.Tests.Native;

public class NativePinTests
{
    private static readonly Uri Global = new("https://api.bfl.ai/");

    [Theory]
    [InlineData("https://api.bfl.ai/v1/get_result?id=1", "http://gw/flux/~global/v1/get_result?id=1")]
    [InlineData("https://api.eu2.bfl.ai/v1/get_result?id=1", "http://gw/flux/~global~api.eu2.bfl.ai/v1/get_result?id=1")]
    [InlineData("http://api.bfl.ai/v1/get_result?id=1", null)]
    public void Write_UrlOfAProvider_LeadsBackHere(string url, string? expected) =>
        Assert.Equal(expected, NativePin.Write(new Uri(url), "http://gw/flux", "global", Global));

    [Fact]
    public void Write_DestinationBelowAPath_TakesThePathOff() =>
        Assert.Equal(
            "http://gw/flux/~a/v1/x",
            NativePin.Write(new Uri("http://127.0.0.1:9090/flux/v1/x"), "http://gw/flux", "a", new Uri("http://127.0.0.1:9090/flux/")));

    [Theory]
    [InlineData("/~global/v1/x", "global", null, "/v1/x")]
    [InlineData("/~global~api.eu2.bfl.ai/v1/x", "global", "api.eu2.bfl.ai", "/v1/x")]
    [InlineData("/~eu%2Fwest", "eu/west", null, "/")]
    public void Read_PinnedPath_NamesTheDestination(string path, string destination, string? host, string rest)
    {
        Assert.Equal(new NativePin(destination, host), NativePin.Read(path, out var read));
        Assert.Equal(rest, read);
    }

    [Fact]
    public void Read_OtherPath_IsNull()
    {
        Assert.Null(NativePin.Read("/v1/~x", out var rest));
        Assert.Equal("/v1/~x", rest);
    }
}
